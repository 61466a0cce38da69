/** A matrix as a table whose cells are buttons. */
import type { MatrixColumn, MatrixRow } from '../../scenarios/matrix.ts';
import type { Result } from '../../scenarios/result.ts';
import { columnName, type MatrixResults, rowName } from '../matrix.ts';
import { ALL_MARKS, markOf, NO_RULE } from '../verdict-mark.ts';
import { attribute, text } from './markup.ts';

/** Headings over rows whose ids begin alike. */
const GROUPS: readonly { readonly begins: string; readonly title: string }[] = [
  { begins: 'arm64.', title: 'Attacks on the VMM and the monitor, ARMv8-A' },
  { begins: 'x64.', title: 'Attacks on the VMM and the monitor, x86-64' },
  { begins: 'guest.', title: 'Attacks within a guest' },
  { begins: 'benign.', title: 'Workloads without an attack' },
];

function groupOf({ id }: MatrixRow): string {
  return GROUPS.find(({ begins }) => id.startsWith(begins))?.title ?? 'Others';
}

/** Stretches of columns of one system. */
function systemsOf(columns: readonly MatrixColumn[]): { system: string; span: number }[] {
  const stretches: { system: string; span: number }[] = [];
  for (const { system } of columns) {
    const last = stretches.at(-1);
    if (last?.system === system) last.span++;
    else stretches.push({ system, span: 1 });
  }
  return stretches;
}

function isFirst(columns: readonly MatrixColumn[], index: number): boolean {
  return columns[index].system !== columns[index - 1]?.system;
}

/** Whether a system has one column, so that nothing sets it apart from others. */
function isAlone(columns: readonly MatrixColumn[], index: number): boolean {
  return columns.filter(({ system }) => system === columns[index].system).length === 1;
}

function head(columns: readonly MatrixColumn[]): string {
  const systems = systemsOf(columns).map(({ system, span }) => {
    const name = system === 'none' ? 'no monitor' : system;
    return `<th class="system" scope="colgroup" colspan="${span}">${text(name)}</th>`;
  });
  const ablations = columns.map(({ ablations }, index) => {
    const name = ablations.length > 0 ? ablations.join(', ') : isAlone(columns, index) ? '' : 'whole';
    const first = isFirst(columns, index) ? ' first' : '';
    return `<th class="ablation${first}" scope="col"><span>${text(name)}</span></th>`;
  });
  return `<thead><tr><td></td>${systems.join('')}</tr><tr><td></td>${ablations.join('')}</tr></thead>`;
}

/** The run of the same row under the same system with nothing switched off. */
function wholeOf(results: MatrixResults, row: number, column: number): Result | null {
  const { system } = results.columns[column];
  const index = results.columns.findIndex((other) => other.system === system && other.ablations.length === 0);
  return index < 0 ? null : results.cells[row][index];
}

function cell(results: MatrixResults, row: number, column: number, run: number): string {
  const result = results.cells[row][column];
  const first = isFirst(results.columns, column) ? ' class="first"' : '';
  if (result === null) return `<td${first}><div class="none" title="${NO_RULE.meaning}">${NO_RULE.mark}</div></td>`;
  const { mark, tone, meaning } = markOf(result);
  const whole = wholeOf(results, row, column);
  const flips = whole !== null && markOf(whole).mark !== mark;
  const classes = [result.agrees ? tone : 'wrong', ...(flips ? ['flip'] : [])].join(' ');
  const agreement = result.agrees ? 'as expected' : 'not as expected';
  const label = `${rowName(results.rows[row])}, ${columnName(results.columns[column])}: ${meaning}, ${agreement}`;
  const names = `${attribute('aria-label', label)}${attribute('title', label)}`;
  return `<td${first}><button type="button" id="cell-${row}-${column}" class="${classes}" data-run="${run}" aria-pressed="false"${names}>${mark}</button></td>`;
}

function rowLabel({ id, variant, hasSiblings, title }: MatrixRow): string {
  const name = hasSiblings ? `${text(id)} <span class="variant">${text(variant!)}</span>` : text(id);
  return `<th scope="row" class="mono"${attribute('title', title)}>${name}</th>`;
}

/** The table. Cells hold the index of their run among those that are not null, row by row. */
export function matrixHtml(results: MatrixResults): string {
  const width = results.columns.length + 1;
  let run = 0;
  let group = '';
  const lines = results.rows.map((row, index) => {
    const cells = results.columns.map((_, column) =>
      cell(results, index, column, results.cells[index][column] === null ? -1 : run++),
    );
    const title = groupOf(row);
    const heading =
      title === group ? '' : `<tr class="group"><th scope="rowgroup" colspan="${width}">${title}</th></tr>`;
    group = title;
    return `${heading}<tr>${rowLabel(row)}${cells.join('')}</tr>`;
  });
  return `<table class="matrix">${head(results.columns)}<tbody>${lines.join('\n')}</tbody></table>`;
}

/** What the marks in a matrix mean. */
export function legendHtml(results: MatrixResults): string {
  const runs = results.cells.flat();
  const found = new Set(runs.map((result) => (result === null ? NO_RULE : markOf(result)).mark));
  const marks = ALL_MARKS.filter(({ mark }) => found.has(mark)).map(
    ({ mark, tone, meaning }) => `<li><span class="mark ${tone}">${mark}</span>${text(meaning)}</li>`,
  );
  const flips = results.columns.some(({ ablations }) => ablations.length > 0)
    ? ['<li><span class="mark quiet flip">&nbsp;</span>another result than with every protection on</li>']
    : [];
  const wrong = runs.some((result) => result && !result.agrees)
    ? ['<li><span class="mark wrong"></span>not as expected</li>']
    : [];
  return `<ul class="legend">${[...marks, ...flips, ...wrong].join('')}</ul>`;
}
