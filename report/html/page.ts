/** One self-contained HTML file: nothing in it is fetched from anywhere. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Matrix } from '../../scenarios/matrix.ts';
import { ENGINE_VERSION, PACKAGE_ROOT } from '../../scenarios/paths.ts';
import { fillMatrix, type MatrixResults, matrixSum } from '../matrix.ts';
import type { Measured } from '../overhead.ts';
import { costsHtml } from './costs-html.ts';
import { scriptData, text } from './markup.ts';
import { legendHtml, matrixHtml } from './matrix-html.ts';
import { pageData, type ToldRun } from './run-data.ts';

/** What a page shows: a matrix, or costs, or both. */
export interface PageContent {
  readonly matrix?: { readonly plan: Matrix; readonly runs: readonly ToldRun[] } | undefined;
  readonly costs?: readonly Measured[] | undefined;
}

/** The page's own parts stand beside this file as they are read by a browser. */
function part(name: string): string {
  return readFileSync(join(PACKAGE_ROOT, 'report', 'html', name), 'utf8').trimEnd();
}

function matrixSection(results: MatrixResults): string {
  const { text: sum, good } = matrixSum(results);
  return [
    `<p class="summary${good ? '' : ' bad'}" role="status">${text(sum)}</p>`,
    '<p class="soft">A row is an attack in one of its variants, or a workload without one; a column is a monitor, whole or with one',
    'of its protections off. Each cell is a run, judged from the state of its machine. Choose one to see it.</p>',
    legendHtml(results),
    `<main><div class="scroll">${matrixHtml(results)}</div>`,
    '<section id="run" tabindex="-1" aria-live="polite" aria-label="The chosen run"><h2>No run chosen</h2>',
    '<p class="soft">A click or the Enter key on a cell shows its run here: steps, alarms, verdict and why, counts, and the command',
    'that makes it again. Arrow keys go from cell to cell.</p></section></main>',
  ].join('\n');
}

/** A page as text. The same content gives the same page, byte for byte. */
export function page({ matrix, costs }: PageContent): string {
  const results =
    matrix &&
    fillMatrix(
      matrix.plan,
      matrix.runs.map(({ result }) => result),
    );
  const title = matrix ? 'ringwarden: attacks by monitors' : 'ringwarden: what monitors cost';
  const body = [
    `<header><h1>${text(title)}</h1><p class="soft">Every number and verdict here is this emulator’s, version ${text(ENGINE_VERSION)}; none is a paper’s.</p></header>`,
    ...(results ? [matrixSection(results)] : []),
    ...(costs ? [costsHtml(costs)] : []),
  ].join('\n');
  const parts: Record<string, string> = {
    title: text(title),
    style: part('page.css'),
    body,
    data: scriptData(pageData(matrix?.runs ?? [])),
    script: matrix ? part('page.js') : '',
  };
  return `${part('page.html').replace(/\{\{(\w+)\}\}/g, (_, name: string) => parts[name])}\n`;
}
