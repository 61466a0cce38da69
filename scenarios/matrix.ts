/** Attacks and workloads by systems and ablations: which runs a matrix is made of. */
import { ATTACKS, attackNamed } from '../attacks/index.ts';
import { expectationFor } from '../attacks/record.ts';
import { SYSTEMS, systemNamed } from '../monitor/index.ts';
import { scenarioIds, scenarioNamed } from './catalogue.ts';
import { Failure } from './errors.ts';
import { override } from './override.ts';
import type { Scenario } from './schema.ts';

/** A monitor, or `none`, with the protections that are off. */
export interface MatrixColumn {
  readonly system: string;
  readonly ablations: readonly string[];
}

/** An attack in one of its variants, or a workload without an attack. */
export interface MatrixRow {
  readonly kind: 'attack' | 'workload';
  /** Id of the scenario. */
  readonly id: string;
  readonly title: string;
  /** null where there is no attack. */
  readonly variant: string | null;
  /** The attack has other variants, which are rows of their own. */
  readonly hasSiblings: boolean;
}

export interface Matrix {
  readonly columns: readonly MatrixColumn[];
  readonly rows: readonly MatrixRow[];
  /** By row, then column; null where the attack's record says nothing of this system. */
  readonly cells: readonly (readonly (Scenario | null)[])[];
}

/** What a matrix is to hold; the names are taken as they are. */
export interface MatrixSelection {
  /** Systems, and `none`. */
  readonly systems: readonly string[];
  /** Ids of attacks. */
  readonly attacks: readonly string[];
  /** Ids of scenarios without an attack. */
  readonly workloads: readonly string[];
  /** A column for each ablation of each system, too. */
  readonly ablations: boolean;
  /** In place of the scenarios' own. */
  readonly seed?: number | undefined;
}

/** Every system, and `none` last: the columns of a whole matrix. */
export function matrixSystems(): string[] {
  return [...SYSTEMS.map(({ name }) => name), 'none'];
}

/** Every attack that can be run. */
export function matrixAttacks(): string[] {
  return ATTACKS.map(({ record }) => record.id);
}

/** Every scenario without an attack. */
export function matrixWorkloads(): string[] {
  return scenarioIds().filter((id) => scenarioNamed(id).attack === undefined);
}

function columnsOf({ systems, ablations }: MatrixSelection): MatrixColumn[] {
  return systems.flatMap((system) => {
    const single = ablations ? (systemNamed(system)?.ablations ?? []) : [];
    return [{ system, ablations: [] }, ...single.map(({ name }) => ({ system, ablations: [name] }))];
  });
}

function rowsOf({ attacks, workloads }: MatrixSelection): MatrixRow[] {
  const variants = attacks.flatMap((id) => {
    const attack = attackNamed(id);
    if (!attack) throw new Failure('usage', `there is no attack "${id}"`);
    const { title, variants } = attack.record;
    const hasSiblings = variants.length > 1;
    return variants.map(({ name }) => ({ kind: 'attack' as const, id, title, variant: name, hasSiblings }));
  });
  const benign = workloads.map((id) => {
    return { kind: 'workload' as const, id, title: scenarioNamed(id).title, variant: null, hasSiblings: false };
  });
  return [...variants, ...benign];
}

/** Whether the record says what to expect of this attack there. */
function hasRule({ id, variant }: MatrixRow, { system, ablations }: MatrixColumn): boolean {
  const record = attackNamed(id)?.record;
  return !record || variant === null || expectationFor(record, system, ablations, variant) !== undefined;
}

function cellOf(row: MatrixRow, column: MatrixColumn, seed: number | undefined): Scenario | null {
  if (!hasRule(row, column)) return null;
  const { system, ablations } = column;
  const monitor = system === 'none' ? { noMonitor: true } : { system, ablations };
  return override(scenarioNamed(row.id), { ...monitor, variant: row.variant ?? undefined, seed });
}

/**
 * Lays a matrix out. Every ablation meets every attack, also where the record does not name it: then the whole system's
 * rule must hold.
 * @throws Failure `usage` for a name that is none, or where nothing is left to run
 */
export function planMatrix(selection: MatrixSelection): Matrix {
  const columns = columnsOf(selection);
  const rows = rowsOf(selection);
  const cells = rows.map((row) => columns.map((column) => cellOf(row, column, selection.seed)));
  if (!cells.some((row) => row.some((cell) => cell !== null))) {
    throw new Failure('usage', 'nothing to run: no record says what to expect of these attacks under these systems');
  }
  return { columns, rows, cells };
}
