/** Writes the code of one handler, from the same table of micro-operations as the compiled tier. */
import type { HelperName } from '../../ir/helpers.ts';
import type { FlagKindName } from '../../ir/ir.ts';
import { FlagKind } from '../../ir/ir.ts';
import type { Push } from '../../ir/micro-ops.ts';
import { LevelSlot, levelSlot, SLOT_BYTES, Slot } from '../../ir/slots.ts';
import { VECTOR_ROW, type VectorOp, type VectorRow } from '../../ir/vector-ops.ts';
import type { Code } from '../../wasm/code.ts';
import { Op, VectorOpcode } from '../../wasm/opcodes.ts';
import { emitDirectCondition, kindOf, kindWidth } from '../conditions.ts';
import { emitJumpLookup, JUMP_RECORD } from '../jump-cache.ts';
import { emitHostAddress, emitLine, LOADS, STORES, TAG } from '../memory-access.ts';
import type { Flow, Frame } from './frame.ts';
import { OPERAND_FIELDS, Operands } from './operands.ts';
import { CHECK_FIELDS, Exit, Field, RECORD_BYTES } from './records.ts';
import type { Action, Shape } from './shapes.ts';

const FLAG_A = Slot.FLAG_A * 8;
const FLAG_B = Slot.FLAG_B * 8;
const FLAG_KIND = Slot.FLAG_KIND * 8;
const FLAGS = Slot.FLAGS * 8;

const LOADS_UNSIGNED: Record<number, number> = { 1: Op.i64Load8U, 2: Op.i64Load16U, 4: Op.i64Load32U, 8: Op.i64Load };

export class HandlerWriter {
  private readonly c: Code;
  private readonly frame: Frame;
  private readonly flow: Flow;
  private readonly operands: Operands;

  constructor(c: Code, frame: Frame, flow: Flow, helpers: ReadonlyMap<HelperName, number>, packFlags: number) {
    this.c = c;
    this.frame = frame;
    this.flow = flow;
    this.operands = new Operands(c, frame, {
      code: c,
      callHelper: (name) => c.call(helpers.get(name) as number),
      pushFlags: () => c.call(packFlags),
    });
  }

  write(action: Action): void {
    const c = this.c;
    switch (action.do) {
      case 'set':
        this.assign(action);
        this.flow.next();
        return;
      case 'constant':
        this.operands.slotAddress(Field.d);
        this.operands.recordConstant();
        c.memory(Op.i64Store, 0);
        this.flow.next();
        return;
      case 'setVector':
        this.setVector(action.op);
        return;
      case 'load':
        this.access(action.address, action.size, TAG.read, OPERAND_FIELDS, action.user);
        c.set(this.frame.host);
        this.operands.slotAddress(Field.d);
        c.get(this.frame.host);
        c.memory(LOADS[`${action.size}.${action.extend}`], 0);
        if (action.extend === 'sign32') c.op(Op.i64ExtendI32U);
        c.memory(Op.i64Store, 0);
        this.flow.next();
        return;
      case 'store':
        this.access(action.address, action.size, TAG.write, OPERAND_FIELDS, action.user);
        this.operands.slotValue(Field.d, 64);
        c.memory(STORES[action.size], 0);
        this.flow.next();
        return;
      case 'loadPair':
        this.loadPair(action.size, action.address);
        return;
      case 'storePair':
        this.access(action.address, action.size * 2, TAG.write, OPERAND_FIELDS.slice(1), false);
        c.tee(this.frame.host);
        this.operands.slotValue(Field.d, 64);
        c.memory(STORES[action.size], 0);
        c.get(this.frame.host);
        this.operands.slotValue(Field.a, 64);
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
        this.operands.slotValue(Field.a, 32);
        c.i32(15);
        c.wide('and', 32);
        c.memory(Op.i32Store, FLAGS);
        c.i32(0);
        c.i32(FlagKind.packed);
        c.memory(Op.i32Store, FLAG_KIND);
        this.flow.next();
        return;
      case 'branch':
        this.operands.begin(OPERAND_FIELDS);
        this.operands.value(action.condition);
        this.branch();
        return;
      case 'goto':
        this.follow(Field.link0);
        return;
      case 'jump':
        this.operands.slotValue(Field.a, 64);
        this.jump();
        return;
      case 'jumpConstant':
        this.operands.recordConstant();
        this.jump();
        return;
      case 'switch':
        this.switchLevel();
        return;
      case 'system':
        this.flow.exit(Exit.system);
        return;
      case 'check':
        this.operands.begin(CHECK_FIELDS);
        this.operands.value(action.condition);
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
        this.operands.offset = RECORD_BYTES;
        this.assign(action.second);
        this.operands.offset = 0;
        this.flow.next(2);
        return;
    }
  }

  private assign(action: Action & { do: 'set' }): void {
    this.operands.begin(OPERAND_FIELDS);
    this.operands.slotAddress(Field.d);
    this.operands.value(action.value);
    if (action.width === 32) this.c.op(Op.i64ExtendI32U);
    this.c.memory(Op.i64Store, 0);
  }

  /** Pushes the host address of an access, or goes to the slow way. */
  private access(address: Shape, size: number, tag: number, fields: readonly number[], user: boolean): void {
    const c = this.c;
    const { va, host } = this.frame;
    this.operands.begin(fields);
    this.operands.value(address);
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
      this.operands.slotAddress(field);
      c.simdMemory(VectorOpcode.load, 0);
    };
    this.operands.slotAddress(Field.d);
    if (op === undefined) operand(Field.a)();
    else {
      const row = VECTOR_ROW.get(op) as VectorRow;
      row.emit(c, OPERAND_FIELDS.slice(0, row.operands).map(operand), () => this.operands.field(Field.e));
    }
    c.simdMemory(VectorOpcode.store, 0);
    this.flow.next();
  }

  private line(address: Shape, zero: boolean): void {
    const c = this.c;
    const { va, host } = this.frame;
    this.operands.begin(OPERAND_FIELDS);
    this.operands.value(address);
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
    this.operands.slotAddress(Field.a);
    c.get(host);
    c.memory(LOADS_UNSIGNED[size], size);
    c.memory(Op.i64Store, 0);
    this.operands.slotAddress(Field.d);
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
    this.operands.slotValue(Field.a, 64);
    c.memory(STORES[size], 0);
    if (pair) {
      c.get(host);
      this.operands.slotValue(Field.b, 64);
      c.memory(STORES[size], size);
    }
    c.end();
    this.operands.slotAddress(Field.d);
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
    this.operands.begin(OPERAND_FIELDS);
    this.operands.value(a);
    c.set(la);
    if (b) {
      this.operands.value(b);
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
      this.operands.slotAddress(Field.d);
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
    this.operands.slotValue(Field.b, 32);
    c.i32(LevelSlot.count * SLOT_BYTES);
    c.wide('mul', 32);
    c.tee(context);
    this.operands.field(Field.c);
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
    this.operands.slotValue(Field.a, 64);
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
