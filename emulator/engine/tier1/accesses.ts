/**
 * How a region reaches guest memory. No translation changes while compiled code runs, so an access may go by what the TLB said
 * the last time round.
 */
import type { Expr, Statement } from '../../ir/ir.ts';
import { Slot } from '../../ir/slots.ts';
import type { Code } from '../../wasm/code.ts';
import { Op, ValueType } from '../../wasm/opcodes.ts';
import { emitHostAddress, emitLine, type TAG } from '../memory-access.ts';
import type { RegionBlock } from './graph.ts';
import type { Loop } from './structure.ts';
import type { ValueWriter } from './values.ts';

const { i32, i64 } = ValueType;
const PAGE_MASK = -4096;
const OTHER_ACCESSES: ReadonlySet<Statement['kind']> = new Set(['store', 'storePair', 'loadPair', 'line']);

/** What an access does, as {@link AccessWriter.push} asks. */
export interface Access {
  readonly address: Expr;
  /** Bytes. */
  readonly size: number;
  readonly tag: (typeof TAG)[keyof typeof TAG];
  /** With EL0's permissions. */
  readonly user: boolean;
}

export class AccessWriter {
  /** Locals for the address and the host address of the access at hand; free again behind it. */
  readonly va: number;
  readonly host: number;
  private readonly c: Code;
  private readonly values: ValueWriter;
  private readonly tlb: number;
  /** The loop that is being written is a search. */
  private searching = false;

  constructor(c: Code, values: ValueWriter) {
    this.c = c;
    this.values = values;
    this.va = c.local(i64);
    this.host = c.local(i32);
    this.tlb = c.local(i32);
  }

  /** At the function's start. */
  load(): void {
    this.pushBase(Slot.TLB_BASE);
    this.c.set(this.tlb);
  }

  /** The body of a loop begins. @param blocks of the region */
  enter(loop: Loop, blocks: readonly RegionBlock[]): void {
    this.searching = isSearch(loop, blocks);
  }

  /** The body of a loop has ended. */
  leave(): void {
    this.searching = false;
  }

  /** Pushes the host address of an access; `miss` must leave, where the fast half of the TLB does not allow it. */
  push({ address, size, tag, user }: Access, miss: () => void): void {
    const { c, va, host } = this;
    this.values.value(address);
    const pushBase = user ? () => this.pushBase(Slot.TLB_USER_BASE) : () => c.get(this.tlb);
    const look = (): void => emitHostAddress(c, va, host, pushBase, size, tag, miss);
    if (this.searching && !user) this.pushAsBefore(size, look);
    else look();
  }

  /** Maintenance of the line around an address, which `zero` empties; `miss` as of {@link push}. */
  line(address: Expr, zero: boolean, miss: () => void): void {
    this.values.value(address);
    emitLine(this.c, this.va, this.host, () => this.c.get(this.tlb), zero, miss);
  }

  private pushBase(slot: number): void {
    this.c.i32(0);
    this.c.memory(Op.i32Load, slot * 8);
  }

  /**
   * Takes an address from the stack, and pushes its host address by way of what `look` found the last time, if it is aligned and on
   * the same page.
   */
  private pushAsBefore(size: number, look: () => void): void {
    const { c, va } = this;
    // The page's address and one: 0, which locals begin with, is no page.
    const page = c.local(i64);
    const addend = c.local(i32);
    c.tee(va);
    c.i64(PAGE_MASK | (size - 1));
    c.wide('and', 64);
    c.get(page);
    c.i64(1);
    c.wide('sub', 64);
    c.wide('ne', 64);
    c.open(Op.if);
    c.get(va);
    look();
    c.get(va);
    c.op(Op.i32WrapI64);
    c.wide('sub', 32);
    c.set(addend);
    c.get(va);
    c.i64(PAGE_MASK);
    c.wide('and', 64);
    c.i64(1);
    c.wide('add', 64);
    c.set(page);
    c.end();
    c.get(va);
    c.op(Op.i32WrapI64);
    c.get(addend);
    c.wide('add', 32);
  }
}

/**
 * True for an innermost loop whose only access is one load: a search, whose branches wait for what is loaded. With more accesses, the
 * host's registers are worth more than the way through the TLB.
 */
function isSearch(loop: Loop, blocks: readonly RegionBlock[]): boolean {
  if (loop.body.some((item) => item.kind === 'loop')) return false;
  let loads = 0;
  for (const block of loop.blocks) {
    for (const { statements } of blocks[block].instructions) {
      for (const { kind } of statements) {
        if (OTHER_ACCESSES.has(kind)) return false;
        if (kind === 'load') loads++;
      }
    }
  }
  return loads === 1;
}
