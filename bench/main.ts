/**
 * `npm run bench`: the same kernels here and on each peer that is installed, interleaved in one run. Quoted are medians, and ratios
 * pair by pair, because the machine's own speed drifts. `docs/bench.md` says how to read them.
 */

import { existsSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import { prepareWasm } from '../cli/wasm-features.ts';
import { Unicorn } from '../peers/unicorn.ts';
import { lineOf, type Pair, type Row, rowsOf } from './figures.ts';
import { KERNELS, type Kernel, RESULT_MASK, UNEXPECTED } from './kernels.ts';
import { nativeUnicorn } from './native-unicorn.ts';
import { ours } from './ours.ts';
import { SNAPSHOT, snapshotRow } from './snapshot.ts';
import type { Subject } from './subject.ts';
import { systemQemu } from './system-qemu.ts';

const here = dirname(fileURLToPath(import.meta.url));

function fail(message: string): never {
  console.error(message);
  process.exit(66);
}

function readImage(): { image: Uint8Array; symbols: Record<string, string | number> } {
  const firmware = join(here, '../firmware');
  const elf = join(firmware, 'bench-kernels.elf');
  if (!existsSync(elf)) fail(`${elf} is missing: run npm run build`);
  return {
    image: new Uint8Array(readFileSync(elf)),
    symbols: JSON.parse(readFileSync(join(firmware, 'bench-kernels.symbols.json'), 'utf8')),
  };
}

async function subjects({ image, symbols }: ReturnType<typeof readImage>, version: string): Promise<Subject[]> {
  const list = [ours(image, version, false), ours(image, version, true)];
  try {
    (await Unicorn.open()).close();
    list.push(nativeUnicorn(image, Number(symbols.run_kernel), Number(symbols.kernel_done)));
  } catch (error) {
    console.error(`without Unicorn: ${(error as Error).message}`);
  }
  const qemu = systemQemu(image);
  if (qemu) list.push(qemu);
  else console.error("without QEMU: install Debian's package qemu-system-arm");
  return list;
}

async function measure(kernel: Kernel, list: readonly Subject[], pairs: number): Promise<Row[]> {
  const runs = new Map<Subject, Pair[]>();
  for (const subject of list) {
    const reason = subject.absent(kernel);
    if (reason === undefined) runs.set(subject, []);
    else console.error(`${kernel.name} without ${subject.name}: ${reason}`);
  }
  const lengths = [Math.ceil(kernel.rounds / 4), kernel.rounds];
  const expected: (bigint | undefined)[] = [undefined, undefined];
  for (let i = 0; i < pairs; i++) {
    for (const [subject, mine] of runs) {
      const [quarter, whole] = [await subject.run(kernel, lengths[0]), await subject.run(kernel, lengths[1])];
      [quarter, whole].forEach(({ result }, length) => {
        if (result === UNEXPECTED) fail(`${subject.name} took an exception that ${kernel.name} does not ask for`);
        expected[length] ??= result & RESULT_MASK;
        if ((result & RESULT_MASK) !== expected[length])
          fail(`${subject.name} computes something else for ${kernel.name}`);
      });
      mine.push({ quarter, whole });
    }
  }
  return rowsOf(kernel, runs);
}

prepareWasm();
const args = await yargs(hideBin(process.argv))
  .option('pairs', { type: 'number', default: 5, describe: 'runs of each kernel on each engine' })
  .option('kernel', {
    type: 'array',
    string: true,
    choices: [...KERNELS.map((k) => k.name), SNAPSHOT],
    describe: 'only these kernels',
  })
  .option('json', { type: 'boolean', default: false, describe: 'JSON Lines for a history file instead of a table' })
  .check(({ pairs }) => (Number.isInteger(pairs) && pairs > 0) || '--pairs is a number from 1 up')
  .strict()
  .parse();

const { version } = JSON.parse(readFileSync(join(here, '../../package.json'), 'utf8')) as { version: string };
const firmware = readImage();
const list = await subjects(firmware, version);
const provenance = {
  date: new Date().toISOString(),
  versions: { node: process.versions.node, ...Object.fromEntries(list.map((s) => [s.name, s.version])) },
  machine: { cpu: cpus()[0]?.model ?? 'unknown', cpus: cpus().length },
};
if (!args.json)
  console.log(
    'kernel           engine      whole run  with warm-up, steady    times as fast as: a quarter of the rounds/all/steady',
  );
const wanted = (name: string): boolean => args.kernel?.includes(name) ?? true;
const print = (row: Row): void => console.log(args.json ? JSON.stringify({ ...provenance, ...row }) : lineOf(row));
for (const kernel of KERNELS) if (wanted(kernel.name)) (await measure(kernel, list, args.pairs)).forEach(print);
if (wanted(SNAPSHOT)) print(snapshotRow(firmware.image, args.pairs));
