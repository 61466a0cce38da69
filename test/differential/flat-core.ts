import { VectorUnit } from '../../emulator/arm64/fp-simd/index.ts';
import { liftA64 } from '../../emulator/arm64/lift/index.ts';
import { SystemCall } from '../../emulator/arm64/system-calls.ts';
import { Access, type AccessKind, type Core, type Translation } from '../../emulator/engine/core.ts';
import type { CoreParts } from '../../emulator/engine/machine.ts';
import type { LiftedInstruction } from '../../emulator/ir/ir.ts';
import type { CpuState } from '../../emulator/ir/slots.ts';
import { EntryFlag, type Tlb, type TlbBank } from '../../emulator/memory/tlb.ts';
import { performExact } from './exact-fp.ts';
import type { Stop } from './stream.ts';

const PAGE_SHIFT = 12;
const TWO_32 = 0x1_0000_0000;

/**
 * A core without privilege, for the engine's tests: virtual is physical, what is not RAM faults, and a fault or a
 * system operation turns the CPU off, the pc at the instruction concerned. Exact FP and SIMD operations go on.
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
  /** Why the CPU is off. */
  stop: Stop = 'ok';
  private readonly parts: CoreParts;
  private readonly endCall: number;
  private readonly vectors: VectorUnit;

  /** @param endCall the system call that ends a run well; any other is an exception */
  constructor(parts: CoreParts, endCall: number) {
    this.parts = parts;
    this.state = parts.state;
    this.tlb = parts.tlb;
    this.endCall = endCall;
    this.vectors = new VectorUnit(parts.state);
    this.bank = parts.tlb.select(0, 0, 0, 0);
    this.userBank = this.bank;
    this.translation = { pa: 0, secure: false, bank: this.bank, entry: 0, slow: false };
  }

  translate(vaLo: number, vaHi: number, _size: number, kind: AccessKind): boolean {
    const pa = (vaHi >>> 0) * TWO_32 + (vaLo >>> 0);
    if (pa > Number.MAX_SAFE_INTEGER || this.parts.phys.offsetOf(pa) < 0) {
      this.turnOff('fault');
      return false;
    }
    const table = kind === Access.fetch ? this.bank.fetch : this.bank.data;
    const flags = EntryFlag.read | EntryFlag.write | EntryFlag.fetch;
    const known = table.lookup(vaLo, vaHi);
    const page = Math.floor(pa / 2 ** PAGE_SHIFT);
    this.translation.entry = known >= 0 ? known : table.insert(vaLo, vaHi, page, flags, PAGE_SHIFT);
    this.translation.pa = pa;
    return true;
  }

  /** Another mode is another context: its translated code has a bank of its own. */
  setMode(mode: number): void {
    this.mode = mode;
    this.bank = this.tlb.select(0, 0, 0, mode);
    this.userBank = this.bank;
    this.translation.bank = this.bank;
  }

  externalAbort(): void {
    this.turnOff('fault');
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
    if (call === SystemCall.fpSimd && performExact(this.vectors, word)) return;
    this.turnOff(call === this.endCall ? 'ok' : 'exception');
  }

  lift(word: number, pcLo: number, pcHi: number, mode: number): LiftedInstruction {
    return liftA64(word, pcLo, pcHi, mode);
  }

  private turnOff(stop: Stop): void {
    this.stop = stop;
    this.off = true;
    this.redirected = true;
  }
}
