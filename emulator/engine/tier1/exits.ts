/**
 * How compiled code is left: through the jump cache into another function, into tier 0 or back into this one; to tier 0 for one
 * instruction that needs care; and the budget, which says when. All ways lead through one place that writes the state back.
 */
import { Slot } from '../../ir/slots.ts';
import { FETCH_ENTRIES, PAGE_NUMBER_BYTES, PAGES_OFFSET } from '../../memory/tlb.ts';
import type { Code, Label } from '../../wasm/code.ts';
import { Op, ValueType } from '../../wasm/opcodes.ts';
import { emitJumpLookup, JUMP_RECORD } from '../jump-cache.ts';
import { Exit, Header } from '../tier0/records.ts';
import type { Imports } from './imports.ts';
import type { Locals } from './locals.ts';

const { i32, i64 } = ValueType;

/**
 * A place where tier 0 takes over is told by one number: the words between the region's first instruction and this one, and in the
 * low bits the instructions paid for that have not run.
 */
const UNSPENT_BITS = 11;
const MOST_WORDS = 1 << (32 - UNSPENT_BITS);

/** What is to be done once the state is written back; other numbers are an {@link Exit} to return. */
const Way = { enter: -1, run: -2 } as const;

export class ExitWriter {
  readonly pc: number;
  readonly budget: number;
  /** Goes on at local {@link pc} by way of the jump cache. */
  lookup: Label = 0;
  private out: Label = 0;
  private stepOut: Label = 0;
  private readonly c: Code;
  private readonly locals: Locals;
  private readonly imports: Imports;
  private readonly slot: number;
  private readonly next: number;
  private readonly jumps: number;
  private readonly way: number;
  private readonly record: number;
  private readonly scratch: number;
  private readonly place: number;
  private readonly pcLo: number;
  private readonly pcHi: number;

  /**
   * @param next local that holds the number of the block to go to, at the top of the function
   * @param pcLo address of the region's first instruction @param pcHi high half of all its addresses
   */
  constructor(c: Code, locals: Locals, imports: Imports, slot: number, next: number, pcLo: number, pcHi: number) {
    this.c = c;
    this.pcLo = pcLo;
    this.pcHi = pcHi;
    this.locals = locals;
    this.imports = imports;
    this.slot = slot;
    this.next = next;
    this.pc = c.local(i64);
    this.budget = c.local(i32);
    this.jumps = c.local(i32);
    this.way = c.local(i32);
    this.record = c.local(i32);
    this.scratch = c.local(i32);
    this.place = c.local(i32);
  }

  load(): void {
    const c = this.c;
    for (const [slot, local] of [
      [Slot.BUDGET, this.budget],
      [Slot.JUMP_BASE, this.jumps],
    ]) {
      c.i32(0);
      c.memory(Op.i32Load, slot * 8);
      c.set(local);
    }
  }

  /** Writes what `inside` writes, and behind it all ways out. */
  frame(inside: () => void): void {
    const c = this.c;
    this.out = c.open(Op.block);
    const top = c.open(Op.loop);
    this.lookup = c.open(Op.block);
    this.stepOut = c.open(Op.block);
    inside();
    c.op(Op.unreachable);
    c.end();
    this.byPlace();
    c.end();
    this.byLookup(top);
    c.end();
    c.end();
    this.locals.writeBack();
    this.leave();
  }

  pay(instructions: number): void {
    const c = this.c;
    c.get(this.budget);
    c.i32(instructions);
    c.wide('sub', 32);
    c.set(this.budget);
  }

  /** @param pc low half of an address of the region */
  pushPc(pc: number): void {
    this.c.i64Halves(pc, this.pcHi);
  }

  /** @param pc low half of an address of the region */
  setPc(pc: number): void {
    this.pushPc(pc);
    this.c.set(this.pc);
  }

  /** Leaves for tier 0 to do the instruction at a pc (low half). @param unspent instructions paid for that have not run */
  step(pc: number, unspent: number): void {
    const c = this.c;
    const words = (pc - this.pcLo) >>> 2;
    if (words < MOST_WORDS) {
      c.i32((words << UNSPENT_BITS) | unspent);
      c.set(this.place);
      c.br(this.stepOut);
      return;
    }
    this.setPc(pc);
    this.pay(-unspent);
    this.setWay(Exit.step);
    c.br(this.out);
  }

  /** Leaves for tier 0 at the instruction that local `place` tells. */
  private byPlace(): void {
    const c = this.c;
    c.get(this.place);
    c.i32(UNSPENT_BITS);
    c.wide('shru', 32);
    c.op(Op.i64ExtendI32U);
    c.i64(2);
    c.wide('shl', 64);
    this.pushPc(this.pcLo);
    c.wide('add', 64);
    c.set(this.pc);
    c.get(this.budget);
    c.get(this.place);
    c.i32((1 << UNSPENT_BITS) - 1);
    c.wide('and', 32);
    c.wide('add', 32);
    c.set(this.budget);
    this.setWay(Exit.step);
    c.br(this.out);
  }

  /** Pushes 1 if the fetch check let an instruction pass at a pc whose page of translated code has this number, else 0. */
  pushIsKnown(pc: number, page: number): void {
    const c = this.c;
    c.get(this.jumps);
    c.memory(Op.i32Load, PAGES_OFFSET + ((pc >>> 12) & (FETCH_ENTRIES - 1)) * PAGE_NUMBER_BYTES);
    c.i32(page);
    c.wide('eq', 32);
  }

  private setWay(way: number): void {
    this.c.i32(way);
    this.c.set(this.way);
  }

  private pushHeader(offset: number): void {
    const c = this.c;
    c.get(this.record);
    c.i32(-offset);
    c.wide('sub', 32);
    c.memory(Op.i32Load, 0);
  }

  /** Finds out how control goes on at local {@link pc}. */
  private byLookup(top: Label): void {
    const c = this.c;
    emitJumpLookup(
      c,
      this.pc,
      this.scratch,
      () => c.get(this.jumps),
      () => {
        this.setWay(Exit.lookup);
        c.br(this.out);
      },
    );
    c.get(this.scratch);
    c.memory(Op.i32Load, JUMP_RECORD);
    c.set(this.record);
    this.setWay(Way.run);
    this.pushHeader(Header.slot);
    c.tee(this.scratch);
    c.wide('eqz', 32);
    c.brIf(this.out);
    c.get(this.budget);
    this.pushHeader(Header.need);
    c.wide('lts', 32);
    c.brIf(this.out);
    this.pushHeader(Header.entry);
    c.set(this.next);
    c.get(this.scratch);
    c.i32(this.slot);
    c.wide('eq', 32);
    c.brIf(top);
    this.setWay(Way.enter);
    c.br(this.out);
  }

  private store32(slot: number, local: number): void {
    this.c.i32(0);
    this.c.get(local);
    this.c.memory(Op.i32Store, slot * 8);
  }

  /** Leaves the way that local `way` says. */
  private leave(): void {
    const c = this.c;
    const isWay = (way: number): void => {
      c.get(this.way);
      c.i32(way);
      c.wide('eq', 32);
      c.open(Op.if);
    };
    isWay(Way.enter);
    this.store32(Slot.BUDGET, this.budget);
    c.get(this.scratch);
    c.get(this.next);
    c.op(Op.returnCall);
    c.unsigned(this.imports.indexOf('enter'));
    c.end();
    isWay(Way.run);
    c.get(this.budget);
    this.pushHeader(Header.cost);
    c.wide('sub', 32);
    c.tee(this.budget);
    c.i32(0);
    c.wide('lts', 32);
    c.open(Op.if);
    this.store32(Slot.BUDGET, this.budget);
    this.store32(Slot.EXIT_RECORD, this.record);
    c.i32(Exit.budget);
    c.op(Op.return);
    c.end();
    c.get(this.record);
    c.get(this.budget);
    c.op(Op.returnCall);
    c.unsigned(this.imports.indexOf('run'));
    c.end();
    c.i32(0);
    c.get(this.pc);
    c.memory(Op.i64Store, Slot.PC * 8);
    this.store32(Slot.BUDGET, this.budget);
    c.get(this.way);
    c.op(Op.return);
  }
}
