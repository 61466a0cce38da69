import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const MINUTES = Number(process.env.RINGWARDEN_MEMORY_MINUTES ?? 0.8);
const GUEST_MIB = 256;
const ALLOWANCE_MIB = 200;

interface Figures {
  readonly seconds: number;
  readonly rss: number;
  readonly peak: number;
  readonly heap: number;
  readonly instructions: number;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** The second half's median over the first's, without the first quarter of all, in which everything warms up. */
function growth(figures: readonly Figures[], what: 'heap' | 'rss'): number {
  const warm = figures.slice(Math.ceil(figures.length / 4)).map((figure) => figure[what]);
  return median(warm.slice(warm.length >> 1)) / median(warm.slice(0, warm.length >> 1));
}

it.each([
  ['mixed load, with snapshots taken and dropped', 'the heap', []],
  ['mixed load, with all of its RAM written to', 'the heap', ['--touch']],
  ['self-modifying code', 'the whole process', ['--kernel', 'self-modifying']],
])(
  'a machine with 256 MiB never takes more than them and 200 MiB, and does not grow: %s (%s)',
  (_name, grows, options) => {
    const program = ['--expose-gc', 'dist/bench/memory.js', '--json', '--every', '4', '--minutes', String(MINUTES)];
    const { stdout, status } = spawnSync(process.execPath, [...program, ...options], { encoding: 'utf8' });
    expect(status).toBe(0);
    const figures = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Figures);
    const last = figures.at(-1)!;
    console.log(
      `${figures.map(({ seconds, rss }) => `${seconds} s ${rss} MiB`).join(', ')}; at the most ${last.peak} MiB`,
    );
    expect(last.peak).toBeLessThan(GUEST_MIB + ALLOWANCE_MIB);
    expect(last.instructions).toBeGreaterThan(10_000_000);
    expect(growth(figures, 'heap')).toBeLessThan(1.25);
    // Under mixed load more and more is compiled for some minutes, up to a bound.
    if (grows === 'the whole process') expect(growth(figures, 'rss')).toBeLessThan(1.15);
  },
);
