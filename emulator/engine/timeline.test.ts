import { expect, it } from 'vitest';
import { Timeline } from './timeline.ts';

it('events fire in the order of their times, and of their scheduling where times are equal', () => {
  const t = new Timeline();
  const seen: string[] = [];
  t.at(20, () => seen.push('c'));
  t.at(10, () => seen.push('a'));
  t.at(10, () => seen.push('b'));
  t.advanceTo(15);
  t.fire();
  expect(seen).toEqual(['a', 'b']);
  expect(t.next()).toBe(20);
});

it('a cancelled event does not fire', () => {
  const t = new Timeline();
  let fired = false;
  t.cancel(
    t.at(5, () => {
      fired = true;
    }),
  );
  t.advanceTo(9);
  t.fire();
  expect(fired).toBe(false);
});

it('tells when an event comes before all others, so that a running slice can end in time', () => {
  const t = new Timeline();
  const earlier: number[] = [];
  t.onEarlier = (time) => earlier.push(time);
  t.at(30, () => {});
  t.at(40, () => {});
  t.at(10, () => {});
  expect(earlier).toEqual([30, 10]);
});

it('time within a slice counts the instructions started', () => {
  const t = new Timeline();
  t.advanceTo(100);
  t.elapsed = () => 7;
  expect(t.now()).toBe(107);
});
