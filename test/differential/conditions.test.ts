import { describe, expect, it } from 'vitest';
import { LiftMode } from '../../emulator/arm64/system-calls.ts';
import { oracleExecutor } from './oracle-executor.ts';
import { differences, NZCV, REGISTER_COUNT, type Stream, VECTORS } from './stream.ts';
import { createTier0Executor, createTier1Executor } from './tier0-executor.ts';

const FORMS = {
  CSEL: 0x9a820020,
  'CSEL 32-bit': 0x1a820020,
  CSINC: 0x9a820420,
  CSINV: 0xda820020,
  CSNEG: 0xda820420,
  'CSINC of the zero register (CSET)': 0x9a9f07e0,
  'CSET 32-bit': 0x1a9f07e0,
  'CSINV of the zero register (CSETM)': 0xda9f03e0,
  CCMP: 0xfa42002a,
  CCMN: 0xba42002a,
} as const;
const COND_SHIFT = 12;

const tier0 = createTier0Executor();

describe.each(Object.entries(FORMS))('%s', (_name, word) => {
  it('agrees on tier 0 and the oracle for every condition and every NZCV', () => {
    for (let cond = 0; cond < 16; cond++) {
      for (let flags = 0; flags < 16; flags++) {
        const registers = new BigUint64Array(REGISTER_COUNT);
        registers[1] = 5n;
        registers[2] = 0xffff_ffff_0000_0007n;
        registers[NZCV] = BigInt(flags);
        const stream: Stream = {
          code: [(word | (cond << COND_SHIFT)) >>> 0],
          registers,
          dataSeed: 0,
          limit: 10,
          mode: 0,
        };
        const found = differences(oracleExecutor.run(stream), tier0.run(stream), 'oracle', 'tier 0');
        expect(found, `condition ${cond}, NZCV ${flags}`).toEqual([]);
      }
    }
  });
});

const CMP_W1_W2 = 0x6b02003f;
const EXACT_FORMS = { FCCMP: 0x1e3f044b, FCCMPE: 0x1e3f045b, FCSEL: 0x1e3f0c40 } as const;
const SIGNALLING_NAN = 0x7f80_0001n;

describe.each(Object.entries(EXACT_FORMS))('%s of a signalling NaN, which the exact operation does', (_name, word) => {
  it.each([
    ['tier 0', tier0],
    ['tier 1', createTier1Executor()],
  ])('reads the flags of the comparison before it, not yet packed: %s and the oracle agree', (name, tier) => {
    for (let cond = 0; cond < 16; cond++) {
      for (const [first, second] of [
        [5n, 5n],
        [5n, 7n],
        [7n, 5n],
        [1n << 31n, 1n],
      ]) {
        const registers = new BigUint64Array(REGISTER_COUNT);
        registers[1] = first;
        registers[2] = second;
        registers[VECTORS + 2 * 2] = SIGNALLING_NAN;
        const stream: Stream = {
          code: [CMP_W1_W2, (word | (cond << COND_SHIFT)) >>> 0],
          registers,
          dataSeed: 0,
          limit: 10,
          mode: LiftMode.fp | LiftMode.fpDefault,
        };
        const found = differences(oracleExecutor.run(stream), tier.run(stream), 'oracle', name);
        expect(found, `condition ${cond}, ${first} and ${second}`).toEqual([]);
      }
    }
  });
});
