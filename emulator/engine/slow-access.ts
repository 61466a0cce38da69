import { ExternalAbort, type Initiator } from '../devices/device.ts';
import { Slot } from '../ir/slots.ts';
import { PAGE_BYTES, PageFlag, type PhysicalMemory } from '../memory/physical.ts';
import { RamFinder } from '../memory/ram-finder.ts';
import { EntryFlag } from '../memory/tlb.ts';
import { Access, type AccessKind, type Core } from './core.ts';
import { type MemoryForm, memoryForm } from './memory-form.ts';
import type { CodeArena } from './tier0/arena.ts';
import { Field } from './tier0/records.ts';

/** What the slow way of a memory access came to. */
export const Outcome = { retry: 0, done: 1, exception: 2 } as const;
export type OutcomeKind = 0 | 1 | 2;

const PAGE_SHIFT = 12;
const PAGE_MASK = 0xfff;
const ALL_ONES = -1;

/** The slow way of one CPU's memory accesses: what the fast half of a TLB entry does not allow. */
export class SlowAccess {
  private readonly core: Core;
  private readonly phys: PhysicalMemory;
  private readonly arena: CodeArena;
  private readonly initiators: readonly [nonSecure: Initiator, secure: Initiator];
  private readonly ram: RamFinder;
  /** An access's value: the first register's 8 bytes, then the second's. */
  private readonly value = new Int32Array(4);
  private valueSize = 8;

  constructor(
    core: Core,
    phys: PhysicalMemory,
    arena: CodeArena,
    initiators: readonly [nonSecure: Initiator, secure: Initiator],
  ) {
    this.core = core;
    this.phys = phys;
    this.arena = arena;
    this.initiators = initiators;
    this.ram = new RamFinder(phys, initiators);
  }

  /** The slow way of a memory access: makes the fast way possible, or performs the access, or takes the exception. */
  access(record: number): OutcomeKind {
    const { core } = this;
    const form = memoryForm(this.arena.workAt(record));
    const state = core.state;
    const vaLo = state.lo(Slot.EXIT_VA);
    const vaHi = state.hi(Slot.EXIT_VA);
    const kind: AccessKind = form.store ? Access.write : Access.read;
    const { bytes } = form;
    if ((vaLo & PAGE_MASK) + bytes > PAGE_BYTES) return this.crossingAccess(record, form, vaLo, vaHi, kind);
    if (!core.translate(vaLo, vaHi, form.size, kind, form.user, bytes)) return Outcome.exception;
    if (!core.translation.slow && this.arm(vaLo, vaHi, form.store)) return Outcome.retry;
    return this.within(record, form, vaLo, vaHi, kind, core.translation.pa);
  }

  /** Makes the fast way possible for the access just translated. @returns false if this is not for the fast way */
  private arm(vaLo: number, vaHi: number, store: boolean): boolean {
    const { phys, ram } = this;
    const { bank, entry, secure } = this.core.translation;
    const physical = bank.data.page[entry] | 0;
    const offset = ram.find(physical, store, secure);
    if (offset < 0) return false;
    if (!store) {
      bank.arm(entry, vaLo, vaHi, true, false, offset);
      return true;
    }
    const page = offset >>> PAGE_SHIFT;
    if ((phys.pageFlags[page] & PageFlag.code) !== 0) return false;
    phys.markDirty(page);
    // Reading may be armed along with writing only if the protection lets reads pass too.
    const readable = (bank.data.flags[entry] & EntryFlag.read) !== 0 && ram.find(physical, false, secure) >= 0;
    bank.arm(entry, vaLo, vaHi, readable, true, offset);
    return true;
  }

  /** Performs an access that stays within a page, whole. */
  private within(
    record: number,
    form: MemoryForm,
    vaLo: number,
    vaHi: number,
    kind: AccessKind,
    pa: number,
  ): OutcomeKind {
    const by = this.initiators[this.core.translation.secure ? 1 : 0];
    return this.perform(record, form, vaLo, vaHi, kind, () => pa, by, form.bytes);
  }

  /** An access that touches two pages: both are translated before anything happens. */
  private crossingAccess(record: number, form: MemoryForm, vaLo: number, vaHi: number, kind: AccessKind): OutcomeKind {
    const { core } = this;
    const firstBytes = PAGE_BYTES - (vaLo & PAGE_MASK);
    if (!core.translate(vaLo, vaHi, form.size, kind, form.user, firstBytes)) return Outcome.exception;
    const first = core.translation.pa;
    const by = this.initiators[core.translation.secure ? 1 : 0];
    const nextLo = (vaLo + firstBytes) | 0;
    const nextHi = nextLo === 0 ? (vaHi + 1) | 0 : vaHi;
    if (!core.translate(nextLo, nextHi, 1, kind, form.user, form.bytes - firstBytes)) return Outcome.exception;
    const second = core.translation.pa;
    return this.perform(
      record,
      form,
      vaLo,
      vaHi,
      kind,
      (i) => (i < firstBytes ? first + i : second + i - firstBytes),
      by,
      1,
    );
  }

  /**
   * Performs an access piece by piece over the bus.
   * @param unit bytes of a piece at the most: 1 where pieces may not be aligned
   */
  private perform(
    record: number,
    form: MemoryForm,
    vaLo: number,
    vaHi: number,
    kind: AccessKind,
    place: (byte: number) => number,
    by: Initiator,
    unit: number,
  ): OutcomeKind {
    const { phys } = this;
    let failed = false;
    try {
      failed = form.exclusive && !this.exclusiveHolds(form, vaLo, vaHi, place, by);
      if (!form.store) this.readPieces(form, place, by, unit);
      else if (!failed) {
        this.takeRegisters(record, form);
        const piece = Math.min(unit, form.size, 4);
        for (let i = 0; i < form.bytes; i += piece) {
          const at = unit === 1 ? place(i) : place(0) + i;
          phys.write(at, piece, this.bytesOfValue(i, piece), by);
        }
      }
    } catch (error) {
      if (!(error instanceof ExternalAbort)) throw error;
      this.core.externalAbort(vaLo, vaHi, kind);
      return Outcome.exception;
    }
    if (form.exclusive) this.finishExclusive(record, failed);
    else if (!form.store) this.giveRegisters(record, form);
    return Outcome.done;
  }

  /** Reads into {@link value}: the first register's 8 bytes, then the second's. */
  private readPieces(form: MemoryForm, place: (byte: number) => number, by: Initiator, unit: number): void {
    const { phys } = this;
    this.value.fill(0);
    const piece = Math.min(unit, form.size, 4);
    for (let i = 0; i < form.bytes; i += piece) {
      const at = unit === 1 ? place(i) : place(0) + i;
      const lane = i < form.size ? i : 8 + i - form.size;
      this.value[lane >> 2] |= phys.read(at, piece, by) << ((lane & 3) * 8);
    }
  }

  /** `size` bytes at byte `i` of the store's value. */
  private bytesOfValue(i: number, size: number): number {
    const v = this.value;
    const lane = i < this.valueSize ? i : 8 + i - this.valueSize;
    const word = v[lane >> 2] >>> ((lane & 3) * 8);
    return size === 4 ? word : word & ((1 << (size * 8)) - 1);
  }

  private takeRegisters(record: number, form: MemoryForm): void {
    const { arena } = this;
    const words = this.core.state.words;
    this.valueSize = form.size;
    const [first, second] = form.registers;
    const a = arena.fieldAt(record, first) >> 2;
    this.value[0] = words[a];
    this.value[1] = words[a + 1];
    if (second === 0) return;
    const b = arena.fieldAt(record, second) >> 2;
    this.value[2] = words[b];
    this.value[3] = words[b + 1];
  }

  private giveRegisters(record: number, form: MemoryForm): void {
    const { arena } = this;
    const words = this.core.state.words;
    const v = this.value;
    const [first, second] = form.registers;
    const a = arena.fieldAt(record, first) >> 2;
    if (form.extend !== 'zero') {
      const shift = 32 - form.size * 8;
      v[0] = (v[0] << shift) >> shift;
      v[1] = form.extend === 'sign64' ? v[0] >> 31 : 0;
    }
    // The second register is written first: where both are one register, the first value stays, as in translated code.
    if (second !== 0) {
      const b = arena.fieldAt(record, second) >> 2;
      words[b] = v[2];
      words[b + 1] = v[3];
    }
    words[a] = v[0];
    words[a + 1] = v[1];
  }

  /** Whether a store-exclusive that cannot take the fast way finds its monitor intact. */
  private exclusiveHolds(
    form: MemoryForm,
    vaLo: number,
    vaHi: number,
    place: (byte: number) => number,
    by: Initiator,
  ): boolean {
    const state = this.core.state;
    if (state.lo(Slot.EXCLUSIVE_ADDRESS) !== vaLo || state.hi(Slot.EXCLUSIVE_ADDRESS) !== vaHi) return false;
    this.readPieces(form, place, by, form.bytes);
    const seen = (slot: number, at: number): boolean =>
      state.lo(slot) === this.value[at] && state.hi(slot) === this.value[at + 1];
    return seen(Slot.EXCLUSIVE_VALUE, 0) && (form.bytes === form.size || seen(Slot.EXCLUSIVE_VALUE2, 2));
  }

  private finishExclusive(record: number, failed: boolean): void {
    const state = this.core.state;
    const status = this.arena.fieldAt(record, Field.d) >> 2;
    state.words[status] = failed ? 1 : 0;
    state.words[status + 1] = 0;
    state.set(Slot.EXCLUSIVE_ADDRESS, ALL_ONES, ALL_ONES);
  }
}
