/**
 * Generates tier 0: one WebAssembly module with a loop that walks records and a case for each handler. Made from the
 * same table of micro-operations as the compiled tier.
 */

import { HELPERS, type HelperName, helperBody } from '../../ir/helpers.ts';
import type { FlagKindName, Width } from '../../ir/ir.ts';
import { FlagKind } from '../../ir/ir.ts';
import { type EmitTarget, emitValue, operandWidth, type Push } from '../../ir/micro-ops.ts';
import { LevelSlot, levelSlot, SLOT_BYTES, Slot } from '../../ir/slots.ts';
import { VECTOR_ROW, type VectorOp, type VectorRow } from '../../ir/vector-ops.ts';
import { Code, type Label } from '../../wasm/code.ts';
import { type FunctionType, ModuleWriter } from '../../wasm/module.ts';
import { Op, ValueType, VectorOpcode } from '../../wasm/opcodes.ts';
import { emitDirectCondition, emitPackedCondition, kindOf, kindWidth } from '../conditions.ts';
import { emitJumpLookup, JUMP_RECORD } from '../jump-cache.ts';
import { emitHostAddress, emitLine, LOADS, STORES, TAG } from '../memory-access.ts';
import { HANDLERS, handlerOf } from './handlers.ts';
import { CHECK_FIELDS, Exit, Field, Header, RECORD_BYTES, SCRATCH, SCRATCH_ORIGIN } from './records.ts';
import { type Action, type Handler, Head, type Shape } from './shapes.ts';

const { i32, i64 } = ValueType;
const FLAG_A = Slot.FLAG_A * 8;
const FLAG_B = Slot.FLAG_B * 8;
const FLAG_KIND = Slot.FLAG_KIND * 8;
const FLAGS = Slot.FLAGS * 8;
const OPERAND_FIELDS = [Field.a, Field.b, Field.c, Field.e] as const;

const LOADS_UNSIGNED: Record<number, number> = { 1: Op.i64Load8U, 2: Op.i64Load16U, 4: Op.i64Load32U, 8: Op.i64Load };

/** How one handler's code goes on. */
interface Flow {
  /** Goes on behind this record, or behind several. */
  next(records?: number): void;
  /** The record pointer was set to a block's first record: pays for the block and goes there. */
  enter(): void;
  /** A memory access missed; the address is in local `va`. */
  miss(): void;
  /** Leaves with an {@link Exit} reason. */
  exit(reason: number): void;
  /** Goes on in the compiled function that the block's header names. */
  region(): void;
  /** Goes on behind the record that stands copied in the scratch place. */
  resume(): void;
  /** The bases of TLB bank and jump cache in the state changed. */
  rebase(): void;
}

/** Locals of a function that runs handlers. */
interface Frame {
  readonly record: number;
  readonly va: number;
  readonly host: number;
  readonly a64: number;
  readonly b64: number;
  readonly a32: number;
  readonly b32: number;
  /** Base of the TLB bank and of the jump cache; in outlined functions they are read from the state. */
  pushTlb(): void;
  pushJumps(): void;
}

class HandlerWriter {
  private readonly c: Code;
  private readonly frame: Frame;
  private readonly flow: Flow;
  private readonly target: EmitTarget;
  private operand = 0;
  private fields: readonly number[] = OPERAND_FIELDS;
  /** Where the record that is being done begins: the second of a pair stands behind the first. */
  private offset = 0;

  constructor(c: Code, frame: Frame, flow: Flow, helpers: ReadonlyMap<HelperName, number>, packFlags: number) {
    this.c = c;
    this.frame = frame;
    this.flow = flow;
    this.target = {
      code: c,
      callHelper: (name) => c.call(helpers.get(name) as number),
      pushFlags: () => c.call(packFlags),
    };
  }

  write(action: Action): void {
    const c = this.c;
    switch (action.do) {
      case 'set':
        this.assign(action);
        this.flow.next();
        return;
      case 'constant':
        this.slotAddress(Field.d);
        this.recordConstant();
        c.memory(Op.i64Store, 0);
        this.flow.next();
        return;
      case 'setVector':
        this.setVector(action.op);
        return;
      case 'load':
        this.access(action.address, action.size, TAG.read, OPERAND_FIELDS, action.user);
        c.set(this.frame.host);
        this.slotAddress(Field.d);
        c.get(this.frame.host);
        c.memory(LOADS[`${action.size}.${action.extend}`], 0);
        if (action.extend === 'sign32') c.op(Op.i64ExtendI32U);
        c.memory(Op.i64Store, 0);
        this.flow.next();
        return;
      case 'store':
        this.access(action.address, action.size, TAG.write, OPERAND_FIELDS, action.user);
        this.slotValue(Field.d, 64);
        c.memory(STORES[action.size], 0);
        this.flow.next();
        return;
      case 'loadPair':
        this.loadPair(action.size, action.address);
        return;
      case 'storePair':
        this.access(action.address, action.size * 2, TAG.write, OPERAND_FIELDS.slice(1), false);
        c.tee(this.frame.host);
        this.slotValue(Field.d, 64);
        c.memory(STORES[action.size], 0);
        c.get(this.frame.host);
        this.slotValue(Field.a, 64);
        c.memory(STORES[action.size], action.size);
        this.flow.next();
        return;
      case 'storeExclusive':
        this.storeExclusive(action.size, action.pair);
        return;
      case 'flags':
        this.setLazyFlags(action.flags, action.result, action.a, action.b);
        this.flow.next();
        return;
      case 'flagsBranch': {
        const [a, b] = this.setLazyFlags(action.flags, action.result, action.a, action.b);
        emitDirectCondition(c, action.flags, action.pair, a, b);
        this.branch();
        return;
      }
      case 'setFlags':
        c.i32(0);
        this.slotValue(Field.a, 32);
        c.i32(15);
        c.wide('and', 32);
        c.memory(Op.i32Store, FLAGS);
        c.i32(0);
        c.i32(FlagKind.packed);
        c.memory(Op.i32Store, FLAG_KIND);
        this.flow.next();
        return;
      case 'branch':
        this.begin(OPERAND_FIELDS);
        this.value(action.condition);
        this.branch();
        return;
      case 'goto':
        this.follow(Field.link0);
        return;
      case 'jump':
        this.slotValue(Field.a, 64);
        this.jump();
        return;
      case 'jumpConstant':
        this.recordConstant();
        this.jump();
        return;
      case 'switch':
        this.switchLevel();
        return;
      case 'system':
        this.flow.exit(Exit.system);
        return;
      case 'check':
        this.begin(CHECK_FIELDS);
        this.value(action.condition);
        c.constant(0, 'pair' in action.condition ? 32 : action.condition.width);
        c.wide('ne', 'pair' in action.condition ? 32 : action.condition.width);
        c.open(Op.if);
        this.flow.exit(Exit.system);
        c.end();
        this.flow.next();
        return;
      case 'line':
        this.line(action.address, action.zero);
        return;
      case 'leave':
        this.flow.exit(Exit.leave);
        return;
      case 'region':
        this.flow.region();
        return;
      case 'resume':
        this.flow.resume();
        return;
      case 'two':
        this.assign(action.first);
        this.offset = RECORD_BYTES;
        this.assign(action.second);
        this.offset = 0;
        this.flow.next(2);
        return;
    }
  }

  private assign(action: Action & { do: 'set' }): void {
    this.begin(OPERAND_FIELDS);
    this.slotAddress(Field.d);
    this.value(action.value);
    if (action.width === 32) this.c.op(Op.i64ExtendI32U);
    this.c.memory(Op.i64Store, 0);
  }

  private begin(fields: readonly number[]): void {
    this.operand = 0;
    this.fields = fields;
  }

  /** Pushes a u16 field of the record. */
  private field(offset: number): void {
    this.c.get(this.frame.record);
    this.c.memory(Op.i32Load16U, this.offset + offset);
  }

  private slotAddress(field: number): void {
    this.field(field);
  }

  private slotValue(field: number, width: Width): void {
    this.field(field);
    this.c.memory(width === 64 ? Op.i64Load : Op.i32Load, 0);
  }

  private recordConstant(): void {
    this.c.get(this.frame.record);
    this.c.memory(Op.i64Load, Field.imm64);
  }

  /** Pushes the value of a shape, taking the record's operand fields in order. */
  private value(shape: Shape): void {
    this.prepare(shape)();
  }

  /** Gives each leaf its field, first to last; the result may be pushed more than once. */
  private prepare(shape: Shape): Push {
    const c = this.c;
    if ('leaf' in shape) {
      const field = this.fields[this.operand++];
      const { offset } = this;
      if (shape.leaf === 'r') return () => this.slotValue(field, shape.width);
      return () => {
        c.get(this.frame.record);
        c.memory(shape.width === 64 ? Op.i64Load16U : Op.i32Load16U, offset + field);
      };
    }
    if ('pair' in shape) return this.condition(shape.flags, shape.pair);
    const args = shape.args.map((arg) => this.prepare(arg));
    shape.args.forEach((arg, i) => {
      const wanted = operandWidth(shape.op, i, shape.width, shape.source);
      const has = 'pair' in arg ? 32 : arg.width;
      if (has !== wanted) throw new Error(`operand ${i} of ${shape.op} has width ${has}, wants ${wanted}`);
    });
    return () => emitValue(this.target, shape.op, shape.width, shape.source, args);
  }

  private condition(flags: FlagKindName | null, pair: number): Push {
    const c = this.c;
    if (flags === null) {
      return () => {
        this.target.pushFlags();
        c.set(this.frame.b32);
        emitPackedCondition(c, pair, () => c.get(this.frame.b32));
      };
    }
    const load = kindWidth(flags) === 64 ? Op.i64Load : Op.i32Load;
    const push = (offset: number) => (): void => {
      c.i32(0);
      c.memory(load, offset);
    };
    return () => emitDirectCondition(c, flags, pair, push(FLAG_A), push(FLAG_B));
  }

  /** Pushes the host address of an access, or goes to the slow way. */
  private access(address: Shape, size: number, tag: number, fields: readonly number[], user: boolean): void {
    const c = this.c;
    const { va, host } = this.frame;
    this.begin(fields);
    this.value(address);
    const pushBase = (): void => {
      if (user) {
        c.i32(0);
        c.memory(Op.i32Load, Slot.TLB_USER_BASE * 8);
      } else this.frame.pushTlb();
    };
    emitHostAddress(c, va, host, pushBase, size, tag, () => this.flow.miss());
  }

  /** Operands in the first fields, the amount in the last. */
  private setVector(op: VectorOp | undefined): void {
    const c = this.c;
    const operand = (field: number) => (): void => {
      this.slotAddress(field);
      c.simdMemory(VectorOpcode.load, 0);
    };
    this.slotAddress(Field.d);
    if (op === undefined) operand(Field.a)();
    else {
      const row = VECTOR_ROW.get(op) as VectorRow;
      row.emit(c, OPERAND_FIELDS.slice(0, row.operands).map(operand), () => this.field(Field.e));
    }
    c.simdMemory(VectorOpcode.store, 0);
    this.flow.next();
  }

  private line(address: Shape, zero: boolean): void {
    const c = this.c;
    const { va, host } = this.frame;
    this.begin(OPERAND_FIELDS);
    this.value(address);
    emitLine(
      c,
      va,
      host,
      () => this.frame.pushTlb(),
      zero,
      () => this.flow.exit(Exit.system),
    );
    this.flow.next();
  }

  private loadPair(size: 4 | 8, address: Shape): void {
    const c = this.c;
    const { host, a64 } = this.frame;
    this.access(address, size * 2, TAG.read, OPERAND_FIELDS.slice(1), false);
    c.tee(host);
    c.memory(LOADS_UNSIGNED[size], 0);
    c.set(a64);
    this.slotAddress(Field.a);
    c.get(host);
    c.memory(LOADS_UNSIGNED[size], size);
    c.memory(Op.i64Store, 0);
    this.slotAddress(Field.d);
    c.get(a64);
    c.memory(Op.i64Store, 0);
    this.flow.next();
  }

  /** See the statement of this name in `ir.ts`. The TLB is asked first, so that a failing store still faults. */
  private storeExclusive(size: number, pair: boolean): void {
    const c = this.c;
    const { host, va, a32 } = this.frame;
    this.access({ leaf: 'r', width: 64 }, pair ? size * 2 : size, TAG.write, [Field.c], false);
    c.set(host);
    const equalsMemory = (slot: number, offset: number): void => {
      c.get(host);
      c.memory(LOADS_UNSIGNED[size], offset);
      c.i32(0);
      c.memory(LOADS_UNSIGNED[size], slot * 8);
      c.wide('eq', 64);
      c.wide('and', 32);
    };
    c.get(va);
    c.i32(0);
    c.memory(Op.i64Load, Slot.EXCLUSIVE_ADDRESS * 8);
    c.wide('eq', 64);
    equalsMemory(Slot.EXCLUSIVE_VALUE, 0);
    if (pair) equalsMemory(Slot.EXCLUSIVE_VALUE2, size);
    c.tee(a32);
    c.open(Op.if);
    c.get(host);
    this.slotValue(Field.a, 64);
    c.memory(STORES[size], 0);
    if (pair) {
      c.get(host);
      this.slotValue(Field.b, 64);
      c.memory(STORES[size], size);
    }
    c.end();
    this.slotAddress(Field.d);
    c.get(a32);
    c.wide('eqz', 32);
    c.op(Op.i64ExtendI32U);
    c.memory(Op.i64Store, 0);
    c.i32(0);
    c.i64(-1);
    c.memory(Op.i64Store, Slot.EXCLUSIVE_ADDRESS * 8);
    this.flow.next();
  }

  /** Remembers the operands and writes the result; returns how to push the operands again. */
  private setLazyFlags(kind: FlagKindName, result: boolean, a: Shape, b: Shape | undefined): [Push, Push] {
    const c = this.c;
    const wide = kindWidth(kind) === 64;
    const [la, lb] = wide ? [this.frame.a64, this.frame.b64] : [this.frame.a32, this.frame.b32];
    this.begin(OPERAND_FIELDS);
    this.value(a);
    c.set(la);
    if (b) {
      this.value(b);
      c.set(lb);
    }
    const store = (local: number, offset: number): void => {
      c.i32(0);
      c.get(local);
      c.memory(wide ? Op.i64Store : Op.i32Store, offset);
    };
    store(la, FLAG_A);
    if (b) store(lb, FLAG_B);
    c.i32(0);
    c.i32(FlagKind[kind]);
    c.memory(Op.i32Store, FLAG_KIND);
    if (result) {
      const family = kindOf(kind);
      this.slotAddress(Field.d);
      c.get(la);
      if (family !== 'log') {
        c.get(lb);
        c.wide(family, kindWidth(kind));
      }
      if (!wide) c.op(Op.i64ExtendI32U);
      c.memory(Op.i64Store, 0);
    }
    return [() => c.get(la), () => c.get(lb)];
  }

  /** Follows one of two links by the i32 on the stack. Choosing with `if` is faster than with `select`. */
  private branch(): void {
    const c = this.c;
    c.open(Op.if);
    this.follow(Field.link0);
    c.end();
    this.follow(Field.link1);
  }

  private follow(link: number): void {
    const c = this.c;
    c.get(this.frame.record);
    c.memory(Op.i32Load, link);
    c.set(this.frame.record);
    this.flow.enter();
  }

  /** The level's context comes into force and its arrival is counted; then jumps. */
  private switchLevel(): void {
    const c = this.c;
    const context = this.frame.a32;
    this.slotValue(Field.b, 32);
    c.i32(LevelSlot.count * SLOT_BYTES);
    c.wide('mul', 32);
    c.tee(context);
    this.field(Field.c);
    c.i32(3);
    c.wide('shl', 32);
    c.wide('add', 32);
    c.tee(this.frame.host);
    c.get(this.frame.host);
    const arrivals = levelSlot(0, LevelSlot.arrivals) * SLOT_BYTES;
    c.memory(Op.i64Load, arrivals);
    c.i64(1);
    c.wide('add', 64);
    c.memory(Op.i64Store, arrivals);
    const bases = levelSlot(0, LevelSlot.bases) * SLOT_BYTES;
    const into = (slot: number, from: number): void => {
      c.i32(0);
      c.get(context);
      c.memory(Op.i32Load, from);
      c.memory(Op.i32Store, slot * SLOT_BYTES);
    };
    into(Slot.TLB_BASE, bases);
    into(Slot.JUMP_BASE, bases + 4);
    into(Slot.TLB_USER_BASE, levelSlot(0, LevelSlot.user) * SLOT_BYTES);
    c.i32(0);
    c.i32(1);
    c.memory(Op.i32Store, Slot.SWITCHED * SLOT_BYTES);
    this.flow.rebase();
    this.slotValue(Field.a, 64);
    this.jump();
  }

  /** Goes to the pc on the stack by way of the jump cache. */
  private jump(): void {
    const c = this.c;
    const { a64, host } = this.frame;
    c.set(a64);
    const { frame } = this;
    emitJumpLookup(
      c,
      a64,
      host,
      () => frame.pushJumps(),
      () => {
        c.i32(0);
        c.get(a64);
        c.memory(Op.i64Store, Slot.PC * 8);
        this.flow.exit(Exit.lookup);
      },
    );
    c.get(host);
    c.memory(Op.i32Load, JUMP_RECORD);
    c.set(this.frame.record);
    this.flow.enter();
  }
}

function declareFrame(c: Code, record: number, bases: { tlb?: number; jumps?: number }): Frame {
  const fromState = (slot: number) => (): void => {
    c.i32(0);
    c.memory(Op.i32Load, slot * 8);
  };
  const fromLocal = (local: number) => (): void => c.get(local);
  return {
    record,
    va: c.local(i64),
    host: c.local(i32),
    a64: c.local(i64),
    b64: c.local(i64),
    a32: c.local(i32),
    b32: c.local(i32),
    pushTlb: bases.tlb === undefined ? fromState(Slot.TLB_BASE) : fromLocal(bases.tlb),
    pushJumps: bases.jumps === undefined ? fromState(Slot.JUMP_BASE) : fromLocal(bases.jumps),
  };
}

function storeAddress(c: Code, va: number): void {
  c.i32(0);
  c.get(va);
  c.memory(Op.i64Store, Slot.EXIT_VA * 8);
}

/** A rare handler as a function: takes the record, returns 1 where its access missed, else 0. */
function outlinedBody(handler: Handler, helpers: ReadonlyMap<HelperName, number>, packFlags: number): Uint8Array {
  const c = new Code(1);
  const frame = declareFrame(c, 0, {});
  const give = (value: number): void => {
    c.i32(value);
    c.op(Op.return);
  };
  const flow: Flow = {
    next: () => give(0),
    miss: () => {
      storeAddress(c, frame.va);
      give(1);
    },
    enter: () => {
      throw new Error(`${handler.key} cannot be outlined`);
    },
    exit: () => {
      throw new Error(`${handler.key} cannot be outlined`);
    },
    region: () => {
      throw new Error(`${handler.key} cannot be outlined`);
    },
    resume: () => {
      throw new Error(`${handler.key} cannot be outlined`);
    },
    rebase: () => {
      throw new Error(`${handler.key} cannot be outlined`);
    },
  };
  new HandlerWriter(c, frame, flow, helpers, packFlags).write(handler.action);
  c.op(Op.unreachable);
  return c.body();
}

const FLAG_HELPERS: Record<FlagKindName, HelperName> = {
  sub32: 'flagsSub32',
  sub64: 'flagsSub64',
  add32: 'flagsAdd32',
  add64: 'flagsAdd64',
  log32: 'flagsLog32',
  log64: 'flagsLog64',
};

/** The packed current flags: computed from the operands where the kind says so. Changes nothing. */
function packFlagsBody(helpers: ReadonlyMap<HelperName, number>): Uint8Array {
  const c = new Code(0);
  for (const kind of Object.keys(FLAG_HELPERS) as FlagKindName[]) {
    const load = kindWidth(kind) === 64 ? Op.i64Load : Op.i32Load;
    c.i32(0);
    c.memory(Op.i32Load, FLAG_KIND);
    c.i32(FlagKind[kind]);
    c.wide('eq', 32);
    c.open(Op.if);
    c.i32(0);
    c.memory(load, FLAG_A);
    if (kindOf(kind) !== 'log') {
      c.i32(0);
      c.memory(load, FLAG_B);
    }
    c.call(helpers.get(FLAG_HELPERS[kind]) as number);
    c.op(Op.return);
    c.end();
  }
  c.i32(0);
  c.memory(Op.i32Load, FLAGS);
  return c.body();
}

/** The loop itself: run(record, budget) -> Exit. */
function loopBody(
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

/** pack(kind, a, b, flags): the packed flags of lazy ones that stand in a compiled function's locals. */
function packLocalsBody(helpers: ReadonlyMap<HelperName, number>): Uint8Array {
  const c = new Code(4);
  for (const [kind, name] of Object.entries(FLAG_HELPERS) as [FlagKindName, HelperName][]) {
    const narrow = kindWidth(kind) === 32;
    c.get(0);
    c.i32(FlagKind[kind]);
    c.wide('eq', 32);
    c.open(Op.if);
    for (const operand of kindOf(kind) === 'log' ? [1] : [1, 2]) {
      c.get(operand);
      if (narrow) c.op(Op.i32WrapI64);
    }
    c.call(helpers.get(name) as number);
    c.op(Op.return);
    c.end();
  }
  c.get(3);
  return c.body();
}

/** enter(slot, entry): goes on in a compiled function. The table stands here and nowhere else, so that dropped modules can be freed. */
function enterBody(enterType: number): Uint8Array {
  const c = new Code(2);
  c.get(1);
  c.get(0);
  c.op(Op.returnCallIndirect);
  c.unsigned(enterType);
  c.unsigned(0);
  return c.body();
}

/** Type of a compiled function: takes an entry number, returns an {@link Exit}. */
export const REGION_TYPE: FunctionType = { parameters: [i32], results: [i32] };

/** What tier 0's permanent module offers. */
export interface Tier0 {
  /** Runs from a record with a budget from which the record's block is already paid. @returns an {@link Exit} */
  readonly run: (record: number, budget: number) => number;
  /** The packed current flags. */
  readonly flags: () => number;
  /** All exported functions: compiled code imports `run`, `enter`, `pack` and the helpers by their names. */
  readonly exports: Record<string, unknown>;
  /** Compiled functions, by slot. Slot 0 is never used. */
  readonly table: WebAssembly.Table;
  readonly moduleBytes: number;
}

/** Slots of the table of compiled functions. */
export const TABLE_SLOTS = 4096;

/** Generates tier 0's module. */
function generate(): Uint8Array {
  const m = new ModuleWriter();
  m.importMemory('e', 'm');
  m.importTable('e', 't');
  const helpers = new Map<HelperName, number>();
  for (const name of Object.keys(HELPERS) as HelperName[]) {
    helpers.set(name, m.addFunction(HELPERS[name].type, helperBody(name)));
  }
  const packFlags = m.addFunction({ parameters: [], results: [i32] }, packFlagsBody(helpers));
  const pack = m.addFunction({ parameters: [i32, i64, i64, i32], results: [i32] }, packLocalsBody(helpers));
  const enterType = m.type(REGION_TYPE);
  const enter = m.addFunction({ parameters: [i32, i32], results: [i32] }, enterBody(enterType));
  const outlined = new Map<number, number>();
  for (const handler of HANDLERS) {
    if (handler.outlined) {
      outlined.set(handler.number, m.addFunction(REGION_TYPE, outlinedBody(handler, helpers, packFlags)));
    }
  }
  const run = m.addFunction(
    { parameters: [i32, i32], results: [i32] },
    loopBody(outlined, helpers, packFlags, enterType),
  );
  m.exportFunction('run', run);
  m.exportFunction('flags', packFlags);
  m.exportFunction('pack', pack);
  m.exportFunction('enter', enter);
  for (const [name, index] of helpers) m.exportFunction(name, index);
  return m.bytes();
}

const RESUME = handlerOf(Head.resume);

/** Made once a process: all machines share what the WebAssembly engine has compiled and optimised. */
let shared: { readonly module: WebAssembly.Module; readonly bytes: number } | undefined;

/** Instantiates tier 0 over a linear memory. */
export function createTier0(memory: WebAssembly.Memory): Tier0 {
  if (!shared) {
    const bytes = generate();
    shared = { module: new WebAssembly.Module(bytes), bytes: bytes.length };
  }
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: TABLE_SLOTS });
  const instance = new WebAssembly.Instance(shared.module, { e: { m: memory, t: table } });
  new Uint16Array(memory.buffer)[(SCRATCH + RECORD_BYTES + Field.op) >> 1] = RESUME;
  return {
    run: instance.exports.run as Tier0['run'],
    flags: instance.exports.flags as Tier0['flags'],
    exports: instance.exports,
    table,
    moduleBytes: shared.bytes,
  };
}
