/** What the shell may put in after what was typed: names after options that take names, else ids, commands and options. */
import { ATTACKS } from '../attacks/index.ts';
import { LAYERS, POSITIONS } from '../attacks/record.ts';
import { PROFILES } from '../emulator/cost/profiles.ts';
import { SYSTEMS } from '../monitor/index.ts';
import { matrixAttacks, matrixSystems, matrixWorkloads } from '../scenarios/matrix.ts';
import { BOARDS } from './boards.ts';
import { shownIds } from './commands/show.ts';

/** Names by the option that takes them. */
const VALUES: Readonly<Record<string, () => readonly string[]>> = {
  '--system': matrixSystems,
  '--systems': matrixSystems,
  '--attacks': matrixAttacks,
  '--workloads': matrixWorkloads,
  '--ablate': () => [...new Set(SYSTEMS.flatMap(({ ablations }) => ablations.map(({ name }) => name)))],
  '--variant': () => [...new Set(ATTACKS.flatMap(({ record }) => record.variants.map(({ name }) => name)))],
  '--cost': () => PROFILES.map(({ name }) => name),
  '--board': () => BOARDS.map(({ name }) => name),
  '--layer': () => LAYERS,
  '--position': () => POSITIONS,
  '--attack-id': () => [...new Set(ATTACKS.map(({ record }) => record.attack.id))],
};

/** Commands after which an id may stand. */
const TAKES_IDS = ['run', 'show', 'check'];

/**
 * @param words what was typed, the program's name first
 * @param current the beginning of the word to complete
 * @param defaults commands and options that the parser would offer here
 */
export function completions(words: readonly string[], current: string, defaults: readonly string[]): string[] {
  const before = words.slice(1).filter((word, index, all) => index < all.length - 1 || word !== current);
  const option = before.findLast((word) => word.startsWith('--'));
  const values = option === undefined ? undefined : VALUES[option];
  // A list of names goes on until the next option; commas join names, too.
  const done = current.slice(0, current.lastIndexOf(',') + 1);
  if (values && !current.startsWith('-'))
    return starting(values(), current.slice(done.length)).map((name) => done + name);
  const ids = before.some((word) => TAKES_IDS.includes(word)) ? shownIds() : [];
  return starting([...ids, ...defaults], current);
}

function starting(names: readonly string[], beginning: string): string[] {
  return names.filter((name) => name.startsWith(beginning));
}
