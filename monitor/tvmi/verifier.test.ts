import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseReport } from './report.ts';
import type { FaultKind, Session, Verification } from './verifier.ts';
import { reportMac, Verifier, verifyReports } from './verifier.ts';

const KEY = new TextEncoder().encode('a key of thirty-two bytes length');
const NONCE = Uint8Array.from({ length: 16 }, (_, i) => i * 17);
const NONCE_TEXT = '00112233445566778899aabbccddeeff';
const SESSION: Session = { key: KEY, nonce: NONCE };

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** A genuine line, signed here by node:crypto without the code under test. */
function line(sequence: number, id: string, values: string, nonce = NONCE_TEXT, key: Uint8Array = KEY): string {
  const signed = `RPT1 ${hex(sequence, 8)} ${nonce} agent ${id} ${values}`;
  return `${signed} ${createHmac('sha256', key).update(signed).digest('hex')}`;
}

function session(nonce = NONCE_TEXT): string[] {
  return [
    line(0, 'boot', 't=1,vmm=abcd', nonce),
    line(1, 'ok', 't=10,poll=1', nonce),
    line(2, 'guest.syscall-table', 't=20,vm=1,entry=2', nonce),
    line(3, 'ok', 't=30,poll=3', nonce),
    line(4, 'bye', 't=40', nonce),
  ];
}

function verify(lines: readonly string[], options: Session = SESSION): Verification {
  return verifyReports(`${lines.join('\n')}\n`, options);
}

function kinds(result: Verification): FaultKind[] {
  return result.faults.map((fault) => fault.kind);
}

describe('reportMac', () => {
  it('is HMAC-SHA256: RFC 4231, test case 2', () => {
    expect(reportMac(new TextEncoder().encode('Jefe'), 'what do ya want for nothing?')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });
});

describe('a genuine session', () => {
  it('is complete, and its findings are its alarms', () => {
    const result = verify(session());
    expect(result.faults).toEqual([]);
    expect(result.complete).toBe(true);
    expect(result.reports.map((report) => report.id)).toEqual(['boot', 'ok', 'guest.syscall-table', 'ok', 'bye']);
    expect(result.alarms.map((alarm) => [alarm.id, alarm.line, alarm.values.entry])).toEqual([
      ['guest.syscall-table', 3, '2'],
    ]);
  });

  it('an open finding beats as a heart does, and raises no second alarm', () => {
    const lines = session();
    lines[3] = line(3, 'open', 't=30,poll=3,findings=1');
    expect(verify(lines).alarms).toHaveLength(1);
    lines[3] = line(3, 'open', 't=30,poll=1,findings=1');
    expect(kinds(verify(lines))).toEqual(['malformed']);
  });

  it('may be mixed with lines of the secure console, which are kept apart', () => {
    const lines = session();
    lines.splice(1, 0, 'agent: 4 tasks in vm 1');
    const result = verify(lines);
    expect(result.complete).toBe(true);
    expect(result.console).toEqual(['agent: 4 tasks in vm 1']);
  });

  it('may end its lines by CR LF', () => {
    expect(verifyReports(`${session().join('\r\n')}\r\n`, SESSION).complete).toBe(true);
  });
});

describe('the channel under attack', () => {
  it('a changed value is forged, and its number is missing too', () => {
    const lines = session();
    lines[2] = lines[2]!.replace('entry=2', 'entry=3');
    const result = verify(lines);
    expect(kinds(result)).toEqual(['forged', 'missing']);
    expect(result.alarms).toEqual([]);
  });

  it('a line signed with another key is forged', () => {
    const lines = session();
    lines[1] = line(1, 'ok', 't=10,poll=1', NONCE_TEXT, new Uint8Array(32));
    expect(kinds(verify(lines))).toContain('forged');
  });

  it('a dropped report is missing, by number', () => {
    const lines = session();
    lines.splice(2, 1);
    expect(verify(lines).faults).toEqual([
      { kind: 'missing', line: 3, sequence: 2, detail: 'report 2 did not come before report 3' },
    ]);
  });

  it('a report sent twice is replayed the second time', () => {
    const lines = session();
    lines.splice(3, 0, lines[2]!);
    const result = verify(lines);
    expect(kinds(result)).toEqual(['replayed']);
    expect(result.alarms).toHaveLength(1);
  });

  it('a report of another session is replayed', () => {
    const lines = session();
    lines[1] = session('ffeeddccbbaa99887766554433221100')[1]!;
    expect(kinds(verify(lines))).toEqual(['replayed', 'missing']);
  });

  it('a whole session of yesterday is accepted without a nonce, and refused with one', () => {
    const yesterday = session('00000000000000000000000000000000');
    expect(verify(yesterday, { key: KEY }).complete).toBe(true);
    expect(verify(yesterday).reports).toEqual([]);
    expect(new Set(kinds(verify(yesterday)))).toEqual(new Set(['replayed', 'missing']));
  });

  it('exchanged reports: the later one leaves a gap, the earlier one is reordered and not accepted', () => {
    const lines = session();
    [lines[2], lines[3]] = [lines[3]!, lines[2]!];
    const result = verify(lines);
    expect(kinds(result)).toEqual(['missing', 'reordered']);
    expect(result.reports.map((report) => report.sequence)).toEqual([0, 1, 3, 4]);
  });

  it('a session without `bye` is missing its end', () => {
    expect(verify(session().slice(0, 4)).faults).toEqual([
      { kind: 'missing', line: 5, sequence: 4, detail: 'the session does not end with `bye`' },
    ]);
  });

  it('an empty channel is missing its end', () => {
    expect(kinds(verifyReports('', SESSION))).toEqual(['missing']);
  });

  it('a last line without its line end is truncated', () => {
    const text = session().join('\n');
    expect(kinds(verifyReports(text, SESSION))).toEqual(['truncated', 'missing']);
    expect(kinds(verifyReports(text.slice(0, -10), SESSION))).toEqual(['truncated', 'missing']);
  });

  it('a line cut short in the middle of the session is truncated', () => {
    const lines = session();
    lines[1] = lines[1]!.slice(0, 70);
    expect(kinds(verify(lines))).toEqual(['truncated', 'missing']);
  });

  it('text that is no report is malformed', () => {
    expect(kinds(verify([...session().slice(0, 1), 'hello', ...session().slice(1)]))).toEqual(['malformed']);
  });

  it('silence beyond what was agreed is missing heartbeats', () => {
    const timed = { ...SESSION, longestSilence: 0x10 };
    expect(verify(session(), timed).complete).toBe(true);
    const lines = session();
    lines[3] = line(3, 'ok', 't=31,poll=3');
    expect(verify(lines, timed).faults).toEqual([
      { kind: 'missing', line: 4, sequence: 3, detail: 'no heartbeat for 17 ticks, at most 16 agreed' },
    ]);
  });

  it.each([
    ['a heartbeat that repeats its poll number', 3, line(3, 'ok', 't=30,poll=1')],
    ['a heartbeat without poll number', 3, line(3, 'ok', 't=30')],
    ['a time that runs backwards', 3, line(3, 'ok', 't=1f,poll=3')],
    ['a report without time', 3, line(3, 'ok', 'poll=3')],
    ['a second boot', 3, line(3, 'boot', 't=30')],
    ['a first report that is not boot', 0, line(0, 'ok', 't=1,poll=1')],
    ['a key that comes twice', 1, line(1, 'ok', 't=10,poll=1,poll=1')],
  ])('%s is malformed though its MAC fits', (_, index, bad) => {
    const lines = session();
    lines[index] = bad;
    expect(kinds(verify(lines))).toContain('malformed');
  });

  it('a report after bye is malformed', () => {
    expect(kinds(verify([...session(), line(5, 'bye', 't=50')]))).toEqual(['malformed']);
  });

  it('a genuine jump of the counter names a bounded number of gaps', () => {
    const result = verify([line(0, 'boot', 't=1'), line(0xffffffff, 'bye', 't=2')]);
    expect(result.faults.length).toBeLessThanOrEqual(1024);
    expect(result.complete).toBe(false);
  });
});

describe("the verifier's own clock", () => {
  const timed = { ...SESSION, longestSilence: 0x10 };
  const lines = session();

  it('notices once that a report is overdue, before any other comes', () => {
    const verifier = new Verifier(timed);
    verifier.line(lines[0]!, true, 100);
    expect([verifier.look(116), verifier.look(117), verifier.look(500)]).toEqual([false, true, false]);
    expect(verifier.end().faults).toEqual([
      {
        kind: 'missing',
        line: 2,
        sequence: 1,
        detail: 'no report for more than the 16 ticks agreed',
        noticed: 117,
      },
      { kind: 'missing', line: 2, sequence: 1, detail: 'the session does not end with `bye`' },
    ]);
  });

  it('is not quieted by lines that are not genuine', () => {
    const verifier = new Verifier(timed);
    verifier.line(lines[0]!, true, 100);
    verifier.line(lines[1]!.replace('poll=1', 'poll=2'), true, 110);
    expect(verifier.look(117)).toBe(true);
  });

  it('holds back no later judgement: a report that was kept back is overdue although its own time fits', () => {
    const verifier = new Verifier(timed);
    for (const [index, at] of [100, 110, 200, 210, 215].entries()) verifier.line(lines[index]!, true, at);
    const { faults } = verifier.end();
    expect(faults.map(({ kind, noticed }) => [kind, noticed])).toEqual([['missing', 200]]);
  });

  it('stops with the session, and is not asked where there is none', () => {
    const verifier = new Verifier(timed);
    expect(verifier.look(1_000)).toBe(false);
    for (const text of lines) verifier.line(text, true, 100);
    expect([verifier.look(10_000), verifier.end().complete]).toEqual([false, true]);
  });
});

describe('any change at all', () => {
  it('of one character is noticed, and no alarm is invented', () => {
    const text = `${session().join('\n')}\n`;
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.integer({ min: 0x20, max: 0x7e }), (at, code) => {
        const character = String.fromCharCode(code);
        fc.pre(text[at] !== character);
        const result = verifyReports(text.slice(0, at) + character + text.slice(at + 1), SESSION);
        return !result.complete && result.alarms.length <= 1;
      }),
      { numRuns: 2000 },
    );
  });

  it('of the order, number or length of lines is noticed', () => {
    const genuine = session();
    fc.assert(
      fc.property(fc.array(fc.nat(genuine.length - 1), { maxLength: 8 }), (order) => {
        const same = order.length === genuine.length && order.every((from, to) => from === to);
        return verify(order.map((from) => genuine[from]!)).complete === same;
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseReport', () => {
  it('reads each field', () => {
    expect(parseReport(line(0x1a, 'el2.vttbr.denied', 't=7,value=4080a000'))).toMatchObject({
      sequence: 0x1a,
      nonce: NONCE_TEXT,
      component: 'agent',
      id: 'el2.vttbr.denied',
      values: { t: '7', value: '4080a000' },
    });
  });

  it('every proper prefix of a report is truncated, not malformed', () => {
    const whole = line(3, 'ok', 't=30,poll=3');
    for (let length = 1; length < whole.length; length++) {
      expect(parseReport(whole.slice(0, length))).toBe('truncated');
    }
  });
});
