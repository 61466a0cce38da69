/** Costs of monitors for the page: a drawing for each system and cost profile, and the numbers behind it. */
import { type CostProfile, PROFILES } from '../../emulator/cost/profiles.ts';
import { priceText } from '../cost.ts';
import { type Measured, type Overhead, overheads } from '../overhead.ts';
import { milliseconds, shortName, spreadText } from '../overhead-text.ts';
import { text } from './markup.ts';
import { overheadPlot } from './plot.ts';

function figure(list: readonly Overhead[], system: string, profile: CostProfile): string {
  const title = `${system} under ${profile.name}`;
  return `<figure><figcaption>${text(title)}</figcaption>${overheadPlot(list, `Overhead of ${title} by period`)}</figure>`;
}

function numbers(list: readonly Overhead[], profile: CostProfile): string {
  const periods = [...new Set(list.map(({ period }) => period))].sort((a, b) => a - b);
  const keys = [...new Set(list.map(({ workload, system }) => `${workload} ${system}`))];
  const rows = keys.map((key) => {
    const [workload, system] = key.split(' ');
    const cells = periods.map((period) => {
      const found = list.find((one) => one.workload === workload && one.system === system && one.period === period);
      return `<td>${found ? spreadText(found.bounds.mid) : '-'}</td>`;
    });
    return `<tr><th scope="row">${text(`${shortName(workload)}, ${system}`)}</th>${cells.join('')}</tr>`;
  });
  const heads = periods.map((period) => `<th scope="col">${milliseconds(period)}</th>`).join('');
  return (
    `<div class="scroll"><table class="overheads"><caption>Overhead under ${text(profile.name)}, a poll every …</caption>` +
    `<thead><tr><th></th>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></div>`
  );
}

function prices({ name, title, prices: list }: CostProfile): string {
  const lines = list.map((price) => {
    const kind = price.kind === 'published' ? ' class="published"' : '';
    return `<li${kind}>${text(`${price.title}: ${priceText(price)}`)}</li>`;
  });
  return `<details><summary>Prices of ${text(name)} (${text(title)})</summary><ul>${lines.join('')}</ul></details>`;
}

/** The section of a page on costs. */
export function costsHtml(runs: readonly Measured[]): string {
  const byProfile = PROFILES.map((profile) => ({ profile, list: overheads(runs, profile) }));
  const systems = [...new Set(runs.map(({ point }) => point.system))].filter((system) => system !== 'none');
  const seeds = new Set(runs.map(({ point }) => point.seed)).size;
  const figures = byProfile.flatMap(({ profile, list }) =>
    systems.map((system) =>
      figure(
        list.filter((one) => one.system === system),
        system,
        profile,
      ),
    ),
  );
  return [
    '<section><h2>What the monitors cost</h2>',
    '<p>Cycles of the same guest work with the monitor, over those without, less one: 100 % is twice as many. Cycles are counts of',
    `events times prices; most prices are estimates. Lines: mean of ${seeds} seeds with prices in the middle of their ranges;`,
    'bands: from the least seed to the most. Both axes are logarithmic.</p>',
    `<div class="plots">${figures.join('')}</div>`,
    ...byProfile.map(({ profile, list }) => numbers(list, profile)),
    ...PROFILES.map(prices),
    '</section>',
  ].join('\n');
}
