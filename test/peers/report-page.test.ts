/** The page that `matrix --html` writes, as a browser shows it: opened from a file, with nothing fetched from anywhere. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAll } from '../../campaign/pool.ts';
import { page } from '../../report/html/page.ts';
import type { ToldRun } from '../../report/html/run-data.ts';
import { planCosts } from '../../scenarios/costs.ts';
import { planMatrix } from '../../scenarios/matrix.ts';

const CHROMIUM = '/usr/bin/chromium';
/** For the runs that the page tells. */
const SETUP_MS = 300_000;
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const CONTRAST_FAULTS = readFileSync(new URL('contrast.js', import.meta.url), 'utf8');

const plan = planMatrix({
  systems: ['tvmi', 'none'],
  attacks: ['arm64.vttbr.swap', 'guest.syscall.hook'],
  workloads: ['benign.copy'],
  ablations: false,
});
const points = planCosts({
  systems: ['tvmi'],
  workloads: ['benign.copy', 'benign.pipe'],
  periods: [16_384, 262_144],
  seeds: [1],
  rounds: 2,
});

let folder: string;
let browser: Browser;
let runs: ToldRun[];
let address: string;

beforeAll(async () => {
  if (!existsSync(CHROMIUM)) throw new Error(`this test needs ${CHROMIUM} (Debian package chromium)`);
  folder = mkdtempSync(join(tmpdir(), 'ringwarden-page-'));
  runs = await runAll(
    plan.cells.flat().filter((cell) => cell !== null),
    { jobs: 1 },
  );
  const measured = await runAll(
    points.map(({ scenario }) => scenario),
    { jobs: 1 },
  );
  const costs = measured.map(({ result }, index) => ({ point: points[index], result }));
  const file = join(folder, 'matrix.html');
  writeFileSync(file, page({ matrix: { plan, runs }, costs }));
  address = pathToFileURL(file).href;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}, SETUP_MS);

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the page and looks at it; fails where it asked for anything but itself or said anything on the console. */
async function opened(look: (tab: Page) => Promise<void>, hash = ''): Promise<void> {
  const tab = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  const asked: string[] = [];
  const said: string[] = [];
  tab.on('request', (request) => asked.push(request.url()));
  tab.on('console', (message) => said.push(message.text()));
  tab.on('pageerror', (error) => said.push(error.message));
  await tab.goto(`${address}${hash}`);
  await look(tab);
  expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([`${address}${hash}`.replace(/#.*$/, '')]);
  expect(said).toEqual([]);
  await tab.close();
}

const cell = (name: RegExp) => ({ name });
const blocked = cell(/^arm64\.vttbr\.swap \(smc\), tvmi: prevented and detected, as expected$/);

describe('the page', () => {
  test('opens from a file, asks the network for nothing, and sums up above a table with a cell for each run', () =>
    opened(async (tab) => {
      expect(await tab.getByRole('status').textContent()).toBe('every row (4) as expected: 8 of 8 runs');
      expect(await tab.locator('.matrix button').count()).toBe(runs.length);
      expect(await tab.getByRole('rowheader').allTextContents()).toContain('arm64.vttbr.swap smc');
      expect(await tab.locator('#run h2').textContent()).toBe('No run chosen');
    }));

  test("a click on a cell shows that run's steps, alarms, verdict with its reason, counts and command", () =>
    opened(async (tab) => {
      await tab.getByRole('button', blocked).click();
      const { result, events } = runs[2];
      expect([result.attack, result.variant, result.system]).toEqual(['arm64.vttbr.swap', 'smc', 'tvmi']);
      const panel = tab.locator('#run');
      expect(await panel.locator('.steps li span').allTextContents()).toEqual(events.map(({ text }) => text));
      const text = await panel.textContent();
      for (const alarm of result.alarms) expect(text).toContain(`${alarm.id} by ${alarm.component}`);
      expect(result.alarms.length).toBeGreaterThan(0);
      expect(text).toContain(result.expected.reason);
      expect(text).toContain('ringwarden run arm64.vttbr.swap --system tvmi --variant smc --seed 1');
      await panel.locator('summary').click();
      expect(await panel.locator('details[open]').textContent()).toContain('exception.smc.el3');
    }));

  test('another cell shows another run, and the chosen one is marked', () =>
    opened(async (tab) => {
      await tab.getByRole('button', blocked).click();
      await tab.getByRole('button', cell(/^guest\.syscall\.hook, no monitor: /)).click();
      expect(await tab.locator('.matrix button[aria-pressed="true"]').count()).toBe(1);
      expect(await tab.locator('#run').textContent()).toContain('None left the machine.');
    }));

  test('the keyboard alone goes from cell to cell and shows a run, and its address leads back to it', () =>
    opened(async (tab) => {
      await tab.locator('#cell-0-0').focus();
      await tab.keyboard.press('ArrowDown');
      await tab.keyboard.press('ArrowRight');
      await tab.keyboard.press('Enter');
      const shown = await tab.locator('#run').textContent();
      expect(shown).toContain('arm64.vttbr.swap, smc · no monitor');
      expect(tab.url()).toBe(`${address}#cell-1-1`);
      await opened(async (again) => expect(await again.locator('#run').textContent()).toBe(shown), '#cell-1-1');
    }));

  test('the drawings of overhead have a curve for each workload, within the page and with all their labels within them', () =>
    opened(async (tab) => {
      expect(await tab.locator('svg.plot').count()).toBe(2);
      const plot = tab.locator('svg.plot').first();
      expect(await plot.locator('.curve').count()).toBe(2);
      const outside = await plot.evaluate((svg) => {
        const frame = svg.getBoundingClientRect();
        return [...svg.querySelectorAll('text')].filter((label) => {
          const box = label.getBoundingClientRect();
          return box.left < frame.left || box.right > frame.right || box.top < frame.top || box.bottom > frame.bottom;
        }).length;
      });
      expect(outside).toBe(0);
    }));

  test.each(['light', 'dark'] as const)('every text on it stands out from its ground in the %s scheme', (colorScheme) =>
    opened(async (tab) => {
      await tab.emulateMedia({ colorScheme });
      await tab.getByRole('button', blocked).click();
      const faint = await tab.evaluate(CONTRAST_FAULTS);
      expect(faint).toEqual([]);
    }),
  );
});
