import { expect, test } from 'vitest';
import { ATTACKS } from '../attacks/index.ts';
import { scenarioIds, scenarioNamed } from './catalogue.ts';
import { WORKLOADS } from './config.ts';
import { Failure } from './errors.ts';
import { describeMistake, loadScenario, parseScenario } from './load.ts';

const GOOD = 'schema: 1\nname: a.b\ntitle: t\n';

const mistakes = (text: string) => parseScenario('s.yaml', text).mistakes.map(describeMistake);

test('what a file leaves out takes its default', () => {
  const { scenario } = parseScenario('s.yaml', GOOD);
  expect(scenario).toMatchObject({ board: 'virt', vmm: 'auto', monitor: 'none', ablations: [], seed: 1, cpus: 1 });
});

test('an unknown key is named with its line and the keys that exist', () => {
  const [mistake, ...rest] = mistakes(`${GOOD}sed: 4\n`);
  expect(rest).toEqual([]);
  expect(mistake).toMatch(/^s\.yaml:4: unknown key "sed"; expected one of schema, name, title, .*seed/);
});

test('an unknown key within an object is named with its line and the keys of that object', () => {
  expect(mistakes(`${GOOD}limits:\n  instructions: 5\n  seconds: 1\n`)).toEqual([
    's.yaml:6: unknown key "seconds"; expected one of instructions',
  ]);
});

test.each([
  ['a value of the wrong type', `${GOOD}seed: many\n`, /^s\.yaml:4: seed: expected number/],
  ['a value out of range', `${GOOD}cpus: 99\n`, /^s\.yaml:4: cpus: Too big: expected number to be <=8/],
  ['an unknown word', `${GOOD}workload: sleep\n`, /^s\.yaml:4: workload: expected one of "mixed"/],
  ['a missing key', 'schema: 1\nname: a\n', /^s\.yaml:1: title: expected string/],
  ['an unknown version', 'schema: 2\nname: a\ntitle: t\n', /^s\.yaml:1: schema: expected 1/],
  [
    'an unknown system',
    `${GOOD}monitor: tvm\n`,
    /^s\.yaml:4: unknown system "tvm"; expected one of tvmi, hostvmi, none/,
  ],
  [
    'an unknown ablation',
    `${GOOD}monitor: tvmi\nablations:\n  - no-nonce\n  - no-such\n`,
    /^s\.yaml:7: unknown ablation "no-such"; expected one of no-secure-memory/,
  ],
  ['an ablation without a monitor', `${GOOD}ablations: [no-tvm]\n`, /^s\.yaml:4: unknown ablation "no-tvm"/],
  ['an unknown attack', `${GOOD}attack: arm64.nothing\n`, /^s\.yaml:4: unknown attack "arm64.nothing"/],
  [
    'a variant that the attack has not',
    `${GOOD}attack: arm64.vttbr.swap\nvariant: x\n`,
    /^s\.yaml:5: unknown variant "x"/,
  ],
  ['an attack after the end', `${GOOD}runTicks: 5\nattackTick: 5\n`, /^s\.yaml:5: expected a tick before runTicks/],
  ['text that is not YAML', 'schema: [1\n', /^s\.yaml:\d+: not valid YAML: /],
])('%s is refused with its place', (_, text, message) => {
  expect(mistakes(text)).toEqual([expect.stringMatching(message)]);
});

test('a file that is not there is missing input, not bad input', () => {
  expect(() => loadScenario('/no/such.yaml')).toThrow(
    expect.objectContaining({ kind: 'missingInput', message: 'cannot read /no/such.yaml: there is no such file' }),
  );
  expect(new Failure('missingInput', '').exitCode).toBe(66);
});

test('there is a scenario for each attack and for each workload without one, each under its own name', () => {
  const benign = WORKLOADS.map((workload) => `benign.${workload}`);
  const attacks = ATTACKS.map((attack) => attack.record.id);
  expect(scenarioIds()).toEqual([...attacks, ...benign].sort());
  for (const id of scenarioIds()) expect(scenarioNamed(id).name).toBe(id);
});
