import { describe, expect, test } from 'vitest';
import { believesForeign, type ChannelView, channelTruth, lacksSent } from './channel.ts';
import { alarming, closing, telling, whitewashed } from './relay.ts';
import type { MachineView } from './truth.ts';

const MAC = 'ab'.repeat(32);
const line = (sequence: number, rest: string) =>
  `RPT1 ${sequence.toString(16).padStart(8, '0')} ${'0'.repeat(32)} ${rest} ${MAC}`;

function channel(sent: string[], believed: string[], foreign: string[] = [], delivered = believed): ChannelView {
  return { sent, delivered, believed, foreign };
}

describe('what the operator believes, against what was sent', () => {
  test('an untouched wire is neither lacking nor foreign', () => {
    const sound = channel(['a', 'b', 'a'], ['a', 'b', 'a']);
    expect([believesForeign(sound), lacksSent(sound)]).toEqual([false, false]);
  });

  test('a line that is believed less often than it was sent is lacking', () => {
    expect(lacksSent(channel(['a', 'a'], ['a']))).toBe(true);
    expect(lacksSent(channel(['a'], ['a', 'c']))).toBe(false);
  });
});

describe('ground truth of a channel', () => {
  const conclude = (view: ChannelView | undefined, attackDue = true) =>
    channelTruth(believesForeign)
      .observe()
      .conclude({ channel: view, attackDue, firstHostileInstruction: 1, refusals: [] } as unknown as MachineView);

  test('tells reached, tampered in vain, and untouched apart', () => {
    expect(conclude(channel(['a'], ['x'], ['x']))).toBe('succeeded');
    expect(conclude(channel(['a'], [], [], ['x']))).toBe('blocked');
    expect(conclude(channel(['a'], ['a']))).toBe('no-effect');
  });

  test('says nothing before the attack is due, or where nothing is reported', () => {
    expect(conclude(channel(['a'], ['x'], ['x']), false)).toBe('no-effect');
    expect(conclude(undefined)).toBe('no-effect');
  });
});

describe("a carrier's reading of a line", () => {
  test('tells alarms, standing findings, heartbeats and the end apart', () => {
    const read = (text: string) => [telling(text), alarming(text), closing(text)];
    expect(read(line(3, 'agent guest.text t=5,vm=1,offset=0'))).toEqual([true, true, false]);
    expect(read(line(4, 'agent open t=6,poll=2,findings=1'))).toEqual([true, false, false]);
    expect(read(line(5, 'agent ok t=7,poll=3,tasks=2'))).toEqual([false, false, false]);
    expect(read(line(6, 'el3 bye t=8'))).toEqual([false, false, true]);
    expect(read('vmm: check: kernel text of guest 0 was changed')).toEqual([true, true, false]);
    expect(read('vmm: check: kernel text of guest 0 is sound')).toEqual([false, false, false]);
  });

  test('a rewritten line keeps number, nonce, time and MAC, and tells of nothing', () => {
    const rewritten = whitewashed(line(3, 'agent guest.text t=5,vm=1,offset=0'));
    expect(rewritten).toBe(line(3, 'agent ok t=5,poll=00000003,tasks=1'));
    expect(telling(rewritten)).toBe(false);
    expect(whitewashed('kernel text was changed')).toBe('kernel text is sound');
    expect(telling('hostvmi: alarm guest.text vm=0,offset=0')).toBe(true);
    expect(whitewashed('hostvmi: alarm guest.text vm=0,offset=0')).toBe('hostvmi: watches guest 0');
  });
});
