import { expect, it } from 'vitest';
import { SemihostingOperation, semihosting } from './semihosting.ts';

/** Performs an operation on memory that begins at 0x1000 in the low and 1 in the high half. */
function perform(operation: number, memory: ArrayLike<number>) {
  const out: number[] = [];
  const gaps: string[] = [];
  let code: number | undefined;
  const result = semihosting(operation, 0x1000, 1, {
    readByte: (lo, hi) => (hi === 1 ? memory[lo - 0x1000] : undefined),
    output: (byte) => out.push(byte),
    exit: (value) => {
      code = value;
    },
    gap: (what) => gaps.push(what),
  });
  return { result, text: String.fromCharCode(...out), code, gaps };
}

function block(reason: number, subcode: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(16));
  view.setBigUint64(0, BigInt(reason), true);
  view.setBigUint64(8, BigInt(subcode), true);
  return new Uint8Array(view.buffer);
}

it('SYS_WRITEC writes a byte, SYS_WRITE0 up to the zero', () => {
  expect(perform(SemihostingOperation.SYS_WRITEC, [65, 66]).text).toBe('A');
  expect(perform(SemihostingOperation.SYS_WRITE0, [65, 66, 0, 67]).text).toBe('AB');
});

it('SYS_WRITE0 ends where memory does', () => {
  expect(perform(SemihostingOperation.SYS_WRITE0, [65]).text).toBe('A');
});

it('SYS_EXIT and SYS_EXIT_EXTENDED: ADP_Stopped_ApplicationExit gives the code, any other reason 1', () => {
  expect(perform(SemihostingOperation.SYS_EXIT, block(0x20026, 42)).code).toBe(42);
  expect(perform(SemihostingOperation.SYS_EXIT_EXTENDED, block(0x20026, 0)).code).toBe(0);
  expect(perform(SemihostingOperation.SYS_EXIT, block(0x20024, 0)).code).toBe(1);
});

it('any other operation answers -1 and is on record', () => {
  expect(perform(0x01, [])).toMatchObject({ result: -1, gaps: ['semihosting operation 0x1'] });
});
