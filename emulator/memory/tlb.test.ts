import { describe, expect, it } from 'vitest';
import { Random } from '../engine/turns.ts';
import { BANK_BYTES, EntryFlag, FETCH_ENTRIES, JUMP_ENTRIES, TLB_ENTRIES, Tlb } from './tlb.ts';

const RW = EntryFlag.read | EntryFlag.write;
const make = (banks = 2): Tlb => new Tlb(new ArrayBuffer(BANK_BYTES * banks), 0, banks);

describe('TlbBank', () => {
  it('an entry translates its whole page and no other', () => {
    const { data } = make().select(0, 0, 0, 0);
    const e = data.insert(0x1234_5678, 0xff, 0x9abc, RW, 12);
    expect(data.lookup(0x1234_5fff, 0xff)).toBe(e);
    expect(data.lookup(0x1234_5678, 0xfe)).toBe(-1);
    expect(data.lookup(0x1234_6000, 0xff)).toBe(-1);
    expect(data.page[e]).toBe(0x9abc);
  });

  it('stays until maintenance removes it: by address only that page, by flags only those that match', () => {
    const bank = make().select(0, 0, 0, 0);
    bank.data.insert(0x1000, 0, 1, RW | EntryFlag.global, 12);
    bank.data.insert(0x2000, 0, 2, RW, 12);
    bank.data.insert(0x3000, 0, 3, RW, 12);
    bank.flushAddress(0x2fff, 0);
    expect([0x1000, 0x2000, 0x3000].map((va) => bank.data.lookup(va, 0) >= 0)).toEqual([true, false, true]);
    bank.flush(EntryFlag.global, 0);
    expect([0x1000, 0x2000, 0x3000].map((va) => bank.data.lookup(va, 0) >= 0)).toEqual([true, false, false]);
    bank.flush();
    expect(bank.data.lookup(0x1000, 0)).toBe(-1);
  });

  it('invalidation by address removes every page of the block that a block descriptor mapped', () => {
    const bank = make().select(0, 0, 0, 0);
    bank.data.insert(0x0020_0000, 0, 0x200, RW, 21);
    bank.data.insert(0x003f_f000, 0, 0x3ff, RW, 21);
    bank.data.insert(0x0040_0000, 0, 0x400, RW, 21);
    bank.flushAddress(0x0030_0000, 0);
    expect(bank.data.lookup(0x0020_0000, 0)).toBe(-1);
    expect(bank.data.lookup(0x003f_f000, 0)).toBe(-1);
    expect(bank.data.lookup(0x0040_0000, 0)).toBeGreaterThanOrEqual(0);
  });

  it('invalidation finds the entries of blocks of every size, whatever has come and gone before', () => {
    const bank = make().select(0, 0, 0, 0);
    const random = new Random(7);
    const spans = [12, 12, 16, 21, 25, 29, 30, 39];
    const live = new Map<number, { va: bigint; span: number }>();
    const covers = ({ va, span }: { va: bigint; span: number }, at: bigint) => (va ^ at) >> BigInt(span) === 0n;
    const address = () =>
      (BigInt(random.below(64)) << 34n) | (BigInt(random.below(1 << 12)) << 18n) | BigInt(random.below(4) << 12);
    const halves = (va: bigint): [number, number] => [Number(BigInt.asIntN(32, va)), Number(va >> 32n)];
    const wrong: bigint[] = [];
    for (let round = 0; round < 20_000; round++) {
      const va = address();
      if (random.below(3) > 0) {
        const span = spans[random.below(spans.length)];
        live.set(bank.data.insert(...halves(va), 1, RW, span), { va, span });
        continue;
      }
      bank.flushAddress(...halves(va));
      for (const [entry, it] of live) {
        const gone = covers(it, va);
        if ((bank.data.lookup(...halves(it.va)) === entry) === gone) wrong.push(it.va);
        if (gone) live.delete(entry);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('a displaced entry loses its fast half, so translated code cannot use it any more', () => {
    const bank = make().select(0, 0, 0, 0);
    const e = bank.data.insert(0x1000, 0, 1, RW, 12);
    bank.arm(e, 0x1000, 0, true, true, 0x8000);
    expect(bank.fastTags[e * 4]).toBe(0x1000n);
    expect(bank.data.insert(0x1000 + TLB_ENTRIES * 4096, 0, 2, RW, 12)).toBe(e);
    expect(bank.fastTags[e * 4]).toBe(-1n);
    expect(bank.fastTags[e * 4 + 1]).toBe(-1n);
  });

  it('dropping the fetch translation of a page drops the jumps into it', () => {
    const bank = make().select(0, 0, 0, 0);
    bank.fetch.insert(0x5000, 0, 5, EntryFlag.fetch, 12);
    bank.setJump(0x5004, 0, 0x40);
    bank.setJump(0x6004, 0, 0x50);
    bank.flushAddress(0x5000, 0);
    expect(bank.jump(0x5004, 0)).toBe(0);
    expect(bank.jump(0x6004, 0)).toBe(0x50);
  });

  it('an empty jump-cache entry matches no pc, not even a misaligned or an all-ones one', () => {
    const bank = make().select(0, 0, 0, 0);
    for (const pc of [0, 1, 2, 3, 4, -1, -4, JUMP_ENTRIES * 4 - 1]) {
      expect(bank.jump(pc, 0)).toBe(0);
      expect(bank.jump(pc, -1)).toBe(0);
    }
  });

  it('what data accesses displace never touches fetch translations', () => {
    const bank = make().select(0, 0, 0, 0);
    bank.fetch.insert(0x7000, 0, 7, EntryFlag.fetch, 12);
    for (let i = 0; i < TLB_ENTRIES + FETCH_ENTRIES; i++) bank.data.insert(i * 4096, 0, i, RW, 12);
    expect(bank.fetch.lookup(0x7abc, 0)).toBeGreaterThanOrEqual(0);
  });
});

describe('Tlb', () => {
  it('finds the bank of a context again, with what it holds', () => {
    const tlb = make();
    tlb.select(1, 5, 0, 0).data.insert(0x1000, 0, 1, RW, 12);
    tlb.select(1, 6, 0, 0);
    expect(tlb.select(1, 5, 0, 0).data.lookup(0x1000, 0)).toBeGreaterThanOrEqual(0);
  });

  it('gives a new context an emptied bank and tells whose it was', () => {
    const tlb = make(2);
    const evicted: number[] = [];
    tlb.select(1, 1, 0, 0).data.insert(0x1000, 0, 1, RW, 12);
    tlb.select(1, 2, 0, 0);
    tlb.onEvict = (bank) => evicted.push(bank.index);
    const third = tlb.select(1, 3, 0, 0);
    expect(evicted).toEqual([third.index]);
    expect(third.data.lookup(0x1000, 0)).toBe(-1);
  });

  describe('save and restore', () => {
    const fill = (tlb: Tlb): void => {
      const bank = tlb.select(1, 5, 0, 0);
      for (const va of [0x3000, 0x1000, 0x2000]) {
        const entry = bank.data.insert(va, 0, va >> 12, RW, 12);
        bank.arm(entry, va, 0, true, true, 0x8000);
      }
      bank.fetch.insert(0x5000, 0, 5, EntryFlag.fetch, 12);
      bank.setJump(0x5004, 0, 0x40);
    };
    const tags = (tlb: Tlb): bigint[] => [1, 2, 3].flatMap((e) => [...tlb.banks[0].fastTags.slice(e * 4, e * 4 + 2)]);

    it('a bank that holds what was saved keeps its ways of reading and fetching, and loses those of writing', () => {
      const tlb = make();
      fill(tlb);
      const state = tlb.save();
      tlb.restore(state);
      expect(tags(tlb)).toEqual([0x1000n, -1n, 0x2000n, -1n, 0x3000n, -1n]);
      expect(tlb.banks[0].jump(0x5004, 0)).toBe(0x40);
      expect(JSON.stringify(tlb.save())).toBe(JSON.stringify(state));
    });

    it.each([
      ['displaced', (tlb: Tlb) => tlb.banks[0].data.insert(0x2000 + TLB_ENTRIES * 4096, 0, 9, RW, 12)],
      ['dropped', (tlb: Tlb) => tlb.banks[0].flushAddress(0x1000, 0)],
      ['dropped and brought back in another order', (tlb: Tlb) => [tlb.banks[0].flush(), fill(tlb)]],
      ['given away with their bank', (tlb: Tlb) => [6, 7, 8].map((asid) => tlb.select(1, asid, 0, 0))],
    ])('entries that were %s come back as they were, without a fast half', (_name, change) => {
      const tlb = make();
      fill(tlb);
      const state = tlb.save();
      const before = JSON.stringify(state);
      change(tlb);
      tlb.restore(state);
      expect(JSON.stringify(tlb.save())).toBe(before);
      expect(tags(tlb)).toEqual(Array(6).fill(-1n));
      expect(tlb.select(1, 5, 0, 0).index).toBe(0);
    });

    it('another machine may go on from a state, and changes nothing of it', () => {
      const [a, b] = [make(), make()];
      fill(a);
      const state = a.save();
      const before = JSON.stringify(state);
      b.restore(state);
      b.banks[0].data.insert(0x7000, 0, 7, RW, 12);
      b.restore(state);
      b.banks[0].flush();
      expect(JSON.stringify(state)).toBe(before);
      expect(JSON.stringify(a.save())).toBe(before);
    });
  });
});
