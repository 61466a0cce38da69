import { describe, expect, test } from 'vitest';
import { EVENTS } from './counts.ts';
import { BOUNDS, columnOf, cyclesOf, FREE, PROFILES, priceFor, priceOf, profileNamed } from './profiles.ts';

const A57 = profileNamed('juno-a57')!;
const A53 = profileNamed('juno-a53')!;

describe('prices', () => {
  test.each(PROFILES.flatMap((profile) => profile.prices.map((price) => [profile.name, price.title, price] as const)))(
    '%s, %s: published or an estimate, with its source and a range in order',
    (_profile, _title, price) => {
      expect(['published', 'estimate']).toContain(price.kind);
      expect(price.source).not.toBe('');
      expect(price.low).toBeGreaterThan(0);
      expect(price.low).toBeLessThanOrEqual(price.mid);
      expect(price.mid).toBeLessThanOrEqual(price.high);
    },
  );

  test('only the SMC round trip is published, and with the published figures', () => {
    const published = PROFILES.flatMap(({ name, prices }) =>
      prices.filter(({ kind }) => kind === 'published').map(({ events, low, high }) => [name, ...events, low, high]),
    );
    expect(published).toEqual([
      ['juno-a57', 'exception.smc.el3', 470, 650],
      ['juno-a53', 'exception.smc.el3', 1910, 1990],
    ]);
  });

  test('an estimate that no one else published says that it is ours', () => {
    for (const { prices } of PROFILES) {
      for (const { kind, source } of prices) expect(source.startsWith('ours')).toBe(kind === 'estimate');
    }
  });

  test('every kind of event has a price or a reason why it has none, under every profile', () => {
    const levels = ['el1', 'el2', 'el3'];
    const examples = EVENTS.flatMap(({ name }) =>
      name.startsWith('exception.') ? levels.map((el) => `exception.irq.${el}`) : [name.replaceAll('*', 'x')],
    );
    for (const profile of PROFILES) for (const event of examples) expect(() => priceFor(event, profile)).not.toThrow();
    for (const { reason } of FREE) expect(reason).not.toBe('');
  });

  test('an event without a price is an error, not zero cycles', () => {
    expect(() => priceOf({ 'no.such.event': 1 }, A57)).toThrow('no price for the event no.such.event');
  });
});

describe('the cost of a run', () => {
  const counts = {
    instructions: 1000,
    'exception.smc.el3': 2,
    'exception.fiq.el3': 1,
    'smc.0x84000000': 2,
    'walk.stage2': 3,
  };

  test('is the sum of counts times prices', () => {
    expect(priceOf(counts, A57, 'low').cycles).toBe(1000 + 3 * 470 + 3 * 20);
    expect(priceOf(counts, A57, 'high').cycles).toBe(1000 + 3 * 650 + 3 * 200);
    expect(priceOf(counts, A53, 'low').cycles).toBe(1000 + 3 * 1910 + 3 * 20);
  });

  test('is broken down by event, the dearest first, and the parts add up', () => {
    const { cycles, breakdown } = priceOf(counts, A57, 'low');
    expect(breakdown.map(({ event, cycles: part }) => [event, part])).toEqual([
      ['instructions', 1000],
      ['exception.smc.el3', 940],
      ['exception.fiq.el3', 470],
      ['walk.stage2', 60],
    ]);
    expect(breakdown.reduce((sum, item) => sum + item.cycles, 0)).toBe(cycles);
  });

  test('takes the more exact of two prices that match', () => {
    expect(priceFor('exception.smc.el3', A57)!.kind).toBe('published');
    expect(priceFor('exception.fiq.el3', A57)!.kind).toBe('estimate');
  });

  test('has a column for each profile and bound, in alphabetical order', () => {
    const columns = cyclesOf(counts);
    expect(Object.keys(columns)).toEqual([...Object.keys(columns)].sort());
    expect(Object.keys(columns)).toHaveLength(PROFILES.length * BOUNDS.length);
    expect(columns[columnOf(A57, 'low')]).toBe(2470);
  });
});
