import { describe, expect, it } from 'vitest';
import { Random } from '../engine/turns.ts';
import { PAGE_BYTES, PageFlag, PhysicalMemory } from './physical.ts';
import { allPages, type RamSnapshot, RamSnapshots } from './ram-snapshots.ts';

const PAGES = 16;

interface Subject {
  readonly phys: PhysicalMemory;
  readonly snapshots: RamSnapshots;
}

const make = (pages = PAGES): Subject => {
  const phys = new PhysicalMemory(new ArrayBuffer(pages * PAGE_BYTES), 0);
  phys.addRam('RAM', 0, pages * PAGE_BYTES);
  return { phys, snapshots: new RamSnapshots(phys) };
};

const write = ({ phys }: Subject, page: number, value: number): void =>
  phys.poke(page * PAGE_BYTES + (value & 0xffc), Uint8Array.of(value, value >> 8));

/** Bytes that a snapshot keeps alive. */
const bytesHeld = (snapshot: RamSnapshot): number => {
  const buffers = new Set<ArrayBufferLike>();
  for (let s: RamSnapshot | undefined = snapshot; s; s = s.parent)
    for (const { buffer } of s.pages.values()) buffers.add(buffer);
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
};

describe('RamSnapshots', () => {
  it('goes back to any moment from any other, in the same machine and in another one, whatever was written between', () => {
    const random = new Random(11);
    const [a, b] = [make(), make()];
    const moments: { snapshot: RamSnapshot; contents: Uint8Array }[] = [];
    for (let round = 0; round < 2_000; round++) {
      // Both go their ways over the same moments; runs of pages, single ones, and sometimes none.
      const subject = random.below(4) === 0 ? b : a;
      const first = random.below(PAGES);
      for (let n = random.below(6); n > 0; n--) write(subject, (first + n) % PAGES, random.below(0x10000));
      if (random.below(3) > 0) {
        const snapshot = subject.snapshots.take();
        moments.push({ snapshot, contents: subject.phys.bytes.slice() });
        if (moments.length > 200) moments.splice(random.below(100), 1);
      } else if (moments.length > 0) {
        const moment = moments[random.below(moments.length)];
        subject.snapshots.restore(moment.snapshot, () => {});
        expect(Buffer.compare(subject.phys.bytes, moment.contents)).toBe(0);
      }
    }
  });

  it('tells of pages with translated code that get other contents, and of no others', () => {
    const subject = make();
    const { phys, snapshots } = subject;
    for (const page of [1, 2, 3]) phys.pageFlags[page] |= PageFlag.code;
    const snapshot = snapshots.take();
    write(subject, 1, 0x1234);
    write(subject, 2, 0);
    write(subject, 4, 0x1234);
    const changed: number[] = [];
    snapshots.restore(snapshot, (offset) => changed.push(offset));
    expect(changed).toEqual([PAGE_BYTES]);
  });

  it('holds no more than it needs: nothing of ancestors whose pages were all written again', () => {
    const subject = make();
    let snapshot = subject.snapshots.take();
    for (let i = 1; i <= 10; i++) {
      for (let page = 0; page < 8; page++) write(subject, page, i);
      snapshot = subject.snapshots.take();
    }
    expect(bytesHeld(snapshot)).toBe(8 * PAGE_BYTES);
  });

  it('holds at most twice its pages after a long line of moments that share most of them', () => {
    const subject = make();
    let snapshot = subject.snapshots.take();
    for (let i = 1; i <= 1_000; i++) {
      // Each moment has a page of its own for a while, beside pages that the next one writes again.
      write(subject, i % PAGES, i);
      for (let page = 0; page < 6; page++) write(subject, page, i);
      snapshot = subject.snapshots.take();
      if (snapshot.parent === undefined)
        expect(bytesHeld(snapshot)).toBeLessThanOrEqual(2 * PAGE_BYTES * allPages(snapshot).size);
    }
  });

  it('holds a few times its pages at the most, where each moment differs from the last in nearly all of them', () => {
    const pages = 1_500;
    const subject = make(pages);
    for (let i = 1; i <= 40; i++) {
      for (let page = 0; page < pages; page++) if (page !== i) write(subject, page, i);
      expect(bytesHeld(subject.snapshots.take())).toBeLessThan(5 * pages * PAGE_BYTES);
    }
  });
});
