import { describe, expect, it } from 'vitest';
import { LiftMode } from '../../emulator/arm64/system-calls.ts';
import { compareStreams } from './compare.ts';
import { oracleExecutor } from './oracle-executor.ts';
import { createTier0Executor } from './tier0-executor.ts';

const EL1 = 1;
const MODES: readonly (readonly [name: string, instructions: number, modes: readonly number[]])[] = [
  ['without checks', 50_000, [0]],
  [
    'with unprivileged accesses, alignment checks and SP checks',
    20_000,
    [EL1, LiftMode.alignmentCheck, LiftMode.spCheck, LiftMode.alignmentCheck | LiftMode.spCheck | EL1],
  ],
  [
    'with floating point and Advanced SIMD',
    20_000,
    [LiftMode.fp | LiftMode.fpDefault, LiftMode.fp | LiftMode.fpDefault | LiftMode.alignmentCheck | LiftMode.spCheck],
  ],
];

describe('tier 0 and the oracle agree on random A64 streams', () => {
  it.each(MODES)('%s', async (_name, instructions, modes) => {
    const seed = Number(process.env.RINGWARDEN_SEED ?? Math.floor(Math.random() * 2 ** 31));
    console.log(`random A64 streams: RINGWARDEN_SEED=${seed}`);
    const result = await compareStreams([oracleExecutor, createTier0Executor()], seed, instructions, modes);
    expect(result.failure).toBeUndefined();
    expect(result.instructions).toBeGreaterThanOrEqual(instructions);
  });
});
