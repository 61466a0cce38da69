import { describe, expect, test } from 'vitest';
import { secureWords, truth } from '../../attacks/arm64.smc.fuzz/truth.ts';
import { type Refusal, symbol } from '../../attacks/truth.ts';
import { createVirt, type VirtBoard } from '../../emulator/boards/virt.ts';
import { verifyReports } from '../../monitor/tvmi/verifier.ts';
import { scenarioNamed } from '../../scenarios/catalogue.ts';
import { type Composition, compose } from '../../scenarios/compose.ts';
import { FirmwareStore } from '../../scenarios/images.ts';
import { viewOf } from '../../scenarios/machine-view.ts';
import { dueFor, type SecureCall } from '../support/secure-calls.ts';
import { soakSeed } from '../support/soak-seed.ts';

/** Where the payload writes its calls down: five words each. */
const LOG = 0x4110_0000;
const CALL_BYTES = 40;
/** Normal memory that nobody uses. */
const FREE = 0x4700_0008;
const MIB = 2 ** 20;
const PIECE = 50_000_000;
/** Instructions that a call may take at the most, on average, with its report: the watchdog. */
const PER_CALL = 60_000;

function callsOf(board: VirtBoard, count: number): SecureCall[] {
  const bytes = board.machine.phys.peek(LOG, count * CALL_BYTES);
  const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) => {
    const at = (word: number) => index * CALL_BYTES + word * 8;
    const x = [0, 1, 2, 3].map((word) => words.getBigUint64(at(word), true));
    return { x: x as [bigint, bigint, bigint, bigint], answer: words.getBigInt64(at(4), true) };
  });
}

/** Runs so many malformed calls to the end of the run, or of the watchdog's patience. */
function run(seed: number, attackRounds: number, cpus: number): { board: VirtBoard; composition: Composition } {
  const scenario = { ...scenarioNamed('arm64.smc.fuzz'), seed, attackRounds, cpus };
  const composition = compose(scenario, new FirmwareStore());
  const board = createVirt({ images: { bios: composition.rom }, memoryBytes: scenario.memory * MIB, cpus, seed });
  const { machine } = board;
  const patience = PER_CALL * attackRounds + 100_000_000;
  while (!machine.stopReason && machine.instructions < patience) machine.run({ maxInstructions: PIECE });
  return { board, composition };
}

function judge({ board, composition }: ReturnType<typeof run>, count: number): void {
  const { machine } = board;
  // No hang: the machine powered itself off, and both guests did their work after the calls.
  expect(machine.stopReason).toMatchObject({ kind: 'exit', code: 0 });
  const console = board.console.lines.map(({ text }) => text);
  expect(console).toEqual(expect.arrayContaining([0, 1].map((guest) => `vmm: guest ${guest} shut down, code 0`)));
  expect(console).toContain('vmm: module payload: returned 0');

  // No alarm missed, and none without a cause: what the calls deserve, in their order, is what the verifier believes.
  const calls = callsOf(board, count);
  const refusals: Refusal[] = [{ time: 1, level: 3, kind: 'secure-call' }];
  const progress = { firstHostileInstruction: 1, attackDue: true, refusals, channel: undefined };
  const view = viewOf(machine, composition.images, progress);
  const stage1Root = view.cpus[0].register('TTBR0_EL2');
  const due = calls.map((call) => ({ call, due: dueFor(call, stage1Root) }));
  expect(due.filter((one) => !one.due.answers.includes(one.call.answer)).slice(0, 5)).toEqual([]);
  const { key, nonce } = composition;
  const reports = verifyReports(board.secureConsole.text, { key, nonce });
  expect(reports.faults.slice(0, 5)).toEqual([]);
  const expected = due.map((one) => one.due.alarm).filter((alarm) => alarm !== undefined);
  expect(reports.alarms.map(({ id }) => id)).toEqual(expected);
  // What EL3 itself counted agrees.
  const denials = Number.parseInt(reports.reports.at(-1)!.values.denials, 16);
  expect(denials).toBe(expected.filter((alarm) => alarm !== 'el2.fault').length);

  // No leak: nothing of secure memory in normal memory; nothing but a status came back in a register.
  expect(truth.observe().conclude(view)).toBe('blocked');
  const learnt = view.peek(Number(symbol(composition.images.get('payload')!, 'learnt')), 8 * 512);
  expect(learnt.every((byte) => byte === 0)).toBe(true);
  // The search does find what is there: one word of the agent's own, put into free memory.
  const [word] = secureWords(view);
  machine.phys.poke(FREE, Uint8Array.from(Buffer.from(word, 'hex')));
  expect(truth.observe().conclude(view)).toBe('succeeded');
}

describe('malformed secure calls leak nothing, hang nothing, and each that policy refuses is reported', () => {
  test.each([
    [100_000, 1],
    [10_000, 2],
  ])('%i of them, on %i CPUs', (count, cpus) => {
    const finished = run(soakSeed(`secure calls, ${cpus} CPUs`), count, cpus);
    judge(finished, count);
    console.log(`${count} calls in ${finished.board.machine.instructions} instructions`);
  });
});
