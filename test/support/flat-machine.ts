import { liftA64 } from '../../emulator/arm64/lift/index.ts';
import { LiftMode, SystemCall } from '../../emulator/arm64/system-calls.ts';
import { Access, type AccessKind, type Core, type Translation } from '../../emulator/engine/core.ts';
import { type CoreParts, Machine } from '../../emulator/engine/machine.ts';
import type { LiftedInstruction } from '../../emulator/ir/ir.ts';
import type { CpuState } from '../../emulator/ir/slots.ts';
import { Slot } from '../../emulator/ir/slots.ts';
import type { PhysicalMemory } from '../../emulator/memory/physical.ts';
import { EntryFlag, type Tlb, type TlbBank } from '../../emulator/memory/tlb.ts';

/** Where flat memory stands, virtual and physical alike. */
export const FLAT_START = 0x4000_0000;

/** A system operation or fault that a {@link FlatCore} met. */
export interface Met {
  readonly what: 'system' | 'fault';
  readonly call: number;
  readonly word: number;
  readonly pc: bigint;
  readonly address: bigint;
}

/**
 * The least that the engine can run on: AArch64 instructions over flat memory, no privilege. The first system operation or fault
 * stops it. For tests of the engine alone, and for comparison with engines that have no more than this.
 */
export class FlatCore implements Core {
  readonly state: CpuState;
  readonly tlb: Tlb;
  readonly translation: Translation;
  bank: TlbBank;
  userBank: TlbBank;
  readonly pace = 0;
  mode = 0;
  redirected = false;
  waiting = false;
  off = false;
  met: Met | undefined;
  onMet: () => void = () => {};
  private readonly phys: PhysicalMemory;

  constructor(parts: CoreParts) {
    this.state = parts.state;
    this.tlb = parts.tlb;
    this.phys = parts.phys;
    this.bank = parts.tlb.select(0, 0, 0, 0);
    this.userBank = parts.tlb.select(1, 0, 0, 0);
    this.translation = { pa: 0, secure: false, bank: this.bank, entry: 0, slow: false };
  }

  translate(vaLo: number, vaHi: number, _size: number, kind: AccessKind, user: boolean): boolean {
    const pa = vaLo >>> 0;
    if (vaHi !== 0 || this.phys.offsetOf(pa) < 0) {
      this.meet('fault', 0, 0, (BigInt(vaHi >>> 0) << 32n) | BigInt(pa));
      return false;
    }
    const bank = user ? this.userBank : this.bank;
    const table = kind === Access.fetch ? bank.fetch : bank.data;
    let entry = table.lookup(vaLo, vaHi);
    if (entry < 0)
      entry = table.insert(vaLo, vaHi, Math.floor(pa / 4096), EntryFlag.read | EntryFlag.write | EntryFlag.fetch, 12);
    this.translation.pa = pa;
    this.translation.bank = bank;
    this.translation.entry = entry;
    return true;
  }

  externalAbort(): void {
    this.meet('fault', 0, 0, 0n);
  }

  enter(): boolean {
    return false;
  }

  reload(): void {}
  follow(): void {}

  save(): null {
    return null;
  }

  restore(): void {}

  pending(): boolean {
    return false;
  }

  wake(): boolean {
    return false;
  }

  system(call: number, word: number): void {
    if (call === SystemCall.yield) return;
    this.meet('system', call, word, this.state.big(Slot.EXIT_VA));
  }

  lift(word: number, pcLo: number, pcHi: number, mode: number): LiftedInstruction {
    return liftA64(word, pcLo, pcHi, mode);
  }

  private meet(what: Met['what'], call: number, word: number, address: bigint): void {
    this.met = { what, call, word, pc: this.state.big(Slot.PC), address };
    this.redirected = true;
    this.waiting = true;
    this.onMet();
  }
}

export interface FlatOptions {
  /** Bytes of RAM from {@link FLAT_START} on. */
  readonly bytes: number;
  readonly alignmentCheck?: boolean;
  readonly tier1?: boolean;
}

/** A machine of one {@link FlatCore}. */
export function flatMachine(options: FlatOptions): Machine<FlatCore> {
  const machine = new Machine<FlatCore>({
    cpus: 1,
    ramBytes: options.bytes,
    seed: 1,
    tier1: options.tier1 ?? false,
    createCore: (parts) => new FlatCore(parts),
  });
  machine.phys.addRam('flat', FLAT_START, options.bytes);
  machine.cores[0].mode = options.alignmentCheck ? LiftMode.alignmentCheck : 0;
  machine.cores[0].state.setBig(Slot.EXCLUSIVE_ADDRESS, -1n);
  return machine;
}

/** Loads instruction words and runs until the first system operation, fault, or the limit. */
export function runWords(
  machine: Machine<FlatCore>,
  words: readonly number[],
  limit: number,
  at = FLAT_START,
): Met | undefined {
  const core = machine.cores[0];
  machine.phys.poke(at, new Uint8Array(Uint32Array.from(words).buffer));
  core.met = undefined;
  core.waiting = false;
  core.state.setBig(Slot.PC, BigInt(at));
  machine.resume();
  core.onMet = () => machine.stop({ kind: 'exit', code: 0, text: '' });
  machine.run({ maxInstructions: limit });
  return core.met;
}
