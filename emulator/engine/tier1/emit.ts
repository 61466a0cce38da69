/**
 * Writes a region as one WebAssembly function: (entry number) -> Exit. Guest registers live in locals and are written back at
 * one common exit; memory goes through the inline TLB check; whatever needs care leaves to tier 0 at the exact instruction,
 * so compiled code itself never faults and never touches a device.
 */

import type { HelperName } from '../../ir/helpers.ts';
import type { Expr, FlagKindName, Statement, VectorExpr, Width } from '../../ir/ir.ts';
import { FlagKind } from '../../ir/ir.ts';
import { type EmitTarget, emitValue, type Push } from '../../ir/micro-ops.ts';
import { Slot, TEMP_COUNT } from '../../ir/slots.ts';
import { VECTOR_ROW, type VectorRow } from '../../ir/vector-ops.ts';
import { JUMP_ENTRIES } from '../../memory/tlb.ts';
import { Code, type Label } from '../../wasm/code.ts';
import { Op, ValueType, VectorOpcode } from '../../wasm/opcodes.ts';
import { emitDirectCondition, emitPackedCondition, isAlways, isDirect, kindOf, kindWidth } from '../conditions.ts';
import { emitHostAddress, LOADS, STORES, TAG } from '../memory-access.ts';
import { Exit, Header } from '../tier0/records.ts';
import { endOf, type RegionBlock, type RegionGraph } from './graph.ts';
import { type Item, structure } from './structure.ts';

const { i32, i64 } = ValueType;

/** Indices of the functions that compiled code calls, in the module that is being written. */
export interface Imports {
  readonly run: number;
  readonly enter: number;
  readonly pack: number;
  readonly helpers: ReadonlyMap<HelperName, number>;
}

/** A place where control can be sent, with what must be told first. */
type Context =
  | { readonly kind: 'loop'; readonly heads: readonly number[]; readonly label: Label; readonly dispatched: boolean }
  | { readonly kind: 'list'; readonly items: readonly Item[]; readonly labels: readonly Label[]; open: number };

class RegionWriter {
  private readonly c = new Code(1);
  private readonly graph: RegionGraph;
  private readonly imports: Imports;
  private readonly slot: number;
  private readonly registers = new Map<number, number>();
  private readonly written = new Set<number>();
  private readonly temps = new Map<number, number>();
  private readonly whole = new Set<number>();
  /** The parameter: which entry, and later which head of a loop. */
  private readonly next = 0;
  private readonly pc: number;
  private readonly budget: number;
  private readonly tlb: number;
  private readonly va: number;
  private readonly host: number;
  private readonly flagA: number;
  private readonly flagB: number;
  private readonly flagKind: number;
  private readonly flags: number;
  private readonly scratch: number;
  private readonly record: number;
  private readonly vectorScratch: number;
  private readonly usesFlags: boolean;
  private readonly target: EmitTarget;
  private readonly contexts: Context[] = [];
  private lookup: Label = 0;
  private step: Label = 0;
  private top: Label = 0;
  /** Kind of the flags where code is being written, if known. */
  private kind: FlagKindName | undefined;
  /** Whether the flags are packed where code is being written, if known. */
  private packed = false;
  private block!: RegionBlock;
  private index = 0;
  private instructionPc = 0;

  constructor(graph: RegionGraph, slot: number, imports: Imports) {
    this.graph = graph;
    this.slot = slot;
    this.imports = imports;
    const c = this.c;
    this.pc = c.local(i64);
    this.va = c.local(i64);
    this.flagA = c.local(i64);
    this.flagB = c.local(i64);
    this.budget = c.local(i32);
    this.tlb = c.local(i32);
    this.host = c.local(i32);
    this.flagKind = c.local(i32);
    this.flags = c.local(i32);
    this.scratch = c.local(i32);
    this.record = c.local(i32);
    this.vectorScratch = c.local(ValueType.v128);
    this.usesFlags = this.survey();
    this.target = {
      code: c,
      callHelper: (name) => c.call(imports.helpers.get(name) as number),
      pushFlags: () => this.pushFlags(),
    };
  }

  /** Gives locals to the registers that occur; true if flags do. */
  private survey(): boolean {
    let flags = false;
    const read = (slot: number): void => {
      this.localOf(slot);
    };
    const write = (slot: number): void => {
      if (this.localOf(slot) !== undefined && this.registers.has(slot)) this.written.add(slot);
    };
    const visit = (e: Expr | undefined): void => {
      if (!e) return;
      if (e.kind === 'reg') read(e.slot);
      if (e.kind === 'cond') flags = true;
      if (e.kind === 'op') {
        if (e.op === 'flags') flags = true;
        e.args.forEach(visit);
      }
    };
    for (const { instructions } of this.graph.blocks) {
      for (const { statements } of instructions) {
        for (const s of statements) if (s.kind === 'setVector') this.keepWhole(s.slot, s.value);
      }
    }
    for (const block of this.graph.blocks) {
      for (const { statements } of block.instructions) {
        for (const s of statements) {
          switch (s.kind) {
            case 'set':
              visit(s.value);
              write(s.slot);
              break;
            case 'setVector':
              this.vectorSlots(s.value, read);
              write(s.slot);
              write(s.slot + 1);
              break;
            case 'load':
              visit(s.address);
              write(s.slot);
              break;
            case 'store':
              visit(s.address);
              read(s.value);
              break;
            case 'loadPair':
              visit(s.address);
              write(s.slot);
              write(s.slot2);
              break;
            case 'storePair':
              visit(s.address);
              read(s.value);
              read(s.value2);
              break;
            case 'flags':
              flags = true;
              visit(s.a);
              visit(s.b);
              if (s.slot !== undefined) write(s.slot);
              break;
            case 'setFlags':
              flags = true;
              visit(s.value);
              break;
            case 'branch':
              visit(s.condition);
              break;
            case 'jump':
              visit(s.target);
              break;
            case 'check':
              visit(s.condition);
              break;
            default:
              break;
          }
        }
      }
    }
    return flags;
  }

  /**
   * The local that holds a slot: general registers, temporaries, halves of vector registers that are not used as a whole, and the
   * instruction set's own slots have one; everything else stays in memory.
   */
  private localOf(slot: number): number | undefined {
    const isTemp = slot >= Slot.TEMP && slot < Slot.TEMP + TEMP_COUNT;
    const isRegister = slot < Slot.ZERO || (slot >= Slot.VECTOR && !this.whole.has(slot));
    const map = isTemp ? this.temps : isRegister ? this.registers : undefined;
    if (!map) return undefined;
    let local = map.get(slot);
    if (local === undefined) {
      local = this.c.local(i64);
      map.set(slot, local);
    }
    return local;
  }

  body(): Uint8Array {
    const c = this.c;
    const load = (opcode: number, slot: number, local: number): void => {
      c.i32(0);
      c.memory(opcode, slot * 8);
      c.set(local);
    };
    for (const [slot, local] of this.registers) load(Op.i64Load, slot, local);
    load(Op.i32Load, Slot.BUDGET, this.budget);
    load(Op.i32Load, Slot.TLB_BASE, this.tlb);
    if (this.usesFlags) {
      load(Op.i64Load, Slot.FLAG_A, this.flagA);
      load(Op.i64Load, Slot.FLAG_B, this.flagB);
      load(Op.i32Load, Slot.FLAG_KIND, this.flagKind);
      load(Op.i32Load, Slot.FLAGS, this.flags);
    }
    const entries = new Set(this.graph.blocks.filter((b) => b.entry).map((b) => b.number));
    const items = structure(
      this.graph.blocks.map((b) => b.successors),
      entries,
    );
    this.top = c.open(Op.loop);
    this.step = c.open(Op.block);
    this.lookup = c.open(Op.block);
    this.list(items, [...entries]);
    c.op(Op.unreachable);
    c.end();
    this.leaveByLookup();
    c.end();
    this.leaveToStep();
    c.end();
    c.op(Op.unreachable);
    return c.body();
  }

  /** Writes items one after another; `dispatch` names blocks that local `next` chooses from at the start. */
  private list(items: readonly Item[], dispatch: readonly number[]): void {
    const c = this.c;
    const context: Context = { kind: 'list', items, labels: new Array<Label>(items.length).fill(0), open: 0 };
    const labels = context.labels as Label[];
    const first = dispatch.length > 0 ? 0 : 1;
    for (let i = items.length - 1; i >= first; i--) labels[i] = c.open(Op.block);
    this.contexts.push(context);
    if (dispatch.length > 0) {
      const place = (block: number): Label => {
        const i = items.findIndex((item) => holds(item, block));
        return labels[Math.max(i, 0)];
      };
      c.get(this.next);
      c.brTable(
        this.graph.blocks.map((b) => place(b.number)),
        place(dispatch[0]),
      );
    }
    items.forEach((item, i) => {
      if (i >= first) c.end();
      context.open = i + 1;
      if (item.kind === 'block') this.writeBlock(this.graph.blocks[item.block]);
      else this.loop(item);
    });
    this.contexts.pop();
  }

  private loop(item: Item & { kind: 'loop' }): void {
    const c = this.c;
    const firstItem = item.body[0];
    const dispatched = item.heads.length > 1 || firstItem.kind !== 'block' || firstItem.block !== item.heads[0];
    const label = c.open(Op.loop);
    this.contexts.push({ kind: 'loop', heads: item.heads, label, dispatched });
    this.checkBudget(item.heads, dispatched);
    this.list(item.body, dispatched ? item.heads : []);
    this.contexts.pop();
    c.op(Op.unreachable);
    c.end();
  }

  /** At the top of a loop: leaves to tier 0 if the budget might not last until the next look at it. */
  private checkBudget(heads: readonly number[], dispatched: boolean): void {
    const c = this.c;
    c.get(this.budget);
    c.i32(this.graph.instructions);
    c.wide('lts', 32);
    c.open(Op.if);
    const pcOf = (head: number): void => {
      c.i64(this.address(this.graph.blocks[head].pc));
      c.set(this.pc);
    };
    pcOf(heads[0]);
    if (dispatched) {
      for (const head of heads.slice(1)) {
        c.get(this.next);
        c.i32(head);
        c.wide('eq', 32);
        c.open(Op.if);
        pcOf(head);
        c.end();
      }
    }
    c.br(this.lookup);
    c.end();
  }

  private address(pc: number): bigint {
    return (BigInt(this.graph.pcHi) << 32n) | BigInt(pc >>> 0);
  }

  private writeBlock(block: RegionBlock): void {
    const c = this.c;
    this.block = block;
    this.kind = undefined;
    this.packed = false;
    c.get(this.budget);
    c.i32(block.instructions.length);
    c.wide('sub', 32);
    c.set(this.budget);
    this.instructionPc = block.pc;
    for (this.index = 0; this.index < block.instructions.length; this.index++) {
      const instruction = block.instructions[this.index];
      for (const statement of instruction.statements) this.statement(statement);
      this.instructionPc = (this.instructionPc + instruction.length) >>> 0;
    }
    const last = block.instructions[block.instructions.length - 1];
    if (!last.ends) this.goTo(endOf(block));
  }

  private statement(s: Statement): void {
    const c = this.c;
    switch (s.kind) {
      case 'set':
        this.assign(s.slot, () => {
          this.value(s.value);
          if (s.value.width === 32) c.op(Op.i64ExtendI32U);
        });
        return;
      case 'setVector':
        this.setVector(s.slot, s.value);
        return;
      case 'load':
        this.access(s.address, s.size, TAG.read, s.user ?? false);
        c.set(this.host);
        this.assign(s.slot, () => {
          c.get(this.host);
          c.memory(LOADS[`${s.size}.${s.extend}`], 0);
          if (s.extend === 'sign32') c.op(Op.i64ExtendI32U);
        });
        return;
      case 'store':
        this.access(s.address, s.size, TAG.write, s.user ?? false);
        this.register(s.value, 64);
        c.memory(STORES[s.size], 0);
        return;
      case 'loadPair': {
        const opcode = LOADS[`${s.size}.zero`];
        this.access(s.address, s.size * 2, TAG.read, false);
        c.set(this.host);
        c.get(this.host);
        c.memory(opcode, 0);
        c.set(this.va);
        this.assign(s.slot2, () => {
          c.get(this.host);
          c.memory(opcode, s.size);
        });
        this.assign(s.slot, () => c.get(this.va));
        return;
      }
      case 'storePair':
        this.access(s.address, s.size * 2, TAG.write, false);
        c.tee(this.host);
        this.register(s.value, 64);
        c.memory(STORES[s.size], 0);
        c.get(this.host);
        this.register(s.value2, 64);
        c.memory(STORES[s.size], s.size);
        return;
      case 'flags':
        this.setFlags(s.flags, s.slot, s.a, s.b);
        return;
      case 'setFlags':
        this.value(s.value);
        c.i32(15);
        c.wide('and', 32);
        c.set(this.flags);
        c.i32(FlagKind.packed);
        c.set(this.flagKind);
        this.kind = undefined;
        this.packed = true;
        return;
      case 'branch':
        this.branch(s);
        return;
      case 'goto':
        this.goTo(Number(BigInt.asUintN(32, s.target)), s.target);
        return;
      case 'jump':
        this.value(s.target);
        c.set(this.pc);
        c.br(this.lookup);
        return;
      case 'check':
        this.value(s.condition);
        c.constant(0, s.condition.width);
        c.wide('ne', s.condition.width);
        c.open(Op.if);
        this.leaveHere();
        c.end();
        return;
      default:
        throw new Error(`${s.kind} cannot be compiled`);
    }
  }

  private vectorSlots(e: VectorExpr, read: (slot: number) => void): void {
    if (e.kind === 'vop') for (const arg of e.args) this.vectorSlots(arg, read);
    else {
      read(e.slot);
      read(e.slot + 1);
    }
  }

  /** Vector registers that are used as a whole stay in memory. */
  private keepWhole(slot: number, value: VectorExpr): void {
    this.whole.add(slot);
    this.whole.add(slot + 1);
    if (value.kind === 'vreg') return;
    if (value.op.startsWith('splat')) {
      const first = (value.amount >> 4) << 1;
      this.whole.add(first);
      this.whole.add(first + 1);
    }
    for (const arg of value.args) this.keepWhole(arg.kind === 'vreg' ? arg.slot : slot, arg);
  }

  /** Temporaries are two locals each. */
  private setVector(slot: number, value: VectorExpr): void {
    const c = this.c;
    const first = this.localOf(slot);
    if (first === undefined) {
      c.i32(0);
      this.vector(value);
      c.simdMemory(VectorOpcode.store, slot * 8);
      return;
    }
    this.vector(value);
    c.tee(this.vectorScratch);
    for (const half of [0, 1]) {
      if (half === 1) c.get(this.vectorScratch);
      c.simd(VectorOpcode.i64x2Extract);
      c.byte(half);
      c.set(this.localOf(slot + half) as number);
    }
  }

  private vector(e: VectorExpr): void {
    const c = this.c;
    if (e.kind === 'vop') {
      const row = VECTOR_ROW.get(e.op) as VectorRow;
      row.emit(
        c,
        e.args.map((arg) => () => this.vector(arg)),
        () => c.i32(e.amount),
      );
      return;
    }
    const first = this.localOf(e.slot);
    if (first === undefined) {
      c.i32(0);
      c.simdMemory(VectorOpcode.load, e.slot * 8);
      return;
    }
    c.get(first);
    c.simd(VectorOpcode.i64x2Splat);
    c.get(this.localOf(e.slot + 1) as number);
    c.simd(VectorOpcode.i64x2Replace);
    c.byte(1);
  }

  /** Leaves before the current instruction, for tier 0 to do it. */
  private leaveHere(): void {
    const c = this.c;
    c.i64(this.address(this.instructionPc));
    c.set(this.pc);
    c.get(this.budget);
    c.i32(this.block.instructions.length - this.index);
    c.wide('add', 32);
    c.set(this.budget);
    c.br(this.step);
  }

  private assign(slot: number, push: Push): void {
    const c = this.c;
    if (slot === Slot.SINK) {
      push();
      c.op(Op.drop);
      return;
    }
    const local = this.localOf(slot);
    if (local !== undefined) {
      push();
      c.set(local);
      return;
    }
    c.i32(0);
    push();
    c.memory(Op.i64Store, slot * 8);
  }

  private register(slot: number, width: Width): void {
    const c = this.c;
    if (slot === Slot.ZERO) {
      c.constant(0, width);
      return;
    }
    const local = this.localOf(slot);
    if (local === undefined) {
      c.i32(0);
      c.memory(width === 64 ? Op.i64Load : Op.i32Load, slot * 8);
      return;
    }
    c.get(local);
    if (width === 32) c.op(Op.i32WrapI64);
  }

  private value(e: Expr): void {
    switch (e.kind) {
      case 'reg':
        this.register(e.slot, e.width);
        return;
      case 'imm':
        this.c.constant(e.value, e.width);
        return;
      case 'cond':
        this.condition(e.cc);
        return;
      default:
        emitValue(
          this.target,
          e.op,
          e.width,
          e.source,
          e.args.map((arg) => () => this.value(arg)),
        );
    }
  }

  private condition(cc: number): void {
    const c = this.c;
    if (isAlways(cc)) {
      c.i32(1);
      return;
    }
    const pair = cc >> 1;
    if (this.kind !== undefined && isDirect(this.kind, pair)) {
      const narrow = kindWidth(this.kind) === 32;
      const operand = (local: number) => (): void => {
        c.get(local);
        if (narrow) c.op(Op.i32WrapI64);
      };
      emitDirectCondition(c, this.kind, pair, operand(this.flagA), operand(this.flagB));
    } else {
      this.pushFlags();
      c.set(this.scratch);
      emitPackedCondition(c, pair, () => c.get(this.scratch));
    }
    if (cc & 1) c.wide('eqz', 32);
  }

  private pushFlags(): void {
    const c = this.c;
    if (this.packed) {
      c.get(this.flags);
      return;
    }
    c.get(this.flagKind);
    c.get(this.flagA);
    c.get(this.flagB);
    c.get(this.flags);
    c.call(this.imports.pack);
  }

  private setFlags(kind: FlagKindName, slot: number | undefined, a: Expr, b: Expr | undefined): void {
    const c = this.c;
    const width = kindWidth(kind);
    const narrow = width === 32;
    const widen = (e: Expr): void => {
      this.value(e);
      if (narrow) c.op(Op.i64ExtendI32U);
    };
    // Both operands are read before either is remembered: they may be conditions on the flags that stand.
    widen(a);
    if (b) {
      widen(b);
      c.set(this.flagB);
    }
    c.set(this.flagA);
    c.i32(FlagKind[kind]);
    c.set(this.flagKind);
    this.kind = kind;
    this.packed = false;
    if (slot === undefined) return;
    const operand = (local: number): void => {
      c.get(local);
      if (narrow) c.op(Op.i32WrapI64);
    };
    this.assign(slot, () => {
      operand(this.flagA);
      const family = kindOf(kind);
      if (family !== 'log') {
        operand(this.flagB);
        c.wide(family, width);
      }
      if (narrow) c.op(Op.i64ExtendI32U);
    });
  }

  /** Pushes the host address of an access; a miss leaves to tier 0 at this instruction. */
  private access(address: Expr, size: number, tag: number, user: boolean): void {
    const c = this.c;
    this.value(address);
    const pushBase = (): void => {
      if (user) {
        c.i32(0);
        c.memory(Op.i32Load, Slot.TLB_USER_BASE * 8);
      } else c.get(this.tlb);
    };
    emitHostAddress(c, this.va, this.host, pushBase, size, tag, () => this.leaveHere());
  }

  private branch(s: Statement & { kind: 'branch' }): void {
    const c = this.c;
    this.value(s.condition);
    if (s.condition.width === 64) {
      c.i64(0);
      c.wide('ne', 64);
    }
    c.open(Op.if);
    this.goTo(Number(BigInt.asUintN(32, s.taken)), s.taken);
    c.end();
    this.goTo(Number(BigInt.asUintN(32, s.otherwise)), s.otherwise);
  }

  /** Sends control to an address: inside where there is a direct edge, else through the jump cache. */
  private goTo(pc: number, whole: bigint = this.address(pc)): void {
    const c = this.c;
    const to = this.graph.at.get(pc);
    const local = BigInt.asUintN(64, whole) >> 12n === BigInt.asUintN(64, this.address(this.block.pc)) >> 12n;
    if (to && local) {
      for (let i = this.contexts.length - 1; i >= 0; i--) {
        if (this.sendTo(this.contexts[i], to.number)) return;
      }
    }
    c.i64(whole);
    c.set(this.pc);
    c.br(this.lookup);
  }

  private sendTo(context: Context, block: number): boolean {
    const c = this.c;
    if (context.kind === 'loop') {
      if (!context.heads.includes(block)) return false;
      if (context.dispatched) this.choose(block);
      c.br(context.label);
      return true;
    }
    const i = context.items.findIndex((item) => holds(item, block));
    if (i < context.open) return false;
    const item = context.items[i];
    if (item.kind === 'loop') this.choose(block);
    c.br(context.labels[i]);
    return true;
  }

  private choose(block: number): void {
    this.c.i32(block);
    this.c.set(this.next);
  }

  private writeBack(): void {
    const c = this.c;
    const store = (opcode: number, slot: number, local: number): void => {
      c.i32(0);
      c.get(local);
      c.memory(opcode, slot * 8);
    };
    for (const slot of this.written) store(Op.i64Store, slot, this.registers.get(slot) as number);
    if (!this.usesFlags) return;
    store(Op.i64Store, Slot.FLAG_A, this.flagA);
    store(Op.i64Store, Slot.FLAG_B, this.flagB);
    store(Op.i32Store, Slot.FLAG_KIND, this.flagKind);
    store(Op.i32Store, Slot.FLAGS, this.flags);
  }

  private store32(slot: number, local: number): void {
    this.c.i32(0);
    this.c.get(local);
    this.c.memory(Op.i32Store, slot * 8);
  }

  private leave(reason: number): void {
    const c = this.c;
    c.i32(0);
    c.get(this.pc);
    c.memory(Op.i64Store, Slot.PC * 8);
    this.store32(Slot.BUDGET, this.budget);
    c.i32(reason);
    c.op(Op.return);
  }

  private leaveToStep(): void {
    this.writeBack();
    this.leave(Exit.step);
  }

  /** Goes on at local `pc` by way of the jump cache: within this function, in another one, in tier 0, or in TypeScript. */
  private leaveByLookup(): void {
    const c = this.c;
    const field = (offset: number): void => {
      c.get(this.record);
      c.i32(-offset);
      c.wide('sub', 32);
      c.memory(Op.i32Load, 0);
    };
    c.get(this.pc);
    c.op(Op.i32WrapI64);
    c.i32(2);
    c.wide('shl', 32);
    c.i32((JUMP_ENTRIES - 1) << 4);
    c.wide('and', 32);
    c.i32(0);
    c.memory(Op.i32Load, Slot.JUMP_BASE * 8);
    c.wide('add', 32);
    c.tee(this.host);
    c.memory(Op.i64Load, 0);
    c.get(this.pc);
    c.wide('eq', 64);
    c.open(Op.if);
    c.get(this.host);
    c.memory(Op.i32Load, 8);
    c.set(this.record);
    field(Header.slot);
    c.tee(this.scratch);
    c.open(Op.if);
    c.get(this.budget);
    field(Header.need);
    c.wide('ges', 32);
    c.open(Op.if);
    c.get(this.scratch);
    c.i32(this.slot);
    c.wide('eq', 32);
    c.open(Op.if);
    field(Header.entry);
    c.set(this.next);
    c.br(this.top);
    c.end();
    this.writeBack();
    this.store32(Slot.BUDGET, this.budget);
    c.get(this.scratch);
    field(Header.entry);
    c.op(Op.returnCall);
    c.unsigned(this.imports.enter);
    c.end();
    c.end();
    this.writeBack();
    c.get(this.budget);
    field(Header.cost);
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
    c.unsigned(this.imports.run);
    c.end();
    this.writeBack();
    this.leave(Exit.lookup);
  }
}

const holds = (item: Item, block: number): boolean =>
  item.kind === 'block' ? item.block === block : item.blocks.has(block);

/** The function body of a region that will stand in a slot of the table. */
export function regionBody(graph: RegionGraph, slot: number, imports: Imports): Uint8Array {
  return new RegionWriter(graph, slot, imports).body();
}
