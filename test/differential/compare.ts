import { loadA64Disassembler } from '../../emulator/debug/disassemble.ts';
import { randomStream } from './a64-random.ts';
import { listing, shrink } from './shrink.ts';
import { differences, type Stream, type StreamExecutor } from './stream.ts';

export interface Comparison {
  /** Instructions executed by the first executor. */
  readonly instructions: number;
  readonly streams: number;
  /** The first disagreement, shrunk, as text; undefined if there is none. */
  readonly failure: string | undefined;
}

/**
 * Runs random streams on all executors until `instructions` are executed or two of them disagree. The first executor
 * must count its instructions.
 * @param seed of the first stream; the next ones follow
 * @param modes lift modes to take from
 */
export async function compareStreams(
  executors: readonly StreamExecutor[],
  seed: number,
  instructions: number,
  modes: readonly number[] = [0],
): Promise<Comparison> {
  const [judge, ...others] = executors;
  let done = 0;
  let streams = 0;
  while (done < instructions) {
    const stream = randomStream(seed + streams++, modes);
    const expected = judge!.run(stream);
    done += expected.executed ?? 0;
    for (const other of others) {
      if (differences(expected, other.run(stream), judge!.name, other.name).length === 0) continue;
      const failure = await explain(stream, judge!, other, seed + streams - 1);
      return { instructions: done, streams, failure };
    }
  }
  return { instructions: done, streams, failure: undefined };
}

async function explain(stream: Stream, a: StreamExecutor, b: StreamExecutor, seed: number): Promise<string> {
  const disagree = (s: Stream): string[] => differences(a.run(s), b.run(s), a.name, b.name);
  const small = shrink(stream, (s) => disagree(s).length > 0);
  const lines = disagree(small);
  // A failure that a fresh run does not show depends on what ran before.
  const what = lines.length > 0 ? lines : [`seed ${seed} fails only after the streams before it`];
  return [`seed ${seed}`, ...listing(small, await loadA64Disassembler()), ...what].join('\n');
}
