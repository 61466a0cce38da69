import { expect, it } from 'vitest';
import { compareStreams } from './compare.ts';
import { oracleExecutor } from './oracle-executor.ts';
import { createTier0Executor } from './tier0-executor.ts';

const INSTRUCTIONS = 50_000;

it('tier 0 and the oracle agree on random A64 streams', async () => {
  const seed = Number(process.env.RINGWARDEN_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`random A64 streams: RINGWARDEN_SEED=${seed}`);
  const result = await compareStreams([oracleExecutor, createTier0Executor()], seed, INSTRUCTIONS);
  expect(result.failure).toBeUndefined();
  expect(result.instructions).toBeGreaterThanOrEqual(INSTRUCTIONS);
});
