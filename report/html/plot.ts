/**
 * Overhead by period as SVG text. Scales and paths come from d3-scale and d3-shape, which need no document; colours are the
 * page's own properties, so that one drawing serves light and dark.
 */
import { scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { Overhead } from '../overhead.ts';
import { milliseconds, shortName, spreadText } from '../overhead-text.ts';
import { grouped } from '../text.ts';
import { text } from './markup.ts';

const WIDTH = 560;
const HEIGHT = 340;
const MARGIN = { top: 12, right: 112, bottom: 44, left: 68 };
const LABEL_DISTANCE = 15;
const SERIES_COLOURS = 8;
/** Room above and below the curves, as a factor. */
const ROOM = 1.2;
/** Decades over which the axis also has ticks at 2 and 5. */
const NARROW = 1.5;
/** Least overhead that the axis shows: a logarithm has no zero. */
const FLOOR = 0.001;

interface Series {
  readonly name: string;
  readonly colour: string;
  readonly points: readonly Overhead[];
}

function seriesOf(list: readonly Overhead[]): Series[] {
  return [...new Set(list.map(({ workload }) => workload))].map((workload, index) => ({
    name: shortName(workload),
    colour: `var(--series-${index % SERIES_COLOURS})`,
    points: list.filter((one) => one.workload === workload).sort((a, b) => a.period - b.period),
  }));
}

const shown = (value: number) => Math.max(value, FLOOR);

function percent(value: number): string {
  const hundredths = Number((value * 100).toPrecision(3));
  return `${hundredths < 1000 ? hundredths : grouped(hundredths)} %`;
}

/** Those of an axis' ticks that begin with one of some digits; all of them where that leaves none. */
function ticksOf(ticks: readonly number[], digits: string): readonly number[] {
  const kept = ticks.filter((tick) => digits.includes(tick.toExponential()[0]));
  return kept.length > 0 ? kept : ticks;
}

/** Places for labels that want to be at `wanted`, moved apart where they would touch. */
export function apart(wanted: readonly number[], distance: number, low: number, high: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a] - wanted[b]);
  const places = [...wanted];
  order.forEach((index, rank) => {
    if (rank > 0) places[index] = Math.max(places[index], places[order[rank - 1]] + distance);
  });
  let limit = Math.max(high, low + distance * (wanted.length - 1));
  for (const index of order.reverse()) {
    places[index] = Math.min(places[index], limit);
    limit = places[index] - distance;
  }
  return places;
}

/** One drawing: a curve for each workload, both axes logarithmic, with a band from the least to the most over seeds. */
export function overheadPlot(list: readonly Overhead[], title: string): string {
  const periods = [...new Set(list.map(({ period }) => period))].sort((a, b) => a - b);
  const values = list.flatMap(({ bounds }) => [shown(bounds.mid.min), shown(bounds.mid.max)]);
  const right = WIDTH - MARGIN.right;
  const bottom = HEIGHT - MARGIN.bottom;
  const ends: [number, number] = periods.length > 1 ? [periods[0], periods.at(-1)!] : [periods[0] / 2, periods[0] * 2];
  const x = scaleLog().domain(ends).range([MARGIN.left, right]);
  const domain: [number, number] = [Math.min(...values) / ROOM, Math.max(...values) * ROOM];
  const y = scaleLog().domain(domain).range([bottom, MARGIN.top]);
  const ticks = ticksOf(y.ticks(), Math.log10(domain[1] / domain[0]) < NARROW ? '125' : '1');
  const grid = ticks.map(
    (tick) =>
      `<line class="grid" x1="${MARGIN.left}" x2="${right}" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}"/>` +
      `<text x="${MARGIN.left - 8}" y="${(y(tick) + 4).toFixed(1)}" text-anchor="end">${percent(tick)}</text>`,
  );
  const axis = periods.map(
    (period) =>
      `<line class="grid" x1="${x(period).toFixed(1)}" x2="${x(period).toFixed(1)}" y1="${MARGIN.top}" y2="${bottom}"/>` +
      `<text x="${x(period).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${milliseconds(period)}</text>`,
  );
  const all = seriesOf(list);
  const curve = line<Overhead>(
    ({ period }) => x(period),
    ({ bounds }) => y(shown(bounds.mid.mean)),
  );
  const band = area<Overhead>(
    ({ period }) => x(period),
    ({ bounds }) => y(shown(bounds.mid.min)),
    ({ bounds }) => y(shown(bounds.mid.max)),
  );
  const labels = apart(
    all.map(({ points }) => y(shown(points.at(-1)!.bounds.mid.mean))),
    LABEL_DISTANCE,
    MARGIN.top,
    bottom,
  );
  const curves = all.map(({ name, colour, points }, index) => {
    const told = points.map((point) => `${milliseconds(point.period)}: ${spreadText(point.bounds.mid)}`).join(', ');
    const dots = points.map(
      (point) =>
        `<circle cx="${x(point.period).toFixed(1)}" cy="${y(shown(point.bounds.mid.mean)).toFixed(1)}" r="3" style="fill:${colour}"/>`,
    );
    return (
      `<g><title>${text(`${name}: ${told}`)}</title><path class="band" style="fill:${colour}" d="${band(points)}"/>` +
      `<path class="curve" style="stroke:${colour}" d="${curve(points)}"/>${dots.join('')}` +
      `<text x="${right + 10}" y="${(labels[index] + 4).toFixed(1)}" style="fill:${colour}">${text(name)}</text></g>`
    );
  });
  const middle = (MARGIN.left + right) / 2;
  return (
    `<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${text(title)}">` +
    `${grid.join('')}${axis.join('')}${curves.join('')}` +
    `<text x="${middle}" y="${HEIGHT - 6}" text-anchor="middle">a poll every …</text></svg>`
  );
}
