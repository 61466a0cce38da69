import { expect, it } from 'vitest';
import { loadA64Disassembler } from './disassemble.ts';

it('an A64 instruction is printed in the manual\u2019s syntax, branch targets as addresses', async () => {
  const disassemble = await loadA64Disassembler();
  expect(disassemble(0x91000420, 0n)).toBe('add x0, x1, #1');
  expect(disassemble(0x54000040, 0xffff_0000_0000_1000n)).toBe('b.eq #0xffff000000001008');
});

it('what is not an instruction is printed as its encoding', async () => {
  const disassemble = await loadA64Disassembler();
  expect(disassemble(0xffffffff, 0n)).toBe('.inst 0xffffffff');
});
