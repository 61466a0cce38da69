/**
 * `npm run bench`: the same kernels here and on each peer that is installed, interleaved in one run. Quoted are medians, and ratios
 * pair by pair, because the machine's own speed drifts.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { enableRelaxedSimd } from '../cli/wasm-features.ts';
import { Unicorn } from '../peers/unicorn.ts';
import { nativeUnicorn } from './native-unicorn.ts';
import { ours } from './ours.ts';
import type { Kernel, Measurement, Subject } from './subject.ts';
import { systemQemu } from './system-qemu.ts';

const KERNELS: readonly Kernel[] = [
  { name: 'integer', number: 1, rounds: 150_000 },
  { name: 'copy', number: 2, rounds: 100 },
  { name: 'branchy', number: 3, rounds: 120 },
  { name: 'chase', number: 4, rounds: 40 },
  { name: 'float', number: 5, rounds: 200 },
];

const RESULT_MASK = 0x7fn;

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

async function subjects(image: Uint8Array, entry: number, done: number): Promise<Subject[]> {
  const list = [ours(image, false), ours(image, true)];
  try {
    (await Unicorn.open()).close();
    list.push(nativeUnicorn(image, entry, done));
  } catch (error) {
    console.error(`without Unicorn: ${(error as Error).message}`);
  }
  if (spawnSync('qemu-system-aarch64', ['--version']).status === 0) list.push(systemQemu(image));
  else console.error("without QEMU: install Debian's package qemu-system-arm");
  return list;
}

interface Row {
  readonly kernel: string;
  readonly subject: string;
  readonly medianMs: number;
  readonly mips: number;
  /** How many times as fast as each peer, the median of the pairs. */
  readonly ratios: Record<string, number>;
}

async function measure(kernel: Kernel, list: readonly Subject[], pairs: number): Promise<Row[]> {
  const runs = new Map<string, Measurement[]>(list.map((s) => [s.name, []]));
  let expected: bigint | undefined;
  for (let i = 0; i < pairs; i++) {
    for (const subject of list) {
      const m = await subject.run(kernel);
      expected ??= m.result & RESULT_MASK;
      if ((m.result & RESULT_MASK) !== expected)
        throw new Error(`${subject.name} computes something else for ${kernel.name}`);
      runs.get(subject.name)!.push(m);
    }
  }
  const instructions = [...runs.values()].flat().find((m) => m.instructions !== undefined)?.instructions ?? 0;
  return list.map((subject) => {
    const mine = runs.get(subject.name)!;
    const ratios = Object.fromEntries(
      list
        .filter((other) => other !== subject)
        .map((other) => [other.name, median(runs.get(other.name)!.map((m, i) => m.ms / mine[i].ms))]),
    );
    const medianMs = median(mine.map((m) => m.ms));
    return { kernel: kernel.name, subject: subject.name, medianMs, mips: instructions / medianMs / 1000, ratios };
  });
}

enableRelaxedSimd();
const args = await yargs(hideBin(process.argv))
  .option('pairs', { type: 'number', default: 5, describe: 'runs of each kernel on each engine' })
  .option('kernel', { type: 'array', string: true, describe: 'only these kernels' })
  .option('json', { type: 'boolean', default: false, describe: 'JSON Lines instead of a table' })
  .strict()
  .parse();

const firmware = join(dirname(fileURLToPath(import.meta.url)), '../firmware');
const elf = join(firmware, 'bench-kernels.elf');
if (!existsSync(elf)) {
  console.error(`${elf} is missing: run npm run build`);
  process.exit(66);
}
const symbols = JSON.parse(readFileSync(join(firmware, 'bench-kernels.symbols.json'), 'utf8')) as Record<
  string,
  string | number
>;
const list = await subjects(new Uint8Array(readFileSync(elf)), Number(symbols.run_kernel), Number(symbols.kernel_done));
for (const kernel of KERNELS) {
  if (args.kernel && !args.kernel.includes(kernel.name)) continue;
  for (const row of await measure(kernel, list, args.pairs)) {
    if (args.json) {
      console.log(JSON.stringify(row));
      continue;
    }
    const ratios = Object.entries(row.ratios).map(([name, ratio]) => `${ratio.toFixed(2)} x ${name}`);
    console.log(
      `${row.kernel.padEnd(10)} ${row.subject.padEnd(12)} ${row.medianMs.toFixed(0).padStart(7)} ms ${row.mips.toFixed(0).padStart(6)} MIPS   ${ratios.join('   ')}`,
    );
  }
}
