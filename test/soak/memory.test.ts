import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

const MINUTES = Number(process.env.RINGWARDEN_MEMORY_MINUTES ?? 1.2);
const GUEST_MIB = 256;
const ALLOWANCE_MIB = 200;

interface Figures {
  readonly seconds: number;
  readonly rss: number;
  readonly heap: number;
  readonly instructions: number;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

it.each([
  ['with snapshots taken and dropped', []],
  ['with all of its RAM written to', ['--touch']],
])(
  'a machine with 256 MiB stays in the median below them and 200 MiB under mixed load, and its heap does not grow: %s',
  (_name, options) => {
    const program = ['--expose-gc', 'dist/bench/memory.js', '--json', '--every', '5', '--minutes', String(MINUTES)];
    const { stdout, status } = spawnSync(process.execPath, [...program, ...options], { encoding: 'utf8' });
    expect(status).toBe(0);
    const figures = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Figures);
    console.log(figures.map(({ seconds, rss }) => `${seconds} s ${rss} MiB`).join(', '));
    // The median: while something is compiled, the host's compiler needs memory of its own that it gives back later.
    expect(median(figures.map(({ rss }) => rss))).toBeLessThan(GUEST_MIB + ALLOWANCE_MIB);
    expect(figures.at(-1)!.instructions).toBeGreaterThan(10_000_000);
    // Behind warm-up, the heap in use does not grow: the second half's median is at most a quarter above the first's.
    const warm = figures.slice(Math.ceil(figures.length / 4));
    const [first, second] = [warm.slice(0, warm.length >> 1), warm.slice(warm.length >> 1)];
    expect(median(second.map(({ heap }) => heap))).toBeLessThan(1.25 * median(first.map(({ heap }) => heap)));
  },
);
