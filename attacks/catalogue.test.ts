import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SYSTEMS, systemNamed } from '../monitor/index.ts';
import { COMMON_REASONS } from './common-rules.ts';
import { ATTACKS, attackNamed } from './index.ts';
import { type AttackRecord, expectationFor } from './record.ts';
import { ATTACK_VERSION, TECHNIQUES } from './techniques.ts';

const records = ATTACKS.map(({ record }) => [record.id, record] as const);

test("each variant's relay belongs to a variant of the record", () => {
  for (const { record, relays = {} } of ATTACKS) {
    expect(record.variants.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(relays)));
  }
});

test('an attack is found by its id alone', () => {
  expect(attackNamed('arm64.vttbr.swap')?.record.id).toBe('arm64.vttbr.swap');
  expect(attackNamed('arm64.vttbr')).toBeUndefined();
  expect(new Set(records.map(([id]) => id)).size).toBe(records.length);
});

test('every ablation of every system lets some attack through', () => {
  const unlocks = records.flatMap(([, record]) =>
    record.unlockedBy.map((unlock) => `${unlock.system} ${unlock.ablation}`),
  );
  const ablations = SYSTEMS.flatMap(({ name, ablations }) => ablations.map((ablation) => `${name} ${ablation.name}`));
  expect(ablations.filter((ablation) => !unlocks.includes(ablation))).toEqual([]);
});

test('a reason that several records give stands in the table of common rules, and every rule of it serves several records', () => {
  const places = new Map<string, number>();
  for (const [, { expectations }] of records)
    for (const reason of new Set(expectations.map((expectation) => expectation.reason)))
      places.set(reason, (places.get(reason) ?? 0) + 1);
  const repeated = [...places].filter(([, times]) => times > 1).map(([reason]) => reason);
  expect(repeated.sort()).toEqual(COMMON_REASONS.toSorted());
});

describe.each(records)('%s', (id, record) => {
  test('has a folder of its name with a source for each payload', () => {
    for (const { payload } of record.variants) {
      expect(existsSync(join(import.meta.dirname, id, `${payload}.c`)), payload).toBe(true);
    }
  });

  test('names its technique as ATT&CK does', () => {
    expect([record.attack.name, record.attack.version]).toEqual([TECHNIQUES[record.attack.id], ATTACK_VERSION]);
  });

  test('must succeed without a monitor in its first variant, or say why that has no meaning', () => {
    const alone = expectationFor(record, 'none', [], record.variants[0].name)?.effect;
    expect(alone === 'succeeded').toBe(record.meaninglessAlone === undefined);
  });

  test('says for each variant and system what to expect, and why', () => {
    for (const { name } of record.variants) {
      for (const system of ['none', ...SYSTEMS.map((known) => known.name)]) {
        expect(expectationFor(record, system, [], name)?.reason.length, `${system} ${name}`).toBeGreaterThan(10);
      }
    }
  });

  test('names only ablations that its systems have', () => {
    for (const { system, ablations } of record.expectations) {
      const known = systemNamed(system)?.ablations.map((ablation) => ablation.name) ?? [];
      expect(known).toEqual(expect.arrayContaining([...ablations]));
    }
  });

  test('succeeds wherever an ablation is said to unlock it', () => {
    for (const { system, ablation, variant } of record.unlockedBy) {
      const name = variant ?? record.variants[0].name;
      const off = expectationFor(record, system, [ablation], name)!;
      const whole = expectationFor(record, system, [], name)!;
      expect(off.effect).toBe('succeeded');
      expect([whole.effect, whole.detection]).not.toEqual([off.effect, off.detection]);
    }
  });
});

describe('which expectation applies', () => {
  const rule = (system: string, ablations: string[], reason: string, variants?: string[]) => ({
    system,
    ablations,
    ...(variants ? { variants } : {}),
    effect: 'blocked' as const,
    detection: 'detected' as const,
    reason,
  });
  const record: AttackRecord = {
    ...records[0][1],
    expectations: [
      rule('tvmi', [], 'whole'),
      rule('tvmi', [], 'whole, variant b', ['b']),
      rule('tvmi', ['no-tvm', 'no-nonce'], 'both'),
    ],
  };
  const reason = (ablations: string[], variant: string) => expectationFor(record, 'tvmi', ablations, variant)?.reason;

  test('a rule that names the variant goes before one that names none', () => {
    expect(reason([], 'a')).toBe('whole');
    expect(reason([], 'b')).toBe('whole, variant b');
  });

  test('ablations are a set, and one that no rule names changes nothing', () => {
    expect(reason(['no-nonce', 'no-tvm'], 'a')).toBe('both');
    expect(reason(['no-tvm'], 'a')).toBe('whole');
  });

  test('a system without a rule has no expectation', () => {
    expect(expectationFor(record, 'other', [], 'a')).toBeUndefined();
  });
});
