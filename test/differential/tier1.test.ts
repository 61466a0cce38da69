import { describe, expect, it } from 'vitest';
import { LiftMode } from '../../emulator/arm64/system-calls.ts';
import { compareStreams } from './compare.ts';
import { oracleExecutor } from './oracle-executor.ts';
import { createTier0Executor, createTier1Executor } from './tier0-executor.ts';

const EL1 = 1;
/** Each stream is compiled, which takes far longer than its run: fewer instructions than for tier 0. */
const MODES: readonly (readonly [name: string, instructions: number, modes: readonly number[]])[] = [
  ['without checks', 8_000, [0]],
  ['with unprivileged accesses, alignment and SP checks', 4_000, [LiftMode.alignmentCheck | LiftMode.spCheck | EL1]],
  ['with floating point and Advanced SIMD', 6_000, [LiftMode.fp | LiftMode.fpDefault]],
];

describe('tier 1, tier 0 and the oracle agree on random A64 streams', () => {
  it.each(MODES)('%s', async (_name, instructions, modes) => {
    const seed = Number(process.env.RINGWARDEN_SEED ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`random A64 streams: RINGWARDEN_SEED=${seed}`);
    const executors = [oracleExecutor, createTier0Executor(), createTier1Executor()];
    const result = await compareStreams(executors, seed, instructions, modes);
    expect(result.failure).toBeUndefined();
    expect(result.instructions).toBeGreaterThanOrEqual(instructions);
  });
});
