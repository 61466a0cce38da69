/** The rows of the attacks' records as runs. */
import { ATTACKS } from '../../attacks/index.ts';
import { type AttackRecord, expectationFor } from '../../attacks/record.ts';
import type { Overrides } from '../../scenarios/override.ts';

export interface Row {
  readonly name: string;
  readonly id: string;
  readonly overrides: Overrides;
  readonly effect: string;
  /** One, but for a race. */
  readonly detections: readonly string[];
  readonly end: string;
}

function rowsOf(record: AttackRecord): Row[] {
  const compositions = new Map(
    record.expectations.map(({ system, ablations }) => [`${system} ${ablations}`, { system, ablations }]),
  );
  return [...compositions.values()].flatMap(({ system, ablations }) =>
    record.variants.flatMap(({ name: variant }) => {
      const expected = expectationFor(record, system, ablations, variant);
      const named = record.expectations.some(
        (rule) =>
          rule.system === system &&
          `${rule.ablations}` === `${ablations}` &&
          (rule.variants ?? [variant]).includes(variant),
      );
      if (!expected || !named) return [];
      const where = system === 'none' ? 'without a monitor' : ['under', system, ...ablations].join(' ');
      const composition = system === 'none' ? { noMonitor: true } : { system, ablations };
      const { effect, detection, orElse, end = 'power-off' } = expected;
      const detections = orElse ? [detection, orElse] : [detection];
      const name = `${record.id} (${variant}) ${where}: ${effect}, ${detections.join(' or ')}`;
      return [{ name, id: record.id, overrides: { ...composition, variant }, effect, detections, end }];
    }),
  );
}

/** Every row of every record whose id passes. */
export function rows(passes: (id: string) => boolean): Row[] {
  return ATTACKS.map(({ record }) => record)
    .filter(({ id }) => passes(id))
    .flatMap(rowsOf);
}
