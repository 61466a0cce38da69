/** Which parts of the CPU's state a region keeps in WebAssembly's locals, and how they get there and back. */
import type { Expr, Statement, VectorExpr } from '../../ir/ir.ts';
import { Slot, TEMP_COUNT } from '../../ir/slots.ts';
import type { Code } from '../../wasm/code.ts';
import { Op, ValueType } from '../../wasm/opcodes.ts';
import type { RegionGraph } from './graph.ts';

const { i32, i64 } = ValueType;

const isTemp = (slot: number): boolean => slot >= Slot.TEMP && slot < Slot.TEMP + TEMP_COUNT;

/**
 * General registers, temporaries, halves of vector registers that are not used as a whole, the flags, and the instruction set's
 * own slots have a local; everything else stays in memory.
 */
export class Locals {
  readonly flagA: number;
  readonly flagB: number;
  readonly flagKind: number;
  readonly flags: number;
  private readonly c: Code;
  /** By slot, the local that holds it, or -1: of registers and temporaries. */
  private readonly local = new Int16Array(Slot.LEVELS).fill(-1);
  /** Slots of the state that have a local, and those among them that are written. */
  private readonly registers: number[] = [];
  private readonly written = new Set<number>();
  /** Halves of vector registers that are used as a whole: they stay in memory. */
  private readonly whole = new Set<number>();
  private usesFlags = false;

  constructor(c: Code, graph: RegionGraph) {
    this.c = c;
    this.flagA = c.local(i64);
    this.flagB = c.local(i64);
    this.flagKind = c.local(i32);
    this.flags = c.local(i32);
    for (const { instructions } of graph.blocks) {
      for (const { statements } of instructions)
        for (const s of statements) if (s.kind === 'setVector') this.keepWhole(s.slot, s.value);
    }
    for (const { instructions } of graph.blocks) {
      for (const { statements } of instructions) for (const s of statements) this.survey(s);
    }
  }

  /** The local that holds a slot, if one does. */
  of(slot: number): number | undefined {
    // What a level's context holds is read once, if at all.
    if (slot >= Slot.LEVELS) return undefined;
    const known = this.local[slot];
    if (known >= 0) return known;
    const isRegister = slot < Slot.ZERO || (slot >= Slot.VECTOR && !this.whole.has(slot));
    if (!isRegister && !isTemp(slot)) return undefined;
    const local = this.c.local(i64);
    this.local[slot] = local;
    if (isRegister) this.registers.push(slot);
    return local;
  }

  /** Fills the locals from the state. */
  load(): void {
    const c = this.c;
    const load = (opcode: number, slot: number, local: number): void => {
      c.i32(0);
      c.memory(opcode, slot * 8);
      c.set(local);
    };
    for (const slot of this.registers) load(Op.i64Load, slot, this.local[slot]);
    if (!this.usesFlags) return;
    load(Op.i64Load, Slot.FLAG_A, this.flagA);
    load(Op.i64Load, Slot.FLAG_B, this.flagB);
    load(Op.i32Load, Slot.FLAG_KIND, this.flagKind);
    load(Op.i32Load, Slot.FLAGS, this.flags);
  }

  /** Stores what may have changed. */
  writeBack(): void {
    const c = this.c;
    const store = (opcode: number, slot: number, local: number): void => {
      c.i32(0);
      c.get(local);
      c.memory(opcode, slot * 8);
    };
    for (const slot of this.written) store(Op.i64Store, slot, this.local[slot]);
    if (!this.usesFlags) return;
    store(Op.i64Store, Slot.FLAG_A, this.flagA);
    store(Op.i64Store, Slot.FLAG_B, this.flagB);
    store(Op.i32Store, Slot.FLAG_KIND, this.flagKind);
    store(Op.i32Store, Slot.FLAGS, this.flags);
  }

  private write(slot: number): void {
    if (!isTemp(slot) && this.of(slot) !== undefined) this.written.add(slot);
  }

  private read(e: Expr | undefined): void {
    if (!e) return;
    if (e.kind === 'reg') this.of(e.slot);
    if (e.kind === 'cond') this.usesFlags = true;
    if (e.kind === 'op') {
      if (e.op === 'flags') this.usesFlags = true;
      for (const arg of e.args) this.read(arg);
    }
  }

  private readVector(e: VectorExpr): void {
    if (e.kind === 'vop') for (const arg of e.args) this.readVector(arg);
    else {
      this.of(e.slot);
      this.of(e.slot + 1);
    }
  }

  private survey(s: Statement): void {
    switch (s.kind) {
      case 'set':
        this.read(s.value);
        this.write(s.slot);
        return;
      case 'setVector':
        this.readVector(s.value);
        this.write(s.slot);
        this.write(s.slot + 1);
        return;
      case 'load':
        this.read(s.address);
        this.write(s.slot);
        return;
      case 'store':
        this.read(s.address);
        this.of(s.value);
        return;
      case 'loadPair':
        this.read(s.address);
        this.write(s.slot);
        this.write(s.slot2);
        return;
      case 'storePair':
        this.read(s.address);
        this.of(s.value);
        this.of(s.value2);
        return;
      case 'flags':
        this.usesFlags = true;
        this.read(s.a);
        this.read(s.b);
        if (s.slot !== undefined) this.write(s.slot);
        return;
      case 'setFlags':
        this.usesFlags = true;
        this.read(s.value);
        return;
      case 'branch':
      case 'check':
        this.read(s.condition);
        return;
      case 'line':
        this.read(s.address);
        return;
      case 'jump':
        this.read(s.target);
        return;
      default:
        return;
    }
  }

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
}
