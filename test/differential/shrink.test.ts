import { expect, it } from 'vitest';
import { decodeA64 } from '../../emulator/arm64/decode/index.ts';
import { compareStreams } from './compare.ts';
import { oracleExecutor } from './oracle-executor.ts';
import type { StreamExecutor } from './stream.ts';

/** The oracle, but X7 is wrong wherever a stream holds a CLZ. */
const wrong: StreamExecutor = {
  name: 'wrong',
  run(stream) {
    const outcome = oracleExecutor.run(stream);
    if (stream.code.some((word) => decodeA64(word)?.name === 'CLZ')) outcome.registers[7] = 0xbadn;
    return outcome;
  },
};

it('a disagreement is found, shrunk to the instruction that causes it, and told with its seed', async () => {
  const { failure } = await compareStreams([oracleExecutor, wrong], 1, 100_000);
  expect(failure).toMatch(
    /^seed \d+\n0x[0-9a-f]+ {2}[0-9a-f]{8} {2}clz [wx]\w+, [wx]\w+\nX7: oracle 0x\w+, wrong 0xbad$/,
  );
});

it('executors that agree are told apart from none that ran', async () => {
  const { failure, instructions, streams } = await compareStreams([oracleExecutor, oracleExecutor], 1, 1000);
  expect(failure).toBeUndefined();
  expect(instructions).toBeGreaterThanOrEqual(1000);
  expect(streams).toBeGreaterThan(1);
});
