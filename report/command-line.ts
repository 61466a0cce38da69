import type { Result } from '../scenarios/result.ts';

/** The command that makes a run again: what a composition is made of, where the scenario itself comes with the package. */
export function commandLine(
  result: Pick<Result, 'scenario' | 'system' | 'ablations' | 'attack' | 'variant' | 'seed'>,
): string {
  const monitor = result.system === 'none' ? ['--no-monitor'] : ['--system', result.system];
  return [
    'ringwarden run',
    result.scenario,
    ...monitor,
    ...result.ablations.flatMap((name) => ['--ablate', name]),
    ...(result.variant === null ? [] : ['--variant', result.variant]),
    ...['--seed', `${result.seed}`],
  ].join(' ');
}
