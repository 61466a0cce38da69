/** A scenario with parts of it replaced from the command line. */
import { ATTACKS, attackNamed } from '../attacks/index.ts';
import { Failure } from './errors.ts';
import { judgeNames } from './load.ts';
import { type Scenario, scenarioSchema } from './schema.ts';

export interface Overrides {
  readonly system?: string | undefined;
  readonly ablations?: readonly string[] | undefined;
  readonly noMonitor?: boolean;
  readonly variant?: string | undefined;
  readonly seed?: number | undefined;
  readonly cpus?: number | undefined;
  readonly maxInstructions?: number | undefined;
}

/**
 * Replaces what is given. An expectation that the file states holds for the file's own composition only, so it goes
 * when that changes; the attack's record then says what to expect.
 * @throws Failure `usage` for a combination or a value that makes no sense
 */
export function override(scenario: Scenario, overrides: Overrides): Scenario {
  if (overrides.noMonitor && overrides.system !== undefined) {
    throw new Failure('usage', '--no-monitor and --system contradict each other');
  }
  if (overrides.noMonitor && overrides.ablations?.length) {
    throw new Failure('usage', '--ablate needs a monitor, and --no-monitor takes it away');
  }
  const { expected, ...rest } = scenario;
  const system = overrides.noMonitor ? 'none' : overrides.system;
  const recomposed = system !== undefined || overrides.ablations !== undefined || overrides.variant !== undefined;
  const changed = {
    ...rest,
    ...(expected && !recomposed ? { expected } : {}),
    ...(system === undefined ? {} : { monitor: system, ablations: [], vmm: 'auto' }),
    ...(overrides.ablations === undefined ? {} : { ablations: [...new Set(overrides.ablations)] }),
    ...(overrides.variant === undefined ? {} : { variant: overrides.variant }),
    ...(overrides.seed === undefined ? {} : { seed: overrides.seed }),
    ...(overrides.cpus === undefined ? {} : { cpus: overrides.cpus }),
    ...(overrides.maxInstructions === undefined ? {} : { limits: { instructions: overrides.maxInstructions } }),
  };
  const parsed = scenarioSchema.safeParse(changed);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Failure('usage', `${issue.path.join('.')}: ${issue.message.replace(/^Invalid input: /, '')}`);
  }
  const [mistake] = judgeNames(parsed.data);
  if (mistake) throw new Failure('usage', mistake.message);
  return parsed.data;
}

/** One scenario for each variant of its attack; the scenario itself where it has none. */
export function everyVariant(scenario: Scenario): Scenario[] {
  const attack = scenario.attack === undefined ? undefined : attackNamed(scenario.attack);
  if (!attack) return [scenario];
  return attack.record.variants.map((variant) => override(scenario, { variant: variant.name }));
}

/** Ids of all attacks. */
export function attackIds(): string[] {
  return ATTACKS.map(({ record }) => record.id);
}
