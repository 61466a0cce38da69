import { describe, expect, test } from 'vitest';
import { mappingOf, translate, translateStage2 } from './walk.ts';

/** Memory of 64-bit words that a test fills by hand. */
function memory(words: Record<number, bigint>) {
  return (pa: number) => words[pa] ?? 0n;
}

const OFF = { vttbr: 0n, vtcr: 0n, enabled: false };
/** T0SZ = 24 (40-bit IPA), SL0 = 1: the start at level 1 with two concatenated tables. */
const VTCR = 24n | (1n << 6n);
/** T0SZ = T1SZ = 25: 39-bit halves, start at level 1. */
const TCR = 25n | (25n << 16n);

describe('stage 2', () => {
  const stage2 = { vttbr: (7n << 48n) | 0x1000n, vtcr: VTCR, enabled: true };

  test('a page goes through three levels, and the VMID is no part of the root', () => {
    const read = memory({ 4104: 0x2003n, 8192: 0x3003n, 12296: 0x4200_07ffn });
    expect(translateStage2(read, stage2, 0x4000_1abcn)).toBe(0x4200_0abc);
  });

  test('a 2 MiB block ends the walk at level 2', () => {
    const read = memory({ 4104: 0x2003n, 8200: 0x4220_07fdn });
    expect(translateStage2(read, stage2, 0x4021_2345n)).toBe(0x4221_2345);
  });

  test('the concatenated second table continues the first one', () => {
    const read = memory({ [0x1000 + 8 * 513]: 0x8000_07fdn });
    expect(translateStage2(read, stage2, 513n << 30n)).toBe(0x8000_0000);
  });

  test('what is not mapped, or lies beyond T0SZ, has no address', () => {
    expect(translateStage2(memory({}), stage2, 0x4000_0000n)).toBeUndefined();
    expect(translateStage2(memory({}), stage2, 1n << 40n)).toBeUndefined();
  });

  test('off, it is flat', () => {
    expect(translateStage2(memory({}), OFF, 0x1234n)).toBe(0x1234);
  });
});

describe('both stages', () => {
  test('addresses with bit 55 set go by TTBR1_EL1, the others by TTBR0_EL1', () => {
    const read = memory({ 4096: 0x4000_07fdn, 8192: 0x8000_07fdn });
    const stage1 = { ttbr0: 0x1000n, ttbr1: 0x2000n, tcr: TCR, enabled: true };
    expect(translate(read, stage1, OFF, 0x123n)).toBe(0x4000_0123);
    expect(translate(read, stage1, OFF, 0xffff_ff80_0000_0123n)).toBe(0x8000_0123);
  });

  test('a mapping shows the leaf as it stands in its table, and the intermediate address it leads to', () => {
    const pxn = 1n << 53n;
    const read = memory({ 8192: 0x8000_07fdn | pxn });
    const stage1 = { ttbr0: 0x1000n, ttbr1: 0x2000n, tcr: TCR, enabled: true };
    const mapping = { ipa: 0x8000_0123n, descriptor: 0x8000_07fdn | pxn };
    expect(mappingOf(read, stage1, OFF, 0xffff_ff80_0000_0123n)).toEqual(mapping);
    expect(mappingOf(read, stage1, OFF, 0x123n)).toBeUndefined();
  });

  test('the tables of stage 1 stand at intermediate addresses', () => {
    // Stage 2 maps IPA 0x4000_0000 (1 GiB block) to PA 0x8000_0000; the stage-1 root is at IPA 0x4000_1000.
    const read = memory({ 4104: 0x8000_07fdn, 2147487744: 0x4000_07fdn });
    const stage2 = { vttbr: 0x1000n, vtcr: VTCR, enabled: true };
    const stage1 = { ttbr0: 0x4000_1000n, ttbr1: 0n, tcr: TCR, enabled: true };
    expect(translate(read, stage1, stage2, 0x55n)).toBe(0x8000_0055);
  });
});
