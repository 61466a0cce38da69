import { ATTACKS } from '../../attacks/index.ts';
import { LAYERS, POSITIONS } from '../../attacks/record.ts';
import { PROFILES } from '../../emulator/cost/profiles.ts';
import { SYSTEMS } from '../../monitor/index.ts';
import { scenarioIds, scenarioNamed } from '../../scenarios/catalogue.ts';
import { BOARDS } from '../boards.ts';
import { type Context, table } from '../context.ts';
import { unknownName } from '../nearest.ts';

export const NOUNS = ['systems', 'attacks', 'scenarios', 'boards', 'profiles'] as const;
type Noun = (typeof NOUNS)[number];

export interface ListArguments {
  readonly noun: string;
  readonly system?: string | undefined;
  readonly arch?: string | undefined;
  readonly layer?: string | undefined;
  readonly position?: string | undefined;
  readonly attackId?: string | undefined;
  readonly json: boolean;
}

/** A row of a list: what is printed, and what filters ask of it. */
interface Row {
  readonly id: string;
  readonly title: string;
  readonly arch: string;
  readonly layer?: string;
  /** Where the attacker's code runs. */
  readonly position?: string;
  /** Systems that it concerns. */
  readonly systems: readonly string[];
  /** ATT&CK id. */
  readonly attackId?: string;
  readonly columns: readonly string[];
}

const ROWS: Readonly<Record<Noun, () => Row[]>> = {
  systems: () =>
    SYSTEMS.map((system) => ({
      id: system.name,
      title: system.title,
      arch: system.architecture,
      systems: [system.name],
      columns: [system.name, system.architecture, system.title],
    })),
  attacks: () =>
    ATTACKS.map(({ record }) => ({
      id: record.id,
      title: record.title,
      arch: record.architecture,
      layer: record.layer,
      position: record.position,
      systems: [...new Set(record.expectations.map((rule) => rule.system))],
      attackId: record.attack.id,
      columns: [record.id, record.architecture, record.layer, record.position, record.title],
    })),
  scenarios: () =>
    scenarioIds()
      .map(scenarioNamed)
      .map((scenario) => ({
        id: scenario.name,
        title: scenario.title,
        arch: 'arm64',
        systems: [scenario.monitor],
        columns: [scenario.name, scenario.monitor, scenario.workload, scenario.title],
      })),
  boards: () =>
    BOARDS.map((board) => ({
      id: board.name,
      title: board.title,
      arch: board.architecture,
      systems: [],
      columns: [board.name, board.architecture, board.title],
    })),
  profiles: () =>
    PROFILES.map(({ name, title }) => ({
      id: name,
      title,
      arch: 'arm64',
      systems: [],
      columns: [name, 'arm64', title],
    })),
};

const HEADINGS: Readonly<Record<Noun, readonly string[]>> = {
  systems: ['SYSTEM', 'ARCH', 'TITLE'],
  attacks: ['ATTACK', 'ARCH', 'LAYER', 'POSITION', 'TITLE'],
  scenarios: ['SCENARIO', 'SYSTEM', 'WORKLOAD', 'TITLE'],
  boards: ['BOARD', 'ARCH', 'TITLE'],
  profiles: ['PROFILE', 'ARCH', 'TITLE'],
};

interface Filter {
  readonly kind: string;
  readonly wanted: string | undefined;
  readonly known: () => string[];
  readonly keeps: (row: Row, wanted: string) => boolean;
}

/** Lists what there is. @throws Failure for a filter whose value does not exist or that leaves nothing */
export function list(context: Context, args: ListArguments): void {
  const filters: Filter[] = [
    {
      kind: 'system',
      wanted: args.system,
      known: () => [...SYSTEMS.map((system) => system.name), 'none'],
      keeps: (row, wanted) => row.systems.includes(wanted),
    },
    {
      kind: 'architecture',
      wanted: args.arch,
      known: () => ['arm64', 'x64'],
      keeps: (row, wanted) => row.arch === wanted || row.arch === 'any',
    },
    { kind: 'layer', wanted: args.layer, known: () => [...LAYERS], keeps: (row, wanted) => row.layer === wanted },
    {
      kind: 'position',
      wanted: args.position,
      known: () => [...POSITIONS],
      keeps: (row, wanted) => row.position === wanted,
    },
    {
      kind: 'ATT&CK id',
      wanted: args.attackId,
      known: () => [...new Set(ATTACKS.map(({ record }) => record.attack.id))],
      keeps: (row, wanted) => row.attackId === wanted || row.attackId?.startsWith(`${wanted}.`) === true,
    },
  ];
  const noun = NOUNS.find((known) => known === args.noun);
  if (!noun) throw unknownName('list of', args.noun, NOUNS);
  let rows = ROWS[noun]();
  for (const { kind, wanted, known, keeps } of filters) {
    if (wanted === undefined) continue;
    rows = rows.filter((row) => keeps(row, wanted));
    if (rows.length === 0) throw unknownName(`${noun.slice(0, -1)} of ${kind}`, wanted, known());
  }
  if (args.json) {
    for (const { id, title, arch, layer, position, systems, attackId } of rows) {
      context.out.write(
        `${JSON.stringify({ schema: 1, noun, id, title, arch, layer, position, systems, attackId })}\n`,
      );
    }
    return;
  }
  context.out.write(table([HEADINGS[noun], ...rows.map((row) => row.columns)]));
}
