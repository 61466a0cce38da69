/** Random programs on a whole machine that the oracle, tier 0 and tier 1 must carry out alike, for slices of several lengths. */
import { afterAll, describe, expect, it } from 'vitest';
import { compareWorlds } from './world-compare.ts';

/** Length of a slice, how many instructions are run in such slices, and how many of one program at the most. */
export type WorldSlices = readonly (readonly [slice: number, instructions: number, perProgram: number])[];

/** In slices shorter than this there is hardly room for compiled code: it has to leave before it begins. */
const ROOM = 1000;

/** What a long run must have met. */
const EVENTS = [
  ...['translation', 'permission', 'access-flag', 'alignment'].map((fault) => `fault.stage1.${fault}`),
  ...['fault.stage2.translation', 'fault.stage2.permission', 'fault.bus.external'],
  ...['svc.el1', 'hvc.el2', 'smc.el3', 'irq.el1', 'irq.el2', 'undefined.el1', 'fp-access.el1', 'sp-alignment.el1'].map(
    (name) => `exception.${name}`,
  ),
  ...['tlbi.VAE1', 'tlbi.VMALLE1', 'write.TTBR0_EL1'],
];

/** @param thorough whether the run is long enough to have met every kind of event */
export function worldCases(slices: WorldSlices, thorough: boolean): void {
  describe('at every boundary of slices, the oracle, tier 0 and tier 1 are in the same state on random programs', () => {
    const met = new Map<string, number>();
    let total = 0;

    it.each(slices)('slices of %i, %i instructions, %i of each program', async (slice, instructions, perProgram) => {
      const seed = Number(process.env.RINGWARDEN_SEED ?? Math.floor(Math.random() * 2 ** 31));
      const census = await compareWorlds(seed, slice, instructions, perProgram);
      const { programs, compiled, entries, codeWrites } = census;
      console.log(
        `RINGWARDEN_SEED=${seed}: ${census.instructions} instructions of ${programs} random programs in slices of ${slice}; ` +
          `${compiled} functions compiled, ${entries} entries into them, ${codeWrites} writes over translated code`,
      );
      expect(census.failure).toBeUndefined();
      expect(census.instructions).toBeGreaterThanOrEqual(instructions);
      if (slice >= ROOM) expect(entries).toBeGreaterThan(0);
      total += census.instructions;
      for (const [name, count] of census.events) met.set(name, (met.get(name) ?? 0) + count);
      met.set('code written over', (met.get('code written over') ?? 0) + codeWrites);
    });

    it.runIf(thorough)('and every kind of fault, exception, invalidation and self-modification was among them', () => {
      expect([...EVENTS, 'code written over'].filter((name) => !met.get(name))).toEqual([]);
    });

    afterAll(() => console.log(`${total} random instructions on whole machines, each by all three`));
  });
}
