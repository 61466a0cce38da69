import { describe, expect, it } from 'vitest';
import { addressOf, highOf, lowOf } from './address.ts';

describe('the halves of an address make the address, and the other way round', () => {
  it.each([
    [0, 0, 0n],
    [-4, -1, 0xffff_ffff_ffff_fffcn],
    [0xffff_fffc, 0, 0xffff_fffcn],
    [0x1000, 0xffff_8000, 0xffff_8000_0000_1000n],
    [0x1000, 1, 0x1_0000_1000n],
  ])('%d, %d', (lo, hi, address) => {
    expect(addressOf(lo, hi)).toBe(address);
    expect([lowOf(address), highOf(address)]).toEqual([lo | 0, hi | 0]);
  });
});
