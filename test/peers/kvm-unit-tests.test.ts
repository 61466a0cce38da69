/**
 * The arm64 images of kvm-unit-tests, unmodified, where they have been built: RINGWARDEN_KVM_UNIT_TESTS names the folder of
 * the `.flat` files. Each runs with the CPUs, memory and arguments of the suite's own list, on a board without EL3 and EL2, as
 * the suite expects it. A test may fail here only where it is said why.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createVirt } from '../../emulator/boards/virt.ts';

const folder = process.env.RINGWARDEN_KVM_UNIT_TESTS ?? '';

interface Case {
  readonly file: string;
  readonly args: string;
  readonly cpus?: number;
  readonly memoryMib?: number;
  /** Reports that must be there; at least one without it. */
  readonly passes?: number;
  /** Every report is SKIP: the suite asks the CPU, which does not claim it. */
  readonly skipped?: true;
  /** Reports that fail, and why they may. */
  readonly fails?: Readonly<Record<string, string>>;
}

const NO_EVENTS = { skipped: true } as const;

const CASES: readonly Case[] = [
  { file: 'selftest', args: 'setup smp=2 mem=256', cpus: 2, memoryMib: 256, passes: 2 },
  { file: 'selftest', args: 'vectors-kernel', passes: 3 },
  { file: 'selftest', args: 'vectors-user', passes: 2 },
  { file: 'selftest', args: 'smp', cpus: 4 },
  { file: 'gic', args: 'mmio', cpus: 8, passes: 16 },
  {
    file: 'gic',
    args: 'mmio',
    passes: 15,
    fails: {
      'gicv2: mmio: ITARGETSR: register content preserved': 'RAZ/WI with one CPU (IHI 0048 4.3.12); on QEMU too',
      'gicv2: mmio: ITARGETSR: byte writes successful': 'the same',
    },
  },
  { file: 'gic', args: 'mmio', cpus: 3, passes: 17 },
  { file: 'gic', args: 'active', cpus: 8 },
  { file: 'gic', args: 'ipi', cpus: 8, passes: 3 },
  { file: 'psci', args: '', cpus: 4, passes: 4 },
  { file: 'timer', args: '', passes: 18 },
  { file: 'cache', args: '' },
  { file: 'spinlock-test', args: '', cpus: 4, passes: 4 },
  { file: 'debug', args: 'bp', passes: 6 },
  { file: 'debug', args: 'wp', passes: 8 },
  { file: 'debug', args: 'ss' },
  { file: 'fpu', args: '', cpus: 2, passes: 2 },
  { file: 'pmu', args: 'cycle-counter 0', passes: 2 },
  {
    file: 'pmu',
    args: 'pmu-event-introspection',
    passes: 0,
    fails: {
      'pmu: pmu-event-introspection: Check required events are implemented':
        'PMCEID0_EL0 claims no INST_SPEC or memory events, nor are they counted; on QEMU too',
    },
  },
  { file: 'pmu', args: 'pmu-event-counter-config', passes: 3 },
  { file: 'pmu', args: 'pmu-sw-incr', passes: 4 },
  { file: 'pmu', args: 'pmu-chained-counters', passes: 6 },
  { file: 'pmu', args: 'pmu-chained-sw-incr', passes: 2 },
  { file: 'pmu', args: 'pmu-basic-event-count', ...NO_EVENTS },
  { file: 'pmu', args: 'pmu-mem-access', ...NO_EVENTS },
  { file: 'pmu', args: 'pmu-chain-promotion', ...NO_EVENTS },
  { file: 'pmu', args: 'pmu-overflow-interrupt', ...NO_EVENTS },
];

const SLICE = 1_000_000;
const LONGEST_RUN = 20e9;
const TIMEOUT_MS = 500_000;

/** Reports by kind: what follows `PASS: `, `FAIL: ` and `SKIP: `. */
function reports(text: string, kind: 'PASS' | 'FAIL' | 'SKIP'): string[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith(`${kind}: `))
    .map((line) => line.slice(kind.length + 2));
}

function run({ file, args, cpus = 1, memoryMib = 128 }: Case): string {
  const kernel = new Uint8Array(readFileSync(join(folder, `${file}.flat`)));
  const board = createVirt({
    images: { kernel, append: args },
    memoryBytes: memoryMib << 20,
    cpus,
    secure: false,
    virtualization: false,
    seed: 1,
  });
  const { machine } = board;
  while (!machine.stopReason && machine.instructions < LONGEST_RUN) machine.run({ maxInstructions: SLICE });
  return board.console.text;
}

describe.skipIf(!existsSync(join(folder, 'selftest.flat')))('kvm-unit-tests', () => {
  test.each(CASES.map((it) => [`${it.file} ${it.args}, ${it.cpus ?? 1} CPUs`, it] as const))(
    '%s',
    (_, it) => {
      const text = run(it);
      expect(reports(text, 'FAIL')).toEqual(Object.keys(it.fails ?? {}));
      if (it.skipped) expect(reports(text, 'SKIP').length).toBeGreaterThan(0);
      else expect(reports(text, 'PASS').length).toBeGreaterThanOrEqual(it.passes ?? 1);
      // A run that hangs or dies says no summary.
      expect(text).toMatch(/^SUMMARY: \d+ test/m);
    },
    TIMEOUT_MS,
  );
});
