import { ExternalAbort } from '../../devices/device.ts';
import { Access, type AccessKind } from '../../engine/core.ts';
import { Slot } from '../../ir/slots.ts';
import type { Arm64Core } from '../core.ts';
import { Rn } from '../decode/fields.ts';
import { defaultTarget, takeException, takeFault } from '../exceptions.ts';
import { AbortIss, EC, syndrome } from '../syndrome.ts';
import { FaultStatus } from '../translation/fault.ts';
import { REGIME_REGISTERS, regimeOf, Sctlr } from '../translation/regime.ts';
import type { VectorUnit } from './unit.ts';

/**
 * Loads and stores of SIMD&FP registers: Arm ARM C4.1.4. All addresses of an instruction are translated before anything
 * is read or written, so a fault leaves registers and memory as they were; an external abort on the bus may come after
 * some elements were moved, which the manual allows (D1.13.4).
 *
 * CONSTRAINED UNPREDICTABLE (K1.2): a load pair with equal destinations keeps the value at the higher address.
 */

const PAGE_BYTES = 4096;
const SP_BASE = 31;
const SP_ALIGNMENT_MASK = 15;

/** One element between memory and a register. */
export interface Move {
  /** Bytes from the start address. */
  readonly offset: number;
  readonly bytes: number;
  readonly register: number;
  /** First byte in the register. */
  readonly lane: number;
}

export interface Transfer {
  readonly address: bigint;
  readonly load: boolean;
  readonly moves: readonly Move[];
  /** Size to which the address must be aligned where alignment is checked. */
  readonly alignment: number;
  /** Loaded registers whose other bits become zero. */
  readonly clears: readonly number[];
  /** New value of the base register. */
  readonly writeback?: bigint;
}

/** Works out from the encoding what is moved. */
export type Plan = (core: Arm64Core, word: number) => Transfer;

const sctlr = (core: Arm64Core): number => core.state.lo(REGIME_REGISTERS[regimeOf(core.el, core.secure)].sctlr);

/** `CheckSPAlignment`. @returns false if the exception was taken */
function stackIsAligned(core: Arm64Core): boolean {
  const checked = sctlr(core) & (core.el === 0 ? Sctlr.SA0 : Sctlr.SA);
  if (checked === 0 || (core.state.lo(Slot.SP) & SP_ALIGNMENT_MASK) === 0) return true;
  takeException(core, defaultTarget(core), syndrome(EC.SP_ALIGNMENT));
  return false;
}

const lo = (va: bigint): number => Number(BigInt.asIntN(32, va));
const hi = (va: bigint): number => Number(BigInt.asIntN(32, va >> 32n));

/** SCTLR_ELx.A: an address that is not aligned to the element. @returns false if the exception was taken */
function isAligned(core: Arm64Core, va: bigint, alignment: number, load: boolean): boolean {
  if ((lo(va) & (alignment - 1)) === 0 || (sctlr(core) & Sctlr.A) === 0) return true;
  const target = defaultTarget(core);
  const ec = target > core.el ? EC.DATA_ABORT_LOWER : EC.DATA_ABORT;
  takeFault(core, target, syndrome(ec, FaultStatus.ALIGNMENT | (load ? 0 : AbortIss.WnR)), lo(va), hi(va));
  return false;
}

/** A stretch of one page. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly pa: number;
  readonly secure: boolean;
}

/** Translates all bytes from `address` on. @returns undefined if an exception was taken */
function translateAll(core: Arm64Core, t: Transfer, length: number): readonly Piece[] | undefined {
  const kind: AccessKind = t.load ? Access.read : Access.write;
  const pieces: Piece[] = [];
  for (let start = 0; start < length; ) {
    const va = BigInt.asUintN(64, t.address + BigInt(start));
    const end = Math.min(length, start + PAGE_BYTES - (lo(va) & (PAGE_BYTES - 1)));
    if (!core.translate(lo(va), hi(va), start === 0 ? t.alignment : 1, kind, false, end - start)) return undefined;
    pieces.push({ start, end, pa: core.translation.pa, secure: core.translation.secure });
    start = end;
  }
  return pieces;
}

const WIDEST_ACCESS = 4;

/** Widest power of two that divides a place and fits, as one access of the bus. */
const unitAt = (pa: number, left: number): number => {
  let unit = WIDEST_ACCESS;
  while (unit > left || pa % unit !== 0) unit >>= 1;
  return unit;
};

/** Moves bytes between memory and a buffer, in ascending order. */
function transferBytes(core: Arm64Core, t: Transfer, pieces: readonly Piece[], buffer: Uint8Array): void {
  for (const { start, end, pa, secure } of pieces) {
    const by = core.initiator(secure);
    for (let i = start; i < end; ) {
      const at = pa + i - start;
      const unit = unitAt(at, end - i);
      if (t.load) {
        const value = core.phys.read(at, unit, by);
        for (let k = 0; k < unit; k++) buffer[i + k] = value >>> (8 * k);
      } else {
        let value = 0;
        for (let k = 0; k < unit; k++) value |= buffer[i + k] << (8 * k);
        core.phys.write(at, unit, value, by);
      }
      i += unit;
    }
  }
}

function collect(unit: VectorUnit, t: Transfer, buffer: Uint8Array): void {
  for (const { offset, bytes, register, lane } of t.moves) {
    unit.bytesTo(register, lane, bytes, buffer, offset);
  }
}

function distribute(unit: VectorUnit, t: Transfer, buffer: Uint8Array): void {
  for (const register of t.clears) unit.clear(register);
  for (const { offset, bytes, register, lane } of t.moves) {
    unit.bytesFrom(register, lane, bytes, buffer, offset);
  }
}

/** LDR (literal) has no base register. */
const LITERAL_MASK = 0x3b00_0000;
const LITERAL = 0x1800_0000;

/** Performs a load or store, or takes its exception. */
export function performLoadStore(core: Arm64Core, unit: VectorUnit, word: number, plan: Plan): void {
  const isLiteral = (word & LITERAL_MASK) === LITERAL;
  if (!isLiteral && Rn(word) === SP_BASE && !stackIsAligned(core)) return;
  const t = plan(core, word);
  if (!isAligned(core, t.address, t.alignment, t.load)) return;
  const length = t.moves.reduce((end, m) => Math.max(end, m.offset + m.bytes), 0);
  const pieces = translateAll(core, t, length);
  if (pieces === undefined) return;
  const buffer = new Uint8Array(length);
  if (!t.load) collect(unit, t, buffer);
  try {
    transferBytes(core, t, pieces, buffer);
  } catch (error) {
    if (!(error instanceof ExternalAbort)) throw error;
    core.externalAbort(lo(t.address), hi(t.address), t.load ? Access.read : Access.write);
    return;
  }
  if (t.load) distribute(unit, t, buffer);
  if (t.writeback !== undefined) core.state.setBig(Rn(word), t.writeback);
}
