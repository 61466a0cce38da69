import { liftA64 } from '../../emulator/arm64/lift/index.ts';
import { Access, type AccessKind, type Core, type Translation } from '../../emulator/engine/core.ts';
import type { CoreParts } from '../../emulator/engine/machine.ts';
import type { LiftedInstruction } from '../../emulator/ir/ir.ts';
import type { CpuState } from '../../emulator/ir/slots.ts';
import type { PhysicalMemory } from '../../emulator/memory/physical.ts';
import { EntryFlag, type Tlb, type TlbBank } from '../../emulator/memory/tlb.ts';

const PAGE_SHIFT = 12;
const TWO_32 = 0x1_0000_0000;
const ALL = EntryFlag.read | EntryFlag.write | EntryFlag.fetch;

/**
 * The least that the engine can run on: AArch64 instructions where virtual is physical, without privilege, interrupts or time. What a
 * fault or a system operation does is its user's business.
 */
export abstract class PlainCore implements Core {
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
  private readonly phys: PhysicalMemory;

  constructor(parts: CoreParts) {
    this.state = parts.state;
    this.tlb = parts.tlb;
    this.phys = parts.phys;
    this.bank = parts.tlb.select(0, 0, 0, 0);
    this.userBank = parts.tlb.select(1, 0, 0, 0);
    this.translation = { pa: 0, secure: false, bank: this.bank, entry: 0, slow: false };
  }

  /** An access to what is not RAM, or one that the bus refuses. */
  protected abstract fault(address: bigint): void;
  abstract system(call: number, word: number): void;

  translate(vaLo: number, vaHi: number, _size: number, kind: AccessKind, user: boolean): boolean {
    const pa = (vaHi >>> 0) * TWO_32 + (vaLo >>> 0);
    if (pa > Number.MAX_SAFE_INTEGER || this.phys.offsetOf(pa) < 0) {
      this.fault((BigInt(vaHi >>> 0) << 32n) | BigInt(vaLo >>> 0));
      return false;
    }
    const bank = user ? this.userBank : this.bank;
    const table = kind === Access.fetch ? bank.fetch : bank.data;
    const known = table.lookup(vaLo, vaHi);
    const page = Math.floor(pa / 2 ** PAGE_SHIFT);
    this.translation.pa = pa;
    this.translation.bank = bank;
    this.translation.entry = known >= 0 ? known : table.insert(vaLo, vaHi, page, ALL, PAGE_SHIFT);
    return true;
  }

  externalAbort(): void {
    this.fault(0n);
  }

  lift(word: number, pcLo: number, pcHi: number, mode: number): LiftedInstruction {
    return liftA64(word, pcLo, pcHi, mode);
  }

  enter(): boolean {
    return false;
  }

  pending(): boolean {
    return false;
  }

  wake(): boolean {
    return false;
  }

  reload(): void {}
  follow(): void {}

  save(): null {
    return null;
  }

  restore(): void {}
}
