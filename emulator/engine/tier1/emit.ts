/**
 * Writes a region as one WebAssembly function: (entry block) -> Exit. Guest registers live in locals and are written back at
 * one common exit; memory goes through the inline TLB check; whatever needs care leaves to tier 0 at the exact instruction,
 * so compiled code itself never faults and never touches a device.
 */

import type { Expr, Statement } from '../../ir/ir.ts';
import { Code, type Label } from '../../wasm/code.ts';
import { Op } from '../../wasm/opcodes.ts';
import { LOADS, STORES, TAG } from '../memory-access.ts';
import { type Access, AccessWriter } from './accesses.ts';
import { ExitWriter } from './exits.ts';
import { flagKinds, type KnownKind } from './flag-kinds.ts';
import type { RegionBlock, RegionGraph } from './graph.ts';
import type { Imports } from './imports.ts';
import { Locals } from './locals.ts';
import { type Item, isDispatched, type Loop } from './structure.ts';
import { ValueWriter } from './values.ts';

/** Up to so many blocks are told apart by comparisons, more by a table. */
const FEW = 4;

/** A place where control can be sent, with what must be told first. */
type Context =
  | { readonly kind: 'loop'; readonly loop: Loop; readonly label: Label }
  | {
      readonly kind: 'list';
      readonly items: readonly Item[];
      readonly places: Places;
      readonly labels: readonly Label[];
      open: number;
    };

/** Where an item stands in its list, by the blocks that it holds. */
type Places = Map<number, number>;

/** Gives the number of the page of translated code that an instruction stands in. */
export type PageNumber = (pc: number) => number;

class RegionWriter {
  private readonly c = new Code(1);
  private readonly graph: RegionGraph;
  private readonly pageNumber: PageNumber;
  private readonly locals: Locals;
  private readonly values: ValueWriter;
  private readonly accesses: AccessWriter;
  private readonly exits: ExitWriter;
  private readonly flags: readonly KnownKind[];
  /** The parameter: which entry, and later which block of a loop. */
  private readonly next = 0;
  private readonly contexts: Context[] = [];
  private block!: RegionBlock;
  private index = 0;
  private instructionPc = 0;

  constructor(graph: RegionGraph, slot: number, imports: Imports, pageNumber: PageNumber) {
    this.graph = graph;
    this.pageNumber = pageNumber;
    this.flags = flagKinds(graph.blocks);
    const c = this.c;
    this.locals = new Locals(c, graph);
    this.values = new ValueWriter(c, this.locals, imports);
    this.accesses = new AccessWriter(c, this.values);
    this.exits = new ExitWriter(c, this.locals, imports, slot, this.next, graph.blocks[0].pc, graph.pcHi);
  }

  body(): Uint8Array {
    const c = this.c;
    this.locals.load();
    this.exits.load();
    this.accesses.load();
    this.exits.frame(() =>
      this.list(
        this.graph.items,
        this.graph.blocks.filter((b) => b.entry).map((b) => b.number),
      ),
    );
    return c.body();
  }

  /** Writes items one after another; `dispatch` names the blocks that local `next` chooses from at the start. */
  private list(items: readonly Item[], dispatch: readonly number[]): void {
    const c = this.c;
    const places = placesOf(items);
    const context: Context = { kind: 'list', items, places, labels: new Array<Label>(items.length).fill(0), open: 0 };
    const labels = context.labels as Label[];
    const first = dispatch.length > 0 ? 0 : 1;
    for (let i = items.length - 1; i >= first; i--) labels[i] = c.open(Op.block);
    this.contexts.push(context);
    if (dispatch.length > 0) this.dispatch(dispatch, (block) => labels[places.get(block) as number]);
    items.forEach((item, i) => {
      if (i >= first) c.end();
      context.open = i + 1;
      if (item.kind === 'block') this.writeBlock(this.graph.blocks[item.block]);
      else this.loop(item);
    });
    this.contexts.pop();
  }

  /** Goes where local `next` says; the first of the blocks is the likeliest. */
  private dispatch(blocks: readonly number[], labelOf: (block: number) => Label): void {
    const c = this.c;
    const [likely, ...others] = blocks;
    const isNext = (block: number, name: 'eq' | 'ne'): void => {
      c.get(this.next);
      c.i32(block);
      c.wide(name, 32);
    };
    if (others.length > 0) {
      isNext(likely, 'ne');
      c.open(Op.if);
      if (others.length <= FEW) {
        for (const block of others.slice(1)) {
          isNext(block, 'eq');
          c.brIf(labelOf(block));
        }
        c.br(labelOf(others[0]));
      } else {
        const known = new Set(others);
        c.get(this.next);
        c.brTable(
          this.graph.blocks.map((b) => labelOf(known.has(b.number) ? b.number : likely)),
          labelOf(likely),
        );
      }
      c.end();
    }
    c.br(labelOf(likely));
  }

  private loop(loop: Loop): void {
    const c = this.c;
    const label = c.open(Op.loop);
    this.contexts.push({ kind: 'loop', loop, label });
    const dispatched = isDispatched(loop);
    const blocks = [...loop.heads, ...loop.sides];
    this.checkBudget(loop, dispatched ? blocks : loop.heads);
    this.accesses.enter(loop, this.graph.blocks);
    this.list(loop.body, dispatched ? blocks : []);
    this.accesses.leave();
    this.contexts.pop();
    c.op(Op.unreachable);
    c.end();
  }

  /** At the top of a loop: leaves to tier 0 if the budget might not last until the next look at it. */
  private checkBudget(loop: Loop, blocks: readonly number[]): void {
    const c = this.c;
    c.get(this.exits.budget);
    c.i32(this.graph.checks.get(loop) as number);
    c.wide('lts', 32);
    c.open(Op.if);
    const pcOf = (block: number): void => this.exits.setPc(this.graph.blocks[block].pc);
    pcOf(blocks[0]);
    for (const block of blocks.slice(1)) {
      c.get(this.next);
      c.i32(block);
      c.wide('eq', 32);
      c.open(Op.if);
      pcOf(block);
      c.end();
    }
    c.br(this.exits.lookup);
    c.end();
  }

  private writeBlock(block: RegionBlock): void {
    this.block = block;
    this.values.beginBlock(this.flags[block.number]);
    this.exits.pay(block.instructions.length);
    this.instructionPc = block.pc;
    for (this.index = 0; this.index < block.instructions.length; this.index++) {
      const instruction = block.instructions[this.index];
      for (const statement of instruction.statements) this.statement(statement);
      this.instructionPc = (this.instructionPc + instruction.length) >>> 0;
    }
    const last = block.instructions[block.instructions.length - 1];
    if (last.ends) return;
    if (block.end !== 0) this.goNear(block.end);
    else this.goTo((BigInt(this.graph.pcHi >>> 0) + 1n) << 32n);
  }

  private statement(s: Statement): void {
    const { c, values } = this;
    const { va, host } = this.accesses;
    switch (s.kind) {
      case 'set':
        values.assign(s.slot, () => {
          values.value(s.value);
          if (s.value.width === 32) c.op(Op.i64ExtendI32U);
        });
        return;
      case 'setVector':
        values.setVector(s.slot, s.value);
        return;
      case 'load':
        this.access({ address: s.address, size: s.size, tag: TAG.read, user: s.user ?? false });
        c.set(host);
        values.assign(s.slot, () => {
          c.get(host);
          c.memory(LOADS[`${s.size}.${s.extend}`], 0);
          if (s.extend === 'sign32') c.op(Op.i64ExtendI32U);
        });
        return;
      case 'store':
        this.access({ address: s.address, size: s.size, tag: TAG.write, user: s.user ?? false });
        values.register(s.value, 64);
        c.memory(STORES[s.size], 0);
        return;
      case 'loadPair': {
        const opcode = LOADS[`${s.size}.zero`];
        this.access({ address: s.address, size: s.size * 2, tag: TAG.read, user: false });
        c.set(host);
        c.get(host);
        c.memory(opcode, 0);
        c.set(va);
        values.assign(s.slot2, () => {
          c.get(host);
          c.memory(opcode, s.size);
        });
        values.assign(s.slot, () => c.get(va));
        return;
      }
      case 'storePair':
        this.access({ address: s.address, size: s.size * 2, tag: TAG.write, user: false });
        c.tee(host);
        values.register(s.value, 64);
        c.memory(STORES[s.size], 0);
        c.get(host);
        values.register(s.value2, 64);
        c.memory(STORES[s.size], s.size);
        return;
      case 'flags':
        values.setFlags(s.flags, s.slot, s.a, s.b);
        return;
      case 'setFlags':
        values.setPackedFlags(s.value);
        return;
      case 'branch':
        values.truth(s.condition);
        c.open(Op.if);
        this.goTo(s.taken);
        c.end();
        this.goTo(s.otherwise);
        return;
      case 'goto':
        this.goTo(s.target);
        return;
      case 'jump':
        this.jump(s.target);
        return;
      case 'check':
        values.truth(s.condition);
        c.open(Op.if);
        this.leaveHere();
        c.end();
        return;
      case 'line':
        this.accesses.line(s.address, s.zero, () => this.leaveHere());
        return;
      default:
        throw new Error(`${s.kind} cannot be compiled`);
    }
  }

  /** Leaves before the current instruction, for tier 0 to do it. */
  private leaveHere(): void {
    this.exits.step(this.instructionPc, this.block.instructions.length - this.index);
  }

  /** Pushes the host address of an access; a miss leaves to tier 0 at this instruction. */
  private access(access: Access): void {
    this.accesses.push(access, () => this.leaveHere());
  }

  /** Goes to the value of an expression: where it is one of the places that calls return to, directly. */
  private jump(target: Expr): void {
    const c = this.c;
    this.values.value(target);
    c.set(this.exits.pc);
    for (const number of this.block.returns) {
      const to = this.graph.blocks[number];
      c.get(this.exits.pc);
      this.exits.pushPc(to.pc);
      c.wide('eq', 64);
      if (!this.isOnPage(to)) {
        this.pushIsKnown(to);
        c.wide('and', 32);
      }
      c.open(Op.if);
      this.send(number);
      c.end();
    }
    c.br(this.exits.lookup);
  }

  /** Sends control to an address: inside where there is an edge, else through the jump cache. */
  private goTo(target: bigint): void {
    if (BigInt.asUintN(32, target >> 32n) === BigInt(this.graph.pcHi >>> 0)) {
      this.goNear(Number(BigInt.asUintN(32, target)));
      return;
    }
    this.c.i64(target);
    this.c.set(this.exits.pc);
    this.c.br(this.exits.lookup);
  }

  /** @param target low half of an address that shares the region's high half, unsigned */
  private goNear(target: number): void {
    const c = this.c;
    const to = this.graph.at.get(target);
    if (to) {
      if (this.isOnPage(to)) {
        this.send(to.number);
        return;
      }
      this.pushIsKnown(to);
      c.open(Op.if);
      this.send(to.number);
      c.end();
    }
    this.exits.setPc(target);
    c.br(this.exits.lookup);
  }

  /** A block stands on one page; what follows it, where it ends without a branch, may be the next page's first instruction. */
  private isOnPage(to: RegionBlock): boolean {
    return to.pc >>> 12 === this.block.pc >>> 12;
  }

  /** Pushes whether a block on another page may be gone to: if the fetch check let its page pass, and it is the same as ever. */
  private pushIsKnown(to: RegionBlock): void {
    this.exits.pushIsKnown(to.pc, this.pageNumber(to.pc));
  }

  private send(block: number): void {
    for (let i = this.contexts.length - 1; i >= 0; i--) if (this.sendTo(this.contexts[i], block)) return;
    throw new Error(`no way to block ${block}`);
  }

  private sendTo(context: Context, block: number): boolean {
    const c = this.c;
    if (context.kind === 'loop') {
      const { loop } = context;
      if (!loop.heads.includes(block)) return false;
      if (isDispatched(loop)) this.choose(block);
      c.br(context.label);
      return true;
    }
    const i = context.places.get(block);
    if (i === undefined || i < context.open) return false;
    const item = context.items[i];
    if (item.kind === 'loop' && isDispatched(item)) this.choose(block);
    c.br(context.labels[i]);
    return true;
  }

  private choose(block: number): void {
    this.c.i32(block);
    this.c.set(this.next);
  }
}

function placesOf(items: readonly Item[]): Places {
  const places: Places = new Map();
  items.forEach((item, i) => {
    if (item.kind === 'block') places.set(item.block, i);
    else for (const block of item.blocks) places.set(block, i);
  });
  return places;
}

/** The function body of a region that will stand in a slot of the table. */
export function regionBody(graph: RegionGraph, slot: number, imports: Imports, pageNumber: PageNumber): Uint8Array {
  return new RegionWriter(graph, slot, imports, pageNumber).body();
}
