import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createVirt } from '../../emulator/boards/virt.ts';
import { parseReport } from '../../monitor/tvmi/report.ts';
import { type Fault, type FaultKind, type Verification, Verifier } from '../../monitor/tvmi/verifier.ts';
import { scenarioNamed } from '../../scenarios/catalogue.ts';
import { type Composition, compose } from '../../scenarios/compose.ts';
import { FirmwareStore } from '../../scenarios/images.ts';
import { override } from '../../scenarios/override.ts';
import { soakSeed } from '../support/soak-seed.ts';

/** Faults of each kind; five kinds. */
const RUNS = 2_400;
const MIB = 2 ** 20;

interface Recorded {
  readonly composition: Composition;
  readonly lines: readonly string[];
}

/** What a real machine sent: heartbeats, standing findings and alarms of several attacks. */
const SESSIONS = [
  'benign.mixed',
  'guest.syscall.hook',
  'guest.dkom.task-unlink',
  'arm64.report.drop',
  'arm64.hcr.clear-vm',
];
let sessions: Recorded[];
/** The same machines in another session: same key, another challenge. */
let earlier: Recorded[];

function record(id: string, session: number): Recorded {
  const scenario = override(scenarioNamed(id), { system: 'tvmi' });
  const composition = compose(scenario, new FirmwareStore(), { session });
  const board = createVirt({
    images: { bios: composition.rom },
    memoryBytes: scenario.memory * MIB,
    seed: scenario.seed,
  });
  while (!board.machine.stopReason) board.machine.run({ maxInstructions: MIB });
  return { composition, lines: board.secureConsole.lines.map(({ text }) => text) };
}

beforeAll(() => {
  sessions = SESSIONS.map((id) => record(id, 0));
  earlier = SESSIONS.map((id) => record(id, 1));
}, 240_000);

/** Judges lines and says which of them were accepted. */
function judge({ composition: { key, nonce } }: Recorded, lines: readonly string[]) {
  const verifier = new Verifier({ key, nonce });
  const accepted = lines.filter((line) => verifier.line(line));
  return { accepted, judged: verifier.end() };
}

const sequenceOf = (line: string): number => {
  const report = parseReport(line);
  if (typeof report === 'string') throw new Error(`a genuine line is ${report}`);
  return report.sequence;
};

/** The fault says what is wrong with that number; `missing` may be said of the session's end as well. */
function names(judged: Verification, kind: FaultKind, sequence: number | undefined): boolean {
  return judged.faults.some((fault: Fault) => fault.kind === kind && fault.sequence === sequence);
}

let seed: number;
beforeAll(() => {
  seed = soakSeed('report channel');
});

const whichLine = fc.record({ session: fc.nat(SESSIONS.length - 1), at: fc.nat() });
const check = <T>(arbitrary: fc.Arbitrary<T>, holds: (value: T) => void) =>
  fc.assert(fc.property(arbitrary, holds), { numRuns: RUNS, seed });

/** A session and one of its lines. */
function pick({ session, at }: { session: number; at: number }) {
  const recorded = sessions[session];
  return { recorded, lines: recorded.lines, at: at % recorded.lines.length };
}

describe(`${5 * RUNS} tampered reports, of real sessions`, () => {
  test('as they were sent, every session is complete', () => {
    for (const [index, recorded] of [...sessions, ...earlier].entries()) {
      const { accepted, judged } = judge(recorded, recorded.lines);
      expect([index, judged.faults, accepted.length]).toEqual([index, [], recorded.lines.length]);
    }
  });

  test('an altered report is not accepted: it is forged, malformed or truncated, and its number is missing', () => {
    const change = fc.record({ line: whichLine, where: fc.nat(), code: fc.integer({ min: 0x20, max: 0x7e }) });
    check(change, ({ line, where, code }) => {
      const { recorded, lines, at } = pick(line);
      const place = where % lines[at].length;
      const bad = lines[at].slice(0, place) + String.fromCharCode(code) + lines[at].slice(place + 1);
      fc.pre(bad !== lines[at]);
      const { accepted, judged } = judge(recorded, lines.with(at, bad));
      expect(accepted).toEqual(lines.toSpliced(at, 1));
      expect(judged.faults.find((fault) => fault.line === at + 1)?.kind).toMatch(/^(forged|malformed|truncated)$/);
      expect(names(judged, 'missing', sequenceOf(lines[at]))).toBe(true);
    });
  });

  test('a replayed report is not accepted a second time, of this session or another', () => {
    const replay = fc.record({ line: whichLine, from: fc.nat(), old: fc.boolean() });
    check(replay, ({ line, from, old }) => {
      const { recorded, lines, at } = pick(line);
      const source = old ? earlier[line.session].lines : lines.slice(0, at + 1);
      const again = source[from % source.length];
      const { accepted, judged } = judge(recorded, lines.toSpliced(at + 1, 0, again));
      expect(accepted).toEqual(lines);
      expect(judged.faults.map(({ kind, line: where, sequence }) => [kind, where, sequence])).toEqual([
        ['replayed', at + 2, sequenceOf(again)],
      ]);
    });
  });

  test('a report that comes too late is not accepted: it is reordered, and was missing', () => {
    const move = fc.record({ line: whichLine, by: fc.nat() });
    check(move, ({ line, by }) => {
      const { recorded, lines, at } = pick(line);
      fc.pre(at < lines.length - 1);
      const to = at + 1 + (by % (lines.length - 1 - at));
      const moved = lines.toSpliced(at, 1).toSpliced(to, 0, lines[at]);
      const { accepted, judged } = judge(recorded, moved);
      expect(accepted).toEqual(lines.toSpliced(at, 1));
      expect(names(judged, 'missing', sequenceOf(lines[at]))).toBe(true);
      expect(names(judged, 'reordered', sequenceOf(lines[at]))).toBe(true);
    });
  });

  test('a report that was cut short is not accepted: it is truncated, and its number is missing', () => {
    const cut = fc.record({ line: whichLine, length: fc.nat() });
    check(cut, ({ line, length }) => {
      const { recorded, lines, at } = pick(line);
      const short = lines[at].slice(0, 1 + (length % (lines[at].length - 1)));
      const { accepted, judged } = judge(recorded, lines.with(at, short));
      expect(accepted).toEqual(lines.toSpliced(at, 1));
      expect(judged.faults.find((fault) => fault.line === at + 1)?.kind).toBe('truncated');
      expect(names(judged, 'missing', sequenceOf(lines[at]))).toBe(true);
    });
  });

  test('dropped reports are missing, each by its number', () => {
    const drop = fc.record({ line: whichLine, count: fc.integer({ min: 1, max: 4 }) });
    check(drop, ({ line, count }) => {
      const { recorded, lines, at } = pick(line);
      const { accepted, judged } = judge(recorded, lines.toSpliced(at, count));
      expect(accepted).toEqual(lines.toSpliced(at, count));
      // With the end gone nothing says how much of it: the first number that did not come is named.
      const gone = lines.slice(at, at + count);
      const named = at + count >= lines.length ? gone.slice(0, 1) : gone;
      for (const lost of named) expect(names(judged, 'missing', sequenceOf(lost))).toBe(true);
      expect(judged.complete).toBe(false);
    });
  });
});
