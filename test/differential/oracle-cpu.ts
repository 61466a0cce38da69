/**
 * A CPU that the oracle carries out: one instruction after the other, fetched, lifted and executed anew each time, with every access
 * translated by the core. It has no blocks, no links, no jump cache, no fast ways: what the engine's tiers are compared with on whole
 * machines. Only the core's own code (exceptions, system registers, table walks) is common to both.
 */
import { ExternalAbort, type Initiator } from '../../emulator/devices/device.ts';
import { Access, type AccessKind, type Core } from '../../emulator/engine/core.ts';
import type { Runner, Shared } from '../../emulator/engine/cpu.ts';
import { execute, type OracleMachine, packedFlags } from '../../emulator/ir/oracle.ts';
import { Slot } from '../../emulator/ir/slots.ts';

/** The core took an exception in the middle of an instruction. */
class Taken extends Error {}

const PAGE_BYTES = 4096n;
const INSTRUCTION_BYTES = 4n;
/** The widest access of the bus. */
const BUS_BYTES = 4;

const low = (value: bigint): number => Number(BigInt.asIntN(32, value));
const high = (value: bigint): number => Number(BigInt.asIntN(32, value >> 32n));

export class OracleCpu implements Runner, OracleMachine {
  readonly number: number;
  readonly core: Core;
  attention = false;
  started = 0;
  private readonly shared: Shared;
  private readonly initiators: readonly [Initiator, Initiator];

  constructor(number: number, core: Core, shared: Shared) {
    this.number = number;
    this.core = core;
    this.shared = shared;
    this.initiators = [
      { secure: false, cpu: number },
      { secure: true, cpu: number },
    ];
    core.state.packFlags = () => this.packFlags();
  }

  run(limit: number): number {
    const { core } = this;
    const { timeline } = this.shared;
    this.started = 0;
    timeline.elapsed = () => this.started;
    while (this.started < limit && !this.shared.stopping && timeline.next() > timeline.now() && !core.off) {
      if (core.waiting) {
        if (!core.wake()) break;
        core.waiting = false;
      }
      if (!core.enter()) this.instruction();
      core.redirected = false;
      this.started++;
    }
    const done = this.started;
    this.started = 0;
    timeline.elapsed = () => 0;
    return done;
  }

  private instruction(): void {
    const { core, shared } = this;
    const { state } = core;
    const pc = state.big(Slot.PC);
    if (!core.translate(low(pc), high(pc), 4, Access.fetch, false)) return;
    const { pa, secure } = core.translation;
    const by = this.initiators[secure ? 1 : 0];
    const offset = shared.phys.ramFor(pa, false, by);
    if (offset < 0) {
      shared.phys.noteRefusal(pa, false, by);
      core.externalAbort(low(pc), high(pc), Access.fetch);
      return;
    }
    const word = shared.phys.words[offset >> 2]! >>> 0;
    core.redirected = false;
    try {
      const next = execute(core.lift(word, low(pc), high(pc), core.mode).statements, this);
      if (state.lo(Slot.SWITCHED) !== 0) core.follow();
      if (!core.redirected) state.setBig(Slot.PC, next ?? pc + INSTRUCTION_BYTES);
    } catch (error) {
      if (!(error instanceof Taken)) throw error;
    }
  }

  readSlot(slot: number): bigint {
    return this.core.state.big(slot);
  }

  writeSlot(slot: number, value: bigint): void {
    this.core.state.setBig(slot, value);
  }

  /** Bytes of the access by physical address, translated before any of them is touched. */
  private place(address: bigint, bytes: number, size: number, kind: AccessKind, user: boolean): (i: number) => number {
    const first = this.translate(address, size, kind, user);
    const inFirst = Number(PAGE_BYTES - (address % PAGE_BYTES));
    if (inFirst >= bytes) return (i) => first + i;
    const second = this.translate(BigInt.asUintN(64, address + BigInt(inFirst)), 1, kind, user);
    return (i) => (i < inFirst ? first + i : second + i - inFirst);
  }

  private translate(address: bigint, size: number, kind: AccessKind, user: boolean): number {
    if (!this.core.translate(low(address), high(address), size, kind, user)) throw new Taken();
    return this.core.translation.pa;
  }

  /** Performs `each` on pieces of at most `size` bytes over the bus, single bytes where the access crosses a page. */
  private transfer(
    address: bigint,
    bytes: number,
    size: number,
    kind: AccessKind,
    user: boolean,
    each: (pa: number, at: number, piece: number, by: Initiator) => void,
  ): void {
    const place = this.place(address, bytes, size, kind, user);
    const crosses = Number(address % PAGE_BYTES) + bytes > Number(PAGE_BYTES);
    const piece = crosses ? 1 : Math.min(size, BUS_BYTES);
    const by = this.initiators[this.core.translation.secure ? 1 : 0];
    try {
      for (let i = 0; i < bytes; i += piece) each(place(i), i, piece, by);
    } catch (error) {
      if (!(error instanceof ExternalAbort)) throw error;
      this.core.externalAbort(low(address), high(address), kind);
      throw new Taken();
    }
  }

  load(address: bigint, bytes: number, user: boolean, size: number): bigint {
    let value = 0n;
    this.transfer(address, bytes, size, Access.read, user, (pa, at, piece, by) => {
      value |= BigInt(this.shared.phys.read(pa, piece, by)) << BigInt(8 * at);
    });
    return value;
  }

  store(address: bigint, bytes: number, value: bigint, user: boolean, size: number): void {
    this.transfer(address, bytes, size, Access.write, user, (pa, at, piece, by) => {
      this.shared.phys.write(pa, piece, Number((value >> BigInt(8 * at)) & ((1n << BigInt(8 * piece)) - 1n)), by);
    });
  }

  probeStore(address: bigint, bytes: number, size: number): void {
    this.place(address, bytes, size, Access.write, false);
  }

  system(call: number, word: number): bigint | undefined {
    const { core } = this;
    core.system(call, word);
    return core.redirected ? this.readSlot(Slot.PC) : undefined;
  }

  private packFlags(): void {
    this.writeSlot(
      Slot.FLAGS,
      packedFlags((slot) => this.readSlot(slot)),
    );
    this.writeSlot(Slot.FLAG_KIND, 0n);
  }
}
