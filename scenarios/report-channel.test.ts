import { expect, test } from 'vitest';
import { reportMac } from '../monitor/tvmi/verifier.ts';
import { ReportChannel } from './report-channel.ts';

const key = new Uint8Array(32).fill(7);
const NONCE = Uint8Array.from({ length: 16 }, (_, i) => (i < 4 ? 4 - i : 0));
const NONCE_TEXT = '04030201000000000000000000000000';

function signed(sequence: number, rest: string, nonce = NONCE_TEXT): string {
  const text = `RPT1 ${sequence.toString(16).padStart(8, '0')} ${nonce} ${rest}`;
  return `${text} ${reportMac(key, text)}`;
}

const channel = () => new ReportChannel({ key, nonce: NONCE, longestSilence: 0x1000 });

test('an alarm is stamped with the time of its line, and a quiet report is none', () => {
  const reports = channel();
  expect(reports.line({ text: signed(0, 'el3 boot t=1'), time: 10 })).toBeUndefined();
  expect(reports.line({ text: signed(1, 'el3 el2.vttbr.denied t=2,value=3'), time: 25 })).toBe(
    'el3 reports el2.vttbr.denied',
  );
  reports.line({ text: signed(2, 'el3 bye t=3'), time: 40 });
  expect(reports.end(50)).toEqual([
    { id: 'el2.vttbr.denied', component: 'el3', instruction: 25, cycles: {}, cause: 't=2, value=3' },
  ]);
});

test('what is wrong with the channel is an alarm of the verifier', () => {
  const reports = channel();
  reports.line({ text: signed(0, 'el3 boot t=1'), time: 10 });
  reports.line({ text: `${signed(1, 'agent ok t=2,poll=1').slice(0, -1)}0`, time: 20 });
  const alarms = reports.end(99);
  expect(alarms.map(({ id, component, instruction }) => [id, component, instruction])).toEqual([
    ['channel.forged', 'verifier', 20],
    ['channel.missing', 'verifier', 99],
  ]);
});

test('a heartbeat that comes too late is missing', () => {
  const reports = channel();
  reports.line({ text: signed(0, 'el3 boot t=1'), time: 10 });
  reports.line({ text: signed(1, 'el3 bye t=2000'), time: 20 });
  expect(reports.end(30).map((alarm) => alarm.id)).toEqual(['channel.missing']);
});
