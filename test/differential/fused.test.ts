import { expect, it } from 'vitest';
import { enableRelaxedSimd } from '../../cli/wasm-features.ts';
import { LiftMode } from '../../emulator/arm64/system-calls.ts';
import { hasFusedMultiplyAdd } from '../../emulator/wasm/features.ts';
import { compareStreams } from './compare.ts';
import { oracleExecutor } from './oracle-executor.ts';
import { createTier0Executor, createTier1Executor } from './tier0-executor.ts';

/** Before anything asks what the host has. */
enableRelaxedSimd();

it('both tiers agree with the oracle where the host has a fused multiply-add', async (context) => {
  if (!hasFusedMultiplyAdd()) context.skip();
  const seed = Number(process.env.RINGWARDEN_SEED ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`random A64 streams: RINGWARDEN_SEED=${seed}`);
  const executors = [oracleExecutor, createTier0Executor(), createTier1Executor()];
  const result = await compareStreams(executors, seed, 6_000, [LiftMode.fp | LiftMode.fpDefault]);
  expect(result.failure).toBeUndefined();
});
