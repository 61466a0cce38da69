import { eventNumber } from '../../cost/counts.ts';
import type { Arm64Core } from '../core.ts';
import { Hcr } from '../translation/regime.ts';
import { OPERATION_ACTIONS } from './actions.ts';
import { eventSlot } from './counted.ts';
import { HOOKS } from './hooks.ts';
import type { RegisterRow, Trap } from './row.ts';
import { REGISTERS, SYSTEM_INSTRUCTIONS, Sys, slotOf } from './slots.ts';

/** The tables made ready for MRS, MSR and SYS: one look-up by encoding finds everything an access needs. */

/** A {@link Trap} with its register resolved to a slot. */
export interface TrapTest {
  readonly slot: number;
  /** Which half of the register holds the bit. */
  readonly high: boolean;
  readonly mask: number;
  /** Trap if the masked bits are zero; otherwise if they are not. */
  readonly ifZero: boolean;
  readonly from: number;
  readonly secure: boolean;
  readonly nonSecure: boolean;
  readonly to: number;
  readonly ec: number;
}

/** What a register does beyond holding a value. */
export interface Hooks {
  /** The register shows these bits of the process state. */
  readonly shows?: number;
  /** Puts the value into `core.valueLo` and `core.valueHi`. */
  readonly read?: (core: Arm64Core) => void;
  /** Performs a write of `lo`, `hi` (not masked). */
  readonly write?: (core: Arm64Core, lo: number, hi: number) => void;
  /** A write that leaves these bits as they are does no more than to hold the value. Undefined: it may do anything. */
  readonly actsOn?: bigint;
  /** Called after the masked value was stored. */
  readonly written?: (core: Arm64Core) => void;
  /** False where the register is UNDEFINED in the current state whatever the level says. */
  readonly present?: (core: Arm64Core) => boolean;
}

export interface Handler extends Required<{ [K in keyof Hooks]: Hooks[K] | undefined }> {
  readonly name: string;
  readonly slot: number;
  readonly readFrom: number;
  readonly writeFrom: number;
  readonly maskLo: number;
  readonly maskHi: number;
  /** Some bit that no write changes is not zero (RES1, or what the reset leaves). */
  readonly keptBits: boolean;
  readonly readTraps: readonly TrapTest[];
  readonly writeTraps: readonly TrapTest[];
  /** Event as which writes are counted, if they are (`emulator/cost/counts.ts`), and the slot where translated code counts them. */
  readonly event: number | undefined;
  readonly eventSlot: number | undefined;
  /** Slot where translated code counts writes that HCR_EL2.TVM traps; undefined where it traps none. */
  readonly trapSlot: number | undefined;
}

const EC_SYSTEM = 0x18;

function test(trap: Trap): TrapTest {
  const high = trap.bit >= 32;
  const bit = (n: number): number => 1 << (n & 31);
  return {
    slot: slotOf(trap.by),
    high,
    mask: bit(trap.bit) | (trap.orBit === undefined ? 0 : bit(trap.orBit)),
    ifZero: trap.traps === 0,
    from: trap.from,
    secure: trap.state !== 'nonSecure',
    nonSecure: trap.state !== 'secure',
    to: trap.to,
    ec: trap.ec ?? EC_SYSTEM,
  };
}

function tests(row: RegisterRow, on: 'read' | 'write'): TrapTest[] {
  return row.traps.filter((t) => t.on === on || t.on === 'both').map(test);
}

function showProcessState(mask: number): (core: Arm64Core) => void {
  return (core) => {
    core.valueLo = core.state.lo(Sys.PSTATE) & mask;
    core.valueHi = 0;
  };
}

/** HCR_EL2.TVM traps writes by this test. */
export const trapsVmControl = ({ slot, mask, high }: TrapTest): boolean =>
  slot === Sys.HCR_EL2 && !high && mask === Hcr.TVM;

/** No write may be taken for one that only holds its value. */
const alwaysActs = ({ write, written, actsOn }: Hooks): boolean =>
  written !== undefined || (write !== undefined && actsOn === undefined);

function handler(name: string, row: RegisterRow, slot: number, hooks: Hooks): Handler {
  const event = countedAs(name);
  const writeTraps = tests(row, 'write');
  return {
    name,
    slot,
    readFrom: row.read,
    writeFrom: row.write,
    maskLo: Number(BigInt.asIntN(32, row.mask)),
    maskHi: Number(BigInt.asIntN(32, row.mask >> 32n)),
    keptBits: (row.reset & ~row.mask) !== 0n,
    readTraps: tests(row, 'read'),
    writeTraps,
    shows: hooks.shows,
    read: hooks.shows === undefined ? hooks.read : showProcessState(hooks.shows),
    write: hooks.write,
    actsOn: hooks.actsOn,
    event,
    eventSlot: event === undefined || alwaysActs(hooks) ? undefined : eventSlot(event),
    trapSlot: writeTraps.some(trapsVmControl) ? eventSlot(eventNumber(`trap.el2.${name}`)) : undefined,
    written: hooks.written,
    present: hooks.present,
  };
}

const TABLE_BASE = /^(TTBR[01]|VTTBR)_EL[123]$/;
const TLB_MAINTENANCE = 'TLBI ';

function countedAs(name: string): number | undefined {
  if (name.startsWith(TLB_MAINTENANCE)) return eventNumber(`tlbi.${name.slice(TLB_MAINTENANCE.length)}`);
  return TABLE_BASE.test(name) ? eventNumber(`write.${name}`) : undefined;
}

/** Handler 0 stands for every encoding that is no register. */
const UNALLOCATED = handler('', { at: 0, read: 4, write: 4, reset: 0n, mask: 0n, traps: [] }, 0, {});

export const HANDLERS: Handler[] = [UNALLOCATED];
/** Index into {@link HANDLERS} by encoding; 0 where there is none. */
export const HANDLER_BY_ENCODING = new Int16Array(1 << 16);
const byName = new Map<string, Handler>();

function add(row: RegisterRow, h: Handler): void {
  if (HANDLER_BY_ENCODING[row.at] !== 0) {
    throw new Error(`${h.name} and ${HANDLERS[HANDLER_BY_ENCODING[row.at]].name} have one encoding`);
  }
  HANDLER_BY_ENCODING[row.at] = HANDLERS.push(h) - 1;
  byName.set(h.name, h);
}

for (const [name, row] of Object.entries(REGISTERS)) add(row, handler(name, row, slotOf(name), HOOKS[name] ?? {}));
for (const [name, row] of Object.entries(SYSTEM_INSTRUCTIONS)) {
  add(row, handler(name, row, 0, { write: OPERATION_ACTIONS[name] }));
}

/** Handler of a register by name, or undefined. */
export function handlerNamed(name: string): Handler | undefined {
  return byName.get(name);
}
