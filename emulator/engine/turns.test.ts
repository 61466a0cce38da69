import { expect, it } from 'vitest';
import { Random } from './turns.ts';

it('one seed gives one sequence, another seed another', () => {
  const take = (seed: number): number[] => {
    const random = new Random(seed);
    return Array.from({ length: 8 }, () => random.next());
  };
  expect(take(1)).toEqual(take(1));
  expect(take(1)).not.toEqual(take(2));
  expect(take(2 ** 40)).not.toEqual(take(0));
});

it('numbers below a bound reach every value and never the bound', () => {
  const random = new Random(7);
  const seen = new Set(Array.from({ length: 1000 }, () => random.below(5)));
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
});

it('a saved state goes on with the same numbers', () => {
  const random = new Random(3);
  random.next();
  const state = random.save();
  const expected = [random.next(), random.next()];
  random.restore(state);
  expect([random.next(), random.next()]).toEqual(expected);
});
