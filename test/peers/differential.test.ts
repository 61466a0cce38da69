import { expect, it } from 'vitest';
import { compareStreams } from '../differential/compare.ts';
import { oracleExecutor } from '../differential/oracle-executor.ts';
import { createTier0Executor } from '../differential/tier0-executor.ts';
import { openUnicornExecutor } from './unicorn-executor.ts';

const INSTRUCTIONS = 200_000;

it('tier 0, the oracle and Unicorn agree on random A64 streams', async () => {
  const seed = Number(process.env.RINGWARDEN_SEED ?? Math.floor(Math.random() * 2 ** 31));
  const unicorn = await openUnicornExecutor();
  try {
    const result = await compareStreams([oracleExecutor, unicorn, createTier0Executor()], seed, INSTRUCTIONS);
    console.log(`RINGWARDEN_SEED=${seed}: ${result.instructions} instructions in ${result.streams} streams`);
    expect(result.failure).toBeUndefined();
    expect(result.instructions).toBeGreaterThanOrEqual(INSTRUCTIONS);
  } finally {
    unicorn.close();
  }
});
