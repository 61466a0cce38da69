import { describe, expect, it } from 'vitest';
import { Random } from '../differential/random.ts';
import { type Case, ROWS, randomCase } from './fp-simd-cases.ts';
import { type After, ourMachine, placeName, unicornMachine } from './fp-simd-machines.ts';

/**
 * Every FP, Advanced SIMD and cryptographic instruction against Unicorn: random encodings, operands, FPCR. Registers,
 * flags, FPSR and memory must agree.
 */

const CASES_PER_ROW = 60;

function disagreements(c: Case, ours: After, theirs: After): string[] {
  const lines = ours.values.flatMap((value, i) =>
    value === theirs.values[i]
      ? []
      : [`${placeName(i)}: ours 0x${value.toString(16)}, unicorn 0x${theirs.values[i]!.toString(16)}`],
  );
  if (ours.data && theirs.data && Buffer.compare(ours.data, theirs.data) !== 0) lines.push('memory differs');
  return lines.length === 0 ? [] : [`${c.name} 0x${c.word.toString(16)} FPCR 0x${c.fpcr.toString(16)}`, ...lines];
}

describe('FP and Advanced SIMD agree with Unicorn', () => {
  it('in every row of the tables', async () => {
    const seed = Number(process.env.RINGWARDEN_SEED ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`RINGWARDEN_SEED=${seed}`);
    const unicorn = await unicornMachine();
    const ours = ourMachine();
    try {
      for (const [index, row] of ROWS.entries()) {
        const random = new Random(seed + index);
        for (let i = 0; i < CASES_PER_ROW; i++) {
          const c = randomCase(row, random);
          expect(c, `${row.name}: no encoding is allocated`).toBeDefined();
          expect(disagreements(c!, ours(c!), unicorn.run(c!))).toEqual([]);
        }
      }
    } finally {
      unicorn.close();
    }
  });
});
