/**
 * From statements to tier 0's records: names the shape of each statement; where no handler has that shape, computes the
 * deepest part into a temporary and tries again. Also folds constants, and fuses a comparison with the branch on it.
 */
import type { CondExpr, Expr, FlagKindName, Statement, ValueOp, VectorExpr } from '../../ir/ir.ts';
import { FlagKind, reg } from '../../ir/ir.ts';
import { operandWidth } from '../../ir/micro-ops.ts';
import { Slot, TEMP_COUNT } from '../../ir/slots.ts';
import { isAlways, isDirect, isNeverAfterLogical } from '../conditions.ts';
import type { BlockSource } from './block-source.ts';
import { KnownConstants } from './fold.ts';
import { CHECK_FIELDS, Field, RECORD_BYTES } from './records.ts';
import { conditionKey, HANDLER_BY_KEY, opName, StatementKey } from './shapes.ts';
import { ANY_KIND, LONGEST_TEMPLATE, SAME_KIND, Templates } from './templates.ts';

/** Takes finished records. */
export interface RecordSink {
  /** Starts a record of a handler. */
  begin(handler: number): void;
  /** Writes a u16 field of the record that was begun last. */
  u16(field: number, value: number): void;
  /** Writes an i32 field. */
  i32(field: number, value: number): void;
  /** Writes the 64-bit constant. */
  i64(value: bigint): void;
  /** Makes the link at `field` lead to an instruction of the block's page, translated or not. @param target low half, int32 */
  link(field: number, target: number): void;
  /** Byte offset of a pooled constant. */
  constant(value: bigint): number;
  /** True if a target lies in the page of the block, so that a link may lead there. Both halves are int32s. */
  isLocal(lo: number, hi: number): boolean;
  /** True if an address has the block's high half. */
  isNear(hi: number): boolean;
  /** Takes the last record back. */
  dropLast(): void;
  /** Where the next record will stand. */
  readonly next: number;
  /** The memory that records stand in. */
  readonly words: Int32Array;
  /** Adds finished records, from an index of `words` on. */
  append(words: Int32Array, from: number, count: number): void;
}

const OPERAND_FIELDS = [Field.a, Field.b, Field.c, Field.e] as const;
/** Operations whose last operands may be small constants in the record: index of the first such operand. */
const SMALL_FROM: Partial<Record<ValueOp, number>> = {
  shl: 1,
  shru: 1,
  shrs: 1,
  rotr: 1,
  bit: 1,
  exu: 1,
  exs: 1,
  dep: 2,
  extr: 2,
};

type FlagsStatement = Statement & { readonly kind: 'flags' };
type BranchStatement = Statement & { readonly kind: 'branch' };
/** Instructions between a comparison and its branch at the most. */
const FUSE_DISTANCE = 6;

const kindNumber = (kind: FlagKindName | undefined): number => (kind === undefined ? 0 : FlagKind[kind]);

const lowOf = (address: bigint): number => Number(BigInt.asIntN(32, address));
const highOf = (address: bigint): number => Number(BigInt.asIntN(32, address >> 32n));

interface Leaves {
  readonly fields: number[];
}

/** Kinds of flags by number, see {@link FlagKind}; 0 where the kind is not known. */
const KIND_NAMES = Object.keys(FlagKind) as (keyof typeof FlagKind)[];

export class Lowering {
  private readonly sink: RecordSink;
  private readonly known = new KnownConstants();
  private readonly templates = new Templates();
  /** Kind of the flags where translation stands; undefined: not known. */
  private kind: FlagKindName | undefined;
  /** Whether the instruction that is being lowered asked for the kind, and changed it. */
  private kindAsked = false;
  private kindChanged = false;
  /** Constant addresses that the block leads to, as far as they have its high half: low halves, as int32. */
  readonly leads: number[] = [];
  private nextTemp = 0;
  /** Slot that the last record sets to a constant, or -1: a constant that replaces it makes that record needless. */
  private lastConstant = -1;

  constructor(sink: RecordSink) {
    this.sink = sink;
  }

  /** A new block begins. */
  begin(): void {
    this.leads.length = 0;
    this.reset();
  }

  /** Forgets what was known. */
  private reset(): void {
    this.known.clear();
    this.setKind(undefined);
    this.lastConstant = -1;
  }

  /** All records were dropped. */
  forget(): void {
    this.templates.clear();
  }

  /**
   * Lowers the instruction at `index` of a block.
   * @returns how many were taken in: more than one where a comparison and the branch on it became one record
   */
  instruction(block: BlockSource, index: number): number {
    if (this.copy(block.word(index), block.mode)) return 1;
    const instruction = block.instruction(index);
    const { statements } = instruction;
    const last = statements[statements.length - 1];
    if (last?.kind === 'flags') {
      const at = this.branchOn(last, block, index);
      if (at >= 0) {
        for (const statement of statements.slice(0, -1)) this.statement(statement);
        // What stands between them touches neither: nobody can tell that it goes first.
        for (let i = index + 1; i < at; i++) {
          for (const statement of block.instruction(i).statements) this.statement(statement);
        }
        this.fuse(last, block.instruction(at).statements[0] as BranchStatement);
        return at - index + 1;
      }
    }
    const from = this.sink.next;
    const { kind } = this;
    this.listen();
    for (const statement of statements) this.statement(statement);
    if (last?.kind !== 'flags' && !instruction.ends && instruction.anywhere)
      this.keep(block.word(index), block.mode, kind, from);
    return 1;
  }

  private listen(): void {
    this.known.listen();
    this.kindAsked = this.kindChanged = false;
  }

  /** Copies the records of an instruction that was lowered before, if they fit here. */
  private copy(word: number, mode: number): boolean {
    const { templates } = this;
    const at = templates.find(word, mode);
    if (at < 0 || !this.known.knowsNone(templates.asked(at))) return false;
    const before = templates.kindBefore(at);
    if (before !== ANY_KIND && before !== kindNumber(this.kind)) return false;
    const count = templates.count(at);
    if (count > 0) {
      this.sink.append(templates.records, templates.first(at), count);
      this.lastConstant = -1;
    }
    this.known.forgetAll(templates.written(at));
    const after = templates.kindAfter(at);
    if (after !== SAME_KIND) this.kind = after === 0 ? undefined : (KIND_NAMES[after] as FlagKindName);
    return true;
  }

  /** Keeps the records of the instruction that was lowered last, where others like it may have the same. */
  private keep(word: number, mode: number, kind: FlagKindName | undefined, from: number): void {
    const { known, sink } = this;
    const count = (sink.next - from) / RECORD_BYTES;
    if (known.involved || count > LONGEST_TEMPLATE) return;
    const kindBefore = this.kindAsked ? kindNumber(kind) : ANY_KIND;
    const kindAfter = this.kindChanged ? kindNumber(this.kind) : SAME_KIND;
    const { asked, written } = known;
    this.templates.keep(word, mode, { asked, written, kindBefore, kindAfter }, sink.words, from / 4, count);
  }

  private setKind(kind: FlagKindName | undefined): void {
    this.kind = kind;
    this.kindChanged = true;
  }

  /**
   * The branch that a comparison can be fused with: it follows, with nothing between that accesses memory, sets or reads flags, or
   * has to do with the comparison's operands and result.
   * @returns its index in the block, or -1
   */
  private branchOn(flags: FlagsStatement, block: BlockSource, index: number): number {
    const end = Math.min(block.room, index + 1 + FUSE_DISTANCE);
    for (let i = index + 1; i < end; i++) {
      const { statements } = block.instruction(i);
      if (statements.length === 1 && statements[0].kind === 'branch')
        return this.canFuse(flags, statements[0]) ? i : -1;
      if (!statements.every((s) => s.kind === 'set' && isIndependent(s.slot, s.value, flags))) return -1;
    }
    return -1;
  }

  /** Lowers one statement. */
  statement(s: Statement): void {
    this.nextTemp = 0;
    switch (s.kind) {
      case 'set':
        this.set(s.slot, s.value);
        return;
      case 'setVector':
        this.setVector(s.slot, s.value);
        return;
      case 'load':
        this.access(
          s.slot,
          (key) => StatementKey.load(s.size, s.extend, s.user ?? false, key),
          this.address(s.address, s.user),
        );
        this.wrote(s.slot);
        return;
      case 'store':
        this.access(
          s.value,
          (key) => StatementKey.store(s.size, s.user ?? false, key),
          this.address(s.address, s.user),
        );
        return;
      case 'loadPair':
        this.pair(s.slot, s.slot2, (key) => StatementKey.loadPair(s.size, key), s.address);
        this.wrote(s.slot);
        this.wrote(s.slot2);
        return;
      case 'storePair':
        this.pair(s.value, s.value2, (key) => StatementKey.storePair(s.size, key), s.address);
        return;
      case 'storeExclusive': {
        const address = this.toRegister(s.address);
        this.beginNamed(StatementKey.storeExclusive(s.size, s.value2 !== undefined));
        this.sink.u16(Field.d, s.status * 8);
        this.sink.u16(Field.a, s.value * 8);
        this.sink.u16(Field.b, (s.value2 ?? Slot.ZERO) * 8);
        this.sink.u16(Field.c, address.slot * 8);
        this.wrote(s.status);
        return;
      }
      case 'flags':
        this.flags(s.flags, s.slot, s.a, s.b);
        return;
      case 'setFlags': {
        const value = this.toRegister(s.value);
        this.beginNamed(StatementKey.setFlags);
        this.sink.u16(Field.a, value.slot * 8);
        this.setKind(undefined);
        return;
      }
      case 'branch':
        this.branch(s.condition, s.taken, s.otherwise);
        return;
      case 'goto':
        this.goto(s.target);
        return;
      case 'jump': {
        const target = this.toRegister(s.target);
        this.beginNamed('jump');
        this.sink.u16(Field.a, target.slot * 8);
        return;
      }
      case 'switch': {
        const target = this.toRegister(s.target);
        const level = this.toRegister(s.level);
        this.beginNamed('switch');
        this.sink.u16(Field.a, target.slot * 8);
        this.sink.u16(Field.b, level.slot * 8);
        this.sink.u16(Field.c, s.arrival);
        return;
      }
      case 'system':
        this.beginNamed('system');
        this.sink.u16(Field.a, s.call);
        this.sink.u16(Field.b, s.ends ? 1 : 0);
        this.sink.i32(Field.word, s.word | 0);
        // Whatever it wrote, nothing is known any more.
        this.reset();
        return;
      case 'check': {
        const emit = (expr: Expr): boolean => {
          const leaves: Leaves = { fields: [] };
          const key = this.key(expr, leaves, false);
          const handler = HANDLER_BY_KEY.get(StatementKey.check(key === 'r' ? `r${expr.width}` : key));
          if (!handler) return false;
          this.beginHandler(handler.number);
          leaves.fields.forEach((field, i) => {
            this.sink.u16(CHECK_FIELDS[i], field);
          });
          this.sink.u16(Field.c, s.call);
          this.sink.i32(Field.word, s.word | 0);
          return true;
        };
        if (!emit(s.condition)) emit(this.toRegister(s.condition));
        return;
      }
    }
  }

  /** Ends a block at an instruction that is not part of it. */
  goto(target: bigint): void {
    this.lead(target);
    if (this.isLocal(target)) {
      this.beginNamed('goto');
      this.sink.link(Field.link0, lowOf(target));
    } else {
      this.beginNamed('jumpConstant');
      this.sink.i64(target);
    }
  }

  /** Notes where the block leads. */
  private lead(target: bigint): void {
    if (this.sink.isNear(highOf(target))) this.leads.push(lowOf(target));
  }

  private isLocal(target: bigint): boolean {
    return this.sink.isLocal(lowOf(target), highOf(target));
  }

  private beginNamed(key: string): void {
    const handler = HANDLER_BY_KEY.get(key);
    if (!handler) throw new Error(`no handler for ${key}`);
    this.beginHandler(handler.number);
  }

  private beginHandler(number: number): void {
    this.lastConstant = -1;
    this.sink.begin(number);
  }

  /** Writes operand fields, from the `first` place on. */
  private operands(fields: readonly number[], first = 0): void {
    for (let i = 0; i < fields.length; i++) this.sink.u16(OPERAND_FIELDS[first + i], fields[i]);
  }

  private wrote(slot: number): void {
    this.known.forget(slot);
  }

  private set(slot: number, value: Expr): void {
    const constant = this.known.evaluate(value);
    if (constant) {
      // A 32-bit result is zero-extended.
      this.setConstant(slot, BigInt.asUintN(constant.width, constant.value));
      return;
    }
    this.emitSet(slot, this.simplify(value));
    this.wrote(slot);
  }

  private setVector(slot: number, value: VectorExpr): void {
    const place = (expr: VectorExpr): number => {
      if (expr.kind === 'vreg') return expr.slot;
      const low = this.temp();
      this.temp();
      // What this operand itself needs is free again once it stands there.
      const mark = this.nextTemp;
      this.setVector(low, expr);
      this.nextTemp = mark;
      return low;
    };
    const operands: number[] = [];
    if (value.kind === 'vreg') operands.push(value.slot);
    else for (const arg of value.args) operands.push(arg === value.args[0] ? (operands[0] ?? place(arg)) : place(arg));
    this.beginNamed(StatementKey.vector(value.kind === 'vreg' ? undefined : value.op));
    this.sink.u16(Field.d, slot * 8);
    this.operands(operands.map((operand) => operand * 8));
    if (value.kind === 'vop') this.sink.u16(Field.e, value.amount);
    this.wrote(slot);
    this.wrote(slot + 1);
  }

  private setConstant(slot: number, value: bigint): void {
    if (this.lastConstant === slot) this.sink.dropLast();
    this.beginNamed('constant');
    this.sink.u16(Field.d, slot * 8);
    this.sink.i64(value);
    this.known.learn(slot, value);
    this.lastConstant = slot;
  }

  /** Brings a tree into the forms that the shapes are written in. */
  private simplify(expr: Expr): Expr {
    if (expr.kind !== 'op') return expr;
    if (expr.op === 'sel') {
      const [condition, a, b] = expr.args;
      if (condition.kind === 'cond') {
        if (isAlways(condition.cc)) return a;
        if (condition.cc & 1) return { ...expr, args: [{ ...condition, cc: condition.cc ^ 1 }, b, a] };
      }
    }
    return expr;
  }

  private emitSet(slot: number, value: Expr): void {
    for (let tree = value; ; tree = this.split(tree)) {
      const leaves: Leaves = { fields: [] };
      const key = this.key(tree, leaves, false);
      const handler = HANDLER_BY_KEY.get(StatementKey.set(tree.width, key));
      if (!handler) continue;
      this.beginHandler(handler.number);
      this.sink.u16(Field.d, slot * 8);
      this.operands(leaves.fields);
      return;
    }
  }

  /** Key of a tree; its leaves' fields are appended to `leaves`. */
  private key(expr: Expr, leaves: Leaves, small: boolean): string {
    switch (expr.kind) {
      case 'reg':
        leaves.fields.push(expr.slot * 8);
        return 'r';
      case 'imm': {
        const value = BigInt.asUintN(expr.width, expr.value);
        if (small && value < 64n) {
          leaves.fields.push(Number(value));
          return 's';
        }
        leaves.fields.push(value === 0n ? Slot.ZERO * 8 : this.sink.constant(value));
        return 'r';
      }
      case 'cond':
        // No handler has an odd condition inside: it is split off and inverted.
        return expr.cc & 1 ? 'odd' : this.conditionKey(expr.cc >> 1);
      default: {
        const from = SMALL_FROM[expr.op] ?? 99;
        let text = `${opName(expr.op, expr.source)}(`;
        for (let i = 0; i < expr.args.length; i++) {
          if (i > 0) text += ',';
          const constant = expr.args[i].kind === 'op' ? this.known.evaluate(expr.args[i]) : undefined;
          text += this.key(constant ?? expr.args[i], leaves, i >= from);
        }
        return `${text})`;
      }
    }
  }

  private conditionKey(pair: number): string {
    this.kindAsked = true;
    const direct = this.kind !== undefined && isDirect(this.kind, pair);
    return conditionKey(direct ? (this.kind as FlagKindName) : null, pair);
  }

  /** Moves the deepest, last operation of a tree into a temporary. */
  private split(expr: Expr): Expr {
    if (expr.kind === 'cond') {
      // An odd condition stands alone: the even one, inverted.
      if (expr.cc & 1)
        return { kind: 'op', op: 'eqz', width: 32, source: 32, args: [this.toTemp({ ...expr, cc: expr.cc ^ 1 })] };
      throw new Error(`no handler for condition ${expr.cc}`);
    }
    if (expr.kind !== 'op') throw new Error(`no handler for a plain ${expr.kind}`);
    let deepest = -1;
    let depth = 0;
    expr.args.forEach((arg, i) => {
      const d = heightOf(arg);
      if (d > depth) {
        depth = d;
        deepest = i;
      }
    });
    if (deepest < 0) return this.materialise(expr);
    const part = expr.args[deepest];
    const replacement = depth === 1 ? this.toTemp(part) : this.split(part);
    return { ...expr, args: expr.args.map((arg, i) => (i === deepest ? replacement : arg)) };
  }

  /** Last resort: small constants become registers. */
  private materialise(expr: Expr & { kind: 'op' }): Expr {
    const index = expr.args.findIndex((arg) => arg.kind === 'imm');
    if (index < 0) throw new Error(`no handler for ${expr.op}${expr.source}`);
    const width = operandWidth(expr.op, index, expr.width, expr.source);
    const temp = this.temp();
    this.setConstant(temp, BigInt.asUintN(width, (expr.args[index] as { value: bigint }).value));
    this.known.forget(temp);
    return { ...expr, args: expr.args.map((arg, i) => (i === index ? reg(temp, width) : arg)) };
  }

  private temp(): number {
    if (this.nextTemp === TEMP_COUNT) throw new Error('a statement needs more temporaries than there are');
    return Slot.SPLIT + this.nextTemp++;
  }

  private toTemp(expr: Expr): Expr {
    const temp = this.temp();
    this.emitSet(temp, this.simplify(expr));
    return reg(temp, expr.width);
  }

  /** The expression as a register leaf. */
  private toRegister(expr: Expr): { readonly kind: 'reg'; readonly slot: number; readonly width: 32 | 64 } {
    const constant = this.known.evaluate(expr);
    if (expr.kind === 'reg') return expr;
    if (constant) {
      const value = BigInt.asUintN(constant.width, constant.value);
      return reg(value === 0n ? Slot.ZERO : this.sink.constant(value) / 8, expr.width);
    }
    return this.toTemp(expr) as ReturnType<typeof reg>;
  }

  private address(expr: Expr, user?: boolean): Expr {
    const constant = this.known.evaluate(expr);
    if (constant || user) return this.toRegister(constant ?? expr);
    return normaliseAddress(expr);
  }

  /** Emits an access by one register: `d` holds the register, the address' leaves follow. */
  private access(slot: number, key: (address: string) => string, address: Expr): void {
    for (let tree = address; ; tree = tree.kind === 'op' ? this.splitAddress(tree) : tree) {
      const leaves: Leaves = { fields: [] };
      const handler = HANDLER_BY_KEY.get(key(this.key(tree, leaves, false)));
      if (!handler) continue;
      this.beginHandler(handler.number);
      this.sink.u16(Field.d, slot * 8);
      this.operands(leaves.fields);
      return;
    }
  }

  private pair(first: number, second: number, key: (address: string) => string, address: Expr): void {
    for (let tree = this.address(address); ; tree = tree.kind === 'op' ? this.splitAddress(tree) : tree) {
      const leaves: Leaves = { fields: [] };
      const handler = HANDLER_BY_KEY.get(key(this.key(tree, leaves, false)));
      if (!handler) continue;
      this.beginHandler(handler.number);
      this.sink.u16(Field.d, first * 8);
      this.sink.u16(Field.a, second * 8);
      this.operands(leaves.fields, 1);
      return;
    }
  }

  private splitAddress(tree: Expr & { kind: 'op' }): Expr {
    return tree.args.some((arg) => arg.kind === 'op' || arg.kind === 'cond') ? this.split(tree) : this.toTemp(tree);
  }

  private flags(kind: FlagKindName, slot: number | undefined, a: Expr, b: Expr | undefined): void {
    const { key, fields } = this.flagOperands(kind, a, b, (k) => StatementKey.flags(kind, slot !== undefined, k));
    this.beginNamed(key);
    if (slot !== undefined) {
      this.sink.u16(Field.d, slot * 8);
      this.wrote(slot);
    }
    this.operands(fields);
    this.setKind(kind);
  }

  private flagOperands(
    kind: FlagKindName,
    a: Expr,
    b: Expr | undefined,
    name: (operands: string) => string,
  ): { key: string; fields: number[] } {
    if (kind.startsWith('log')) {
      const leaves: Leaves = { fields: [] };
      const whole = name(this.key(a, leaves, false));
      if (HANDLER_BY_KEY.has(whole)) return { key: whole, fields: leaves.fields };
      if (a.kind === 'op' && a.op === 'and') {
        // Both operands as registers, then the fused form.
        const [x, y] = a.args.map((arg) => this.toRegister(arg));
        return { key: name(`${opName('and', a.source)}(r,r)`), fields: [x.slot * 8, y.slot * 8] };
      }
      return { key: name('r'), fields: [this.toRegister(a).slot * 8] };
    }
    const x = this.toRegister(a);
    const y = this.toRegister(b as Expr);
    return { key: name('r,r'), fields: [x.slot * 8, y.slot * 8] };
  }

  private canFuse(f: FlagsStatement, next: BranchStatement): boolean {
    if (next.condition.kind !== 'cond' || isAlways(next.condition.cc)) return false;
    return isDirect(f.flags, next.condition.cc >> 1) && this.isLocal(next.taken) && this.isLocal(next.otherwise);
  }

  /** Fuses a comparison with the conditional branch on it. */
  private fuse(f: FlagsStatement, next: BranchStatement): void {
    const { cc } = next.condition as CondExpr;
    const pair = cc >> 1;
    this.nextTemp = 0;
    this.lead(next.taken);
    this.lead(next.otherwise);
    const { key, fields } = this.flagOperands(f.flags, f.a, f.b, (k) =>
      StatementKey.flagsBranch(f.flags, pair, f.slot !== undefined, k),
    );
    this.beginNamed(key);
    if (f.slot !== undefined) {
      this.sink.u16(Field.d, f.slot * 8);
      this.wrote(f.slot);
    }
    this.operands(fields);
    this.links(cc & 1, next.taken, next.otherwise);
  }

  private links(inverted: number, taken: bigint, otherwise: bigint): void {
    this.sink.link(Field.link0, lowOf(inverted ? otherwise : taken));
    this.sink.link(Field.link1, lowOf(inverted ? taken : otherwise));
  }

  private branch(condition: Expr, taken: bigint, otherwise: bigint): void {
    const known = this.alwaysOrNever(condition);
    if (known !== undefined) {
      this.goto(known ? taken : otherwise);
      return;
    }
    this.lead(taken);
    this.lead(otherwise);
    if (!this.isLocal(taken) || !this.isLocal(otherwise)) {
      // A target on another page goes through the jump cache, which holds only what the fetch check let pass.
      const target = this.toTemp({
        kind: 'op',
        op: 'sel',
        width: 64,
        source: 64,
        args: [
          condition,
          { kind: 'imm', value: BigInt.asIntN(64, taken), width: 64 },
          { kind: 'imm', value: BigInt.asIntN(64, otherwise), width: 64 },
        ],
      });
      this.beginNamed('jump');
      this.sink.u16(Field.a, (target as { slot: number }).slot * 8);
      return;
    }
    let inverted = 0;
    let expr = condition;
    if (expr.kind === 'cond') {
      inverted = expr.cc & 1;
      expr = { ...expr, cc: expr.cc & ~1 };
    } else if (expr.kind === 'op' && (expr.op === 'nez' || expr.op === 'eqz')) {
      inverted = expr.op === 'nez' ? 1 : 0;
      const inner = expr.args[0];
      // "bit is clear" is the inverted test of the bit.
      if (inner.kind === 'op' && inner.op === 'bit') {
        inverted ^= 1;
        expr = inner;
      } else expr = { ...expr, op: 'eqz' };
    }
    const leaves: Leaves = { fields: [] };
    let handler = HANDLER_BY_KEY.get(StatementKey.branch(this.key(expr, leaves, false)));
    if (!handler) {
      leaves.fields.length = 0;
      if (expr.kind === 'op' && (expr.op === 'eqz' || expr.op === 'bit')) {
        expr = { ...expr, args: [this.toRegister(expr.args[0]), ...expr.args.slice(1)] };
        handler = HANDLER_BY_KEY.get(StatementKey.branch(this.key(expr, leaves, false)));
      }
      if (!handler) {
        leaves.fields.length = 0;
        handler = HANDLER_BY_KEY.get(StatementKey.branch('r'));
        leaves.fields.push(this.toRegister(expr).slot * 8);
      }
    }
    this.beginHandler(handler!.number);
    this.operands(leaves.fields);
    this.links(inverted, taken, otherwise);
  }

  /** Whether a condition holds always or never, where that is known. */
  private alwaysOrNever(condition: Expr): boolean | undefined {
    if (condition.kind !== 'cond') return undefined;
    if (isAlways(condition.cc)) return true;
    if (this.kind?.startsWith('log') && isNeverAfterLogical(condition.cc >> 1)) return (condition.cc & 1) === 1;
    return undefined;
  }
}

/** True if an assignment may go before a flag-setting operation that it follows. */
function isIndependent(slot: number, value: Expr, flags: FlagsStatement): boolean {
  if (slot === flags.slot || reads(flags.a, slot) || (flags.b !== undefined && reads(flags.b, slot))) return false;
  return !readsFlags(value) && (flags.slot === undefined || !reads(value, flags.slot));
}

function reads(expr: Expr, slot: number): boolean {
  if (expr.kind === 'op') return expr.args.some((arg) => reads(arg, slot));
  return expr.kind === 'reg' && expr.slot === slot;
}

function readsFlags(expr: Expr): boolean {
  if (expr.kind === 'op') return expr.op === 'flags' || expr.args.some(readsFlags);
  return expr.kind === 'cond';
}

/** Height of a tree: 0 for a leaf. */
function heightOf(expr: Expr): number {
  if (expr.kind === 'cond') return 1;
  if (expr.kind !== 'op') return 0;
  return 1 + Math.max(0, ...expr.args.map(heightOf));
}

/** Brings an address into the listed forms: an extended register is always shifted, if only by zero. */
function normaliseAddress(expr: Expr): Expr {
  if (expr.kind !== 'op' || expr.op !== 'add') return expr;
  const [base, index] = expr.args;
  if (index.kind === 'op' && (index.op === 'zx32' || index.op === 'sx32')) {
    const shifted: Expr = {
      kind: 'op',
      op: 'shl',
      width: 64,
      source: 64,
      args: [index, { kind: 'imm', value: 0n, width: 64 }],
    };
    return { ...expr, args: [base, shifted] };
  }
  return expr;
}
