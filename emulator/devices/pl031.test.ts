import { expect, it } from 'vitest';
import { INSTRUCTIONS_PER_SECOND } from './context.ts';
import { Pl031, Rtc } from './pl031.ts';
import { FakeContext, FakeLine, Port } from './testing.ts';

function bench() {
  const context = new FakeContext();
  const line = new FakeLine();
  const rtc = new Pl031(context, line, 1000);
  return { context, line, rtc, p: new Port(rtc) };
}

it('RTCDR counts seconds of the machine from the epoch, or from what RTCLR loaded (3.3.1, 3.3.3)', () => {
  const { context, p } = bench();
  context.advance(3 * INSTRUCTIONS_PER_SECOND - 1);
  expect(p.get(Rtc.DR)).toBe(1002);
  p.set(Rtc.LR, 50);
  context.advance(1);
  expect(p.get(Rtc.DR)).toBe(51);
});

it('the interrupt comes when the counter meets RTCMR, is masked by RTCIMSC and cleared by RTCICR (3.3.2, 3.3.5-3.3.8)', () => {
  const { context, line, p } = bench();
  p.set(Rtc.MR, 1002);
  context.advance(2 * INSTRUCTIONS_PER_SECOND - 1);
  expect(p.get(Rtc.RIS)).toBe(0);
  context.advance(1);
  expect(p.get(Rtc.RIS)).toBe(1);
  expect(line.level).toBe(false);
  p.set(Rtc.IMSC, 1);
  expect(line.level).toBe(true);
  p.set(Rtc.ICR, 1);
  expect(line.level).toBe(false);
});

it('an unmasked alarm is an event of the machine time; a masked one is none', () => {
  const { context, line, p } = bench();
  p.set(Rtc.MR, 1005);
  expect(context.timeline.next()).toBe(Number.POSITIVE_INFINITY);
  p.set(Rtc.IMSC, 1);
  expect(context.timeline.next()).toBe(5 * INSTRUCTIONS_PER_SECOND);
  context.advance(5 * INSTRUCTIONS_PER_SECOND);
  expect(line.level).toBe(true);
});

it('a snapshot keeps the alarm', () => {
  const { context, line, rtc, p } = bench();
  p.set(Rtc.MR, 1001);
  p.set(Rtc.IMSC, 1);
  const saved = structuredClone(rtc.save());
  rtc.reset();
  rtc.restore(saved);
  context.advance(INSTRUCTIONS_PER_SECOND);
  expect(line.level).toBe(true);
});

it('the identification registers name a PL031 of revision 1, and writes to them are ignored, not a gap (3.3.9, 3.3.10)', () => {
  const { context, p } = bench();
  const identification = (): number[] => Array.from({ length: 8 }, (_, i) => p.get(Rtc.IDENTIFICATION + 4 * i));
  const expected = [0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1];
  expect(identification()).toEqual(expected);
  p.set(Rtc.IDENTIFICATION, 0xdeadbeef);
  expect(identification()).toEqual(expected);
  expect(context.gaps).toEqual([]);
});
