/** A matrix of runs for a terminal: a row for each attack or workload, a column for each system with what it lacks. */
import type { Matrix, MatrixColumn, MatrixRow } from '../scenarios/matrix.ts';
import type { Result } from '../scenarios/result.ts';
import type { Palette } from './colour.ts';
import { commandLine } from './command-line.ts';
import { difference } from './junit.ts';
import { ALL_MARKS, type Mark, markOf, NO_RULE, type Tone } from './verdict-mark.ts';

/** What came of a matrix, cell by cell; null where there was nothing to run. */
export interface MatrixResults {
  readonly columns: readonly MatrixColumn[];
  readonly rows: readonly MatrixRow[];
  readonly cells: readonly (readonly (Result | null)[])[];
}

/** Puts results back into the cells that they came from. @param results of the cells that are not null, row by row */
export function fillMatrix(matrix: Matrix, results: readonly Result[]): MatrixResults {
  let next = 0;
  const cells = matrix.cells.map((row) => row.map((cell) => (cell === null ? null : results[next++])));
  return { columns: matrix.columns, rows: matrix.rows, cells };
}

/** The name of a row. */
export function rowName({ id, variant, hasSiblings }: MatrixRow): string {
  return hasSiblings ? `${id} (${variant})` : id;
}

/** The name of a column. */
export function columnName({ system, ablations }: MatrixColumn): string {
  const name = system === 'none' ? 'no monitor' : system;
  return [name, ...ablations].join(' with ');
}

/** Follows the mark of a run that is not as expected. */
const DISAGREES = '!';
const GAP = '  ';

/** Ablations stand in the heading as numbers, which {@link columnKey} explains. */
function headings(columns: readonly MatrixColumn[]): string[] {
  let number = 0;
  return columns.map(({ system, ablations }) => (ablations.length === 0 ? system : `${++number}`));
}

function columnKey(columns: readonly MatrixColumn[]): string[] {
  const names = headings(columns);
  return columns.flatMap(({ ablations }, index) =>
    ablations.length === 0 ? [] : [`${names[index].padStart(4)}  ${columnName(columns[index])}`],
  );
}

function paint(text: string, tone: Tone, colours: Palette): string {
  const paints: Record<Tone, (text: string) => string> = {
    good: colours.good,
    warn: colours.warn,
    bad: colours.bad,
    quiet: colours.dim,
  };
  return paints[tone](text);
}

function cellText(result: Result | null, width: number, colours: Palette): string {
  const { mark, tone } = result === null ? NO_RULE : markOf(result);
  if (result === null || result.agrees) return paint(mark, tone, colours) + ' '.repeat(width - mark.length);
  const text = mark + DISAGREES;
  return colours.alert(text) + ' '.repeat(width - text.length);
}

function marksIn(results: MatrixResults): Mark[] {
  const found = new Set(results.cells.flat().map((result) => (result === null ? NO_RULE : markOf(result))));
  return ALL_MARKS.filter((mark) => found.has(mark));
}

/** The table and what its marks and columns mean. */
export function matrixTable(results: MatrixResults, colours: Palette): string {
  const { columns, rows, cells } = results;
  const names = headings(columns);
  const label = Math.max(...rows.map((row) => rowName(row).length));
  const widths = names.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => (row[column] ? markOf(row[column]).mark.length + 1 : 1))),
  );
  const heading = [''.padEnd(label), ...names.map((name, column) => name.padEnd(widths[column]))].join(GAP);
  const lines = rows.map((row, index) => {
    const texts = cells[index].map((result, column) => cellText(result, widths[column], colours));
    return [rowName(row).padEnd(label), ...texts].join(GAP).trimEnd();
  });
  const legend = marksIn(results).map(
    ({ mark, tone, meaning }) => `${paint(mark.padStart(4), tone, colours)}  ${meaning}`,
  );
  const wrong = cells.flat().some((result) => result && !result.agrees);
  return [
    colours.strong(heading.trimEnd()),
    ...lines,
    '',
    ...legend,
    ...(wrong ? [`${''.padStart(3)}${colours.alert(DISAGREES)}  not as expected`] : []),
    ...columnKey(columns),
    '',
  ].join('\n');
}

/** Whether all is as expected, in a line. */
export function matrixSum(results: MatrixResults): { readonly text: string; readonly good: boolean } {
  const all = results.cells.flat();
  const runs = all.filter((result) => result !== null);
  const right = runs.filter((result) => result.agrees).length;
  const rightRows = results.cells.filter((row) => row.every((result) => result === null || result.agrees)).length;
  const rows = results.rows.length;
  const rowText = rightRows === rows ? `every row (${rows}) as expected` : `${rightRows} of ${rows} rows as expected`;
  const without = all.length - runs.length;
  const rest = without === 0 ? '' : `, ${without} cells without a rule`;
  return { text: `${rowText}: ${right} of ${runs.length} runs${rest}`, good: right === runs.length };
}

/** What is not as expected, and the command that shows it; then one line that sums up. */
export function matrixSummary(results: MatrixResults, colours: Palette): string {
  const wrong = results.cells.flat().filter((result) => result !== null && !result.agrees) as Result[];
  const faults = wrong.map((result) => `${colours.bad(difference(result))}: ${commandLine(result)}`);
  const { text, good } = matrixSum(results);
  return [...faults, colours.strong((good ? colours.good : colours.bad)(text)), ''].join('\n');
}
