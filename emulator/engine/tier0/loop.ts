/** The functions that run records: the loop with a case for each handler, and a function for each handler that is outlined. */
import type { HelperName } from '../../ir/helpers.ts';
import { Slot } from '../../ir/slots.ts';
import { Code, type Label } from '../../wasm/code.ts';
import { Op, ValueType } from '../../wasm/opcodes.ts';
import { declareFrame, type Flow, storeAddress } from './frame.ts';
import { HandlerWriter } from './handler-writer.ts';
import { HANDLERS } from './handlers.ts';
import { Exit, Field, Header, RECORD_BYTES, SCRATCH, SCRATCH_ORIGIN } from './records.ts';
import type { Handler } from './shapes.ts';

const { i32 } = ValueType;

/** A rare handler as a function: takes the record, returns 1 where its access missed, else 0. */
export function outlinedBody(
  handler: Handler,
  helpers: ReadonlyMap<HelperName, number>,
  packFlags: number,
): Uint8Array {
  const c = new Code(1);
  const frame = declareFrame(c, 0, {});
  const give = (value: number): void => {
    c.i32(value);
    c.op(Op.return);
  };
  const never = (): never => {
    throw new Error(`${handler.key} cannot be outlined`);
  };
  const flow: Flow = {
    next: () => give(0),
    miss: () => {
      storeAddress(c, frame.va);
      give(1);
    },
    enter: never,
    exit: never,
    region: never,
    resume: never,
    rebase: never,
  };
  new HandlerWriter(c, frame, flow, helpers, packFlags).write(handler.action);
  c.op(Op.unreachable);
  return c.body();
}

/** The loop itself: run(record, budget) -> Exit. */
export function loopBody(
  outlined: ReadonlyMap<number, number>,
  helpers: ReadonlyMap<HelperName, number>,
  packFlags: number,
  enterType: number,
): Uint8Array {
  const RECORD = 0;
  const BUDGET = 1;
  const c = new Code(2);
  const tlb = c.local(i32);
  const jumps = c.local(i32);
  const whole = c.local(i32);
  const frame = declareFrame(c, RECORD, { tlb, jumps });
  const rebase = (): void => {
    for (const [local, slot] of [
      [tlb, Slot.TLB_BASE],
      [jumps, Slot.JUMP_BASE],
    ]) {
      c.i32(0);
      c.memory(Op.i32Load, slot * 8);
      c.set(local);
    }
  };
  rebase();
  const leave = (reason: number): void => {
    c.i32(0);
    c.get(RECORD);
    c.memory(Op.i32Store, Slot.EXIT_RECORD * 8);
    c.i32(0);
    c.get(BUDGET);
    c.memory(Op.i32Store, Slot.BUDGET * 8);
    c.i32(reason);
    c.op(Op.return);
  };
  const missed = c.open(Op.block);
  const exhausted = c.open(Op.block);
  const loop = c.open(Op.loop);
  const cases: Label[] = HANDLERS.map(() => c.open(Op.block));
  // The innermost block opened last: case i ends at the i-th block from inside.
  cases.reverse();
  c.get(RECORD);
  c.memory(Op.i32Load16U, Field.op);
  c.brTable(cases, cases[cases.length - 1]);
  const advance = (records = 1): void => {
    c.get(RECORD);
    c.i32(RECORD_BYTES * records);
    c.wide('add', 32);
    c.set(RECORD);
    c.br(loop);
  };
  const flow: Flow = {
    next: advance,
    rebase,
    enter: () => {
      c.get(BUDGET);
      c.get(RECORD);
      c.i32(-Header.cost);
      c.wide('sub', 32);
      c.memory(Op.i32Load, 0);
      c.wide('sub', 32);
      c.tee(BUDGET);
      c.i32(0);
      c.wide('lts', 32);
      c.brIf(exhausted);
      c.br(loop);
    },
    miss: () => {
      storeAddress(c, frame.va);
      c.br(missed);
    },
    exit: leave,
    region: () => {
      // The block was paid for on entry; the compiled function pays for itself.
      const header = (opcode: number, offset: number): void => {
        c.get(RECORD);
        c.i32(-offset);
        c.wide('sub', 32);
        c.memory(opcode, 0);
      };
      c.get(BUDGET);
      header(Op.i32Load, Header.cost);
      c.wide('add', 32);
      c.tee(whole);
      header(Op.i32Load, Header.need);
      c.wide('ges', 32);
      c.open(Op.if);
      c.i32(0);
      c.get(whole);
      c.memory(Op.i32Store, Slot.BUDGET * 8);
      header(Op.i32Load, Header.entry);
      header(Op.i32Load, Header.slot);
      c.op(Op.returnCallIndirect);
      c.unsigned(enterType);
      c.unsigned(0);
      c.end();
      for (const half of [0, 8]) {
        c.i32(0);
        c.get(RECORD);
        c.memory(Op.i64Load, half);
        c.memory(Op.i64Store, SCRATCH + half);
      }
      c.i32(0);
      header(Op.i32Load, Header.handler);
      c.memory(Op.i32Store16, SCRATCH + Field.op);
      c.i32(0);
      c.get(RECORD);
      c.memory(Op.i32Store, SCRATCH_ORIGIN);
      c.i32(SCRATCH);
      c.set(RECORD);
      c.br(loop);
    },
    resume: () => {
      c.i32(0);
      c.memory(Op.i32Load, SCRATCH_ORIGIN);
      c.i32(RECORD_BYTES);
      c.wide('add', 32);
      c.set(RECORD);
      c.br(loop);
    },
  };
  const writer = new HandlerWriter(c, frame, flow, helpers, packFlags);
  for (const entry of HANDLERS) {
    c.end();
    const f = outlined.get(entry.number);
    if (f === undefined) {
      writer.write(entry.action);
      continue;
    }
    c.get(RECORD);
    c.call(f);
    c.brIf(missed);
    advance();
  }
  c.end();
  c.op(Op.unreachable);
  c.end();
  leave(Exit.budget);
  c.end();
  leave(Exit.miss);
  c.op(Op.unreachable);
  return c.body();
}
