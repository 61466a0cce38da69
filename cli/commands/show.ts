import { ATTACKS, attackNamed } from '../../attacks/index.ts';
import type { AttackRecord, Expectation } from '../../attacks/record.ts';
import { type CostProfile, FREE, PROFILES, profileNamed } from '../../emulator/cost/profiles.ts';
import { SYSTEMS, systemNamed } from '../../monitor/index.ts';
import type { System } from '../../monitor/system.ts';
import { priceText } from '../../report/cost.ts';
import { scenarioIds, scenarioNamed } from '../../scenarios/catalogue.ts';
import type { Scenario } from '../../scenarios/schema.ts';
import type { Context } from '../context.ts';
import { unknownName } from '../nearest.ts';

const heading = (context: Context, text: string) => `\n${context.colours.strong(text)}\n`;
const bullets = (lines: readonly string[]) => lines.map((line) => `  - ${line}\n`).join('');
const listed = (lines: readonly string[]) => bullets(lines.length > 0 ? lines : ['none']);
const numbered = (lines: readonly string[]) => lines.map((line, index) => `  ${index + 1}. ${line}\n`).join('');

/** Shows an attack, a system, a scenario or a cost profile. @throws Failure for an id that is none */
export function show(context: Context, args: { readonly id: string; readonly json: boolean }): void {
  const found = lookUp(args.id);
  if (args.json) context.out.write(`${JSON.stringify({ schema: 1, ...found.data })}\n`);
  else context.out.write(found.text(context));
}

function lookUp(id: string): { data: object; text: (context: Context) => string } {
  const attack = attackNamed(id);
  if (attack) return { data: attack.record, text: (context) => attackText(context, attack.record) };
  const system = systemNamed(id);
  if (system) return { data: system, text: (context) => systemText(context, system) };
  if (scenarioIds().includes(id)) {
    const scenario = scenarioNamed(id);
    return { data: scenario, text: (context) => scenarioText(context, scenario) };
  }
  const profile = profileNamed(id);
  if (profile) return { data: { ...profile, free: FREE }, text: (context) => profileText(context, profile) };
  throw unknownName('attack, system, scenario or cost profile', id, shownIds());
}

/** Every id that `show` takes. */
export function shownIds(): string[] {
  return [...knownIds(), ...PROFILES.map((profile) => profile.name)];
}

/** Every id of something that runs. */
export function knownIds(): string[] {
  const attacks = ATTACKS.map(({ record }) => record.id);
  const systems = SYSTEMS.map((system) => system.name);
  return [...new Set([...attacks, ...systems, ...scenarioIds()])].sort();
}

function rule(expectation: Expectation): string {
  const { system, ablations, variants, effect, detection, reason } = expectation;
  const where = system === 'none' ? 'no monitor' : [system, ...ablations].join(' with ');
  const which = variants ? ` (${variants.join(', ')})` : '';
  return `${where}${which}: ${effect}, ${detection}. ${reason}`;
}

function attackText(context: Context, record: AttackRecord): string {
  const unlocks = record.unlockedBy.map(({ system, ablation, variant }) => {
    const which = variant ? ` --variant ${variant}` : '';
    return `ringwarden run ${record.id} --system ${system} --ablate ${ablation}${which}`;
  });
  return [
    `${context.colours.strong(record.id)}: ${record.title}\n`,
    `${record.mechanism}\n`,
    heading(context, 'Where'),
    `  architecture ${record.architecture}, layer ${record.layer}, attacker's position ${record.position}\n`,
    `  ATT&CK ${record.attack.id} ${record.attack.name} (version ${record.attack.version}), STRIDE ${record.stride}\n`,
    heading(context, 'Source'),
    bullets(record.sources.map(({ kind, reference }) => (kind === 'ours' ? `ours: ${reference}` : reference))),
    heading(context, 'Prerequisites'),
    bullets(record.prerequisites),
    heading(context, 'Steps'),
    numbered(record.steps),
    heading(context, 'Effect, and the ground truth that decides it'),
    `  ${record.effect}\n  ${record.groundTruth}\n`,
    heading(context, 'Variants'),
    bullets(record.variants.map(({ name, title }) => `${name}: ${title}`)),
    heading(context, 'Expected verdicts'),
    bullets(record.expectations.map(rule)),
    ...(record.limits ? [heading(context, 'Left out'), bullets(record.limits)] : []),
    heading(context, 'Run it'),
    ...[`ringwarden run ${record.id} --system tvmi`, `ringwarden run ${record.id} --no-monitor`, ...unlocks].map(
      (line) => `  ${line}\n`,
    ),
    heading(context, 'Stability and idempotence'),
    `  ${record.stability}; ${record.idempotence}\n`,
  ].join('');
}

function systemText(context: Context, system: System): string {
  const malicious = (['guest', 'vmm', 'host', 'tenants'] as const).filter((party) => system.trust[party]);
  return [
    `${context.colours.strong(system.name)}: ${system.title}\n`,
    `${system.source}\n`,
    heading(context, 'Who may be malicious'),
    `  ${malicious.join(', ')}; trusted: ${system.trust.trustedBase.join(', ')}\n`,
    heading(context, 'Published'),
    listed(system.published),
    heading(context, "Ours (this project's model, not the paper's words)"),
    bullets(system.ours),
    heading(context, 'Components'),
    bullets(system.components.map(({ name, meaning }) => `${name}: ${meaning}`)),
    heading(context, 'Alarms'),
    bullets(system.alarms.map(({ id, component, meaning }) => `${id} (${component}): ${meaning}`)),
    heading(context, 'Ablations'),
    listed(system.ablations.map(({ name, meaning }) => `${name}: ${meaning}`)),
    heading(context, 'Known limits'),
    bullets(system.limits),
  ].join('');
}

function profileText(context: Context, profile: CostProfile): string {
  return [
    `${context.colours.strong(profile.name)}: ${profile.title}\n`,
    heading(context, 'Cycles for each event; the first that fits is the one that counts'),
    bullets(profile.prices.map((price) => `${price.title} [${price.events.join(', ')}]: ${priceText(price)}`)),
    heading(context, 'Without a price of their own'),
    bullets(FREE.map(({ events, reason }) => `${events.join(', ')}: ${reason}`)),
    heading(context, 'Use it'),
    `  ringwarden run arm64.vttbr.swap --cost ${profile.name}\n`,
  ].join('');
}

function scenarioText(context: Context, scenario: Scenario): string {
  const rows = Object.entries(scenario).filter(([key]) => !['schema', 'name', 'title'].includes(key));
  return [
    `${context.colours.strong(scenario.name)}: ${scenario.title}\n`,
    ...rows.map(([key, value]) => `  ${key.padEnd(18)}${typeof value === 'object' ? JSON.stringify(value) : value}\n`),
    heading(context, 'Run it'),
    `  ringwarden run ${scenario.name}\n`,
  ].join('');
}
