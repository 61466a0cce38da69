import { beforeEach, describe, expect, it } from 'vitest';
import { CodeArena } from './arena.ts';
import { Field } from './records.ts';

const START = 1 << 16;
const HERE = 0x1000;
const THERE = 0x1040;

describe('links', () => {
  let memory: ArrayBuffer;
  let arena: CodeArena;

  beforeEach(() => {
    memory = new ArrayBuffer(2 * START);
    arena = new CodeArena(memory, START, 2 * START);
  });

  /** A block of one instruction; @returns its first record */
  function block(pc: number): number {
    const record = arena.beginBlock(pc, 0);
    arena.begin(1);
    arena.finish(record, 1);
    return record;
  }

  /** A block that leads to another; @returns its first record, and how to see where it leads */
  function leading(to: number): { record: number; target: () => number } {
    const record = block(HERE);
    const site = record + Field.link0;
    arena.setLink(site, to);
    return { record, target: () => new Int32Array(memory)[site >> 2] };
  }

  it('lead to what was translated in the place of a stub, all of them', () => {
    const stub = arena.stub(THERE, 0);
    const links = [leading(stub), leading(stub), leading(stub)];
    expect(links.map((l) => l.target())).toEqual([stub, stub, stub]);
    const there = block(THERE);
    arena.redirect(stub, there);
    expect(links.map((l) => l.target())).toEqual([there, there, there]);
  });

  it('lead on to the next translation when one was dropped, but for those of blocks that were dropped as well', () => {
    const first = block(THERE);
    const kept = leading(first);
    const dropped = leading(first);
    arena.drop(first);
    arena.drop(dropped.record);
    const second = block(THERE);
    arena.redirect(first, second);
    expect(kept.target()).toBe(second);
    expect(dropped.target()).toBe(first);
    const third = block(THERE);
    arena.redirect(second, third);
    expect(kept.target()).toBe(third);
  });
});
