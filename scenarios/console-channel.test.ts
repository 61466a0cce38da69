import { expect, test } from 'vitest';
import { ConsoleChannel } from './console-channel.ts';

const ALARM = 'hostvmi: alarm guest.text guest=0,offset=2810';

test('an alarm line is believed, with the time at which it came', () => {
  const channel = new ConsoleChannel();
  expect(channel.line({ text: 'vmm: 2 guests start', time: 10 })).toBeUndefined();
  expect(channel.line({ text: ALARM, time: 25 })).toBe('hostvmi reports guest.text');
  expect(channel.end()).toEqual([
    { id: 'guest.text', component: 'hostvmi', instruction: 25, cycles: {}, cause: 'guest=0, offset=2810' },
  ]);
});

test('a guest that prints the same words is not: its lines have its prefix', () => {
  const channel = new ConsoleChannel();
  channel.line({ text: `g0: ${ALARM}`, time: 10 });
  expect(channel.end()).toEqual([]);
});

test('silence is no alarm: nothing is missed where a line is left out', () => {
  expect(new ConsoleChannel().end()).toEqual([]);
});
