/** Rules that hold for several attacks: what a system does with them, and the one sentence why. A record names them. */
import type { Expectation } from './record.ts';

type CommonRule = Omit<Expectation, 'variants' | 'orElse' | 'end'>;

const RULES = {
  'none.no-call': {
    ...{ system: 'none', ablations: [], effect: 'blocked', detection: 'missed' },
    reason: 'Without a monitor EL3 knows no such call and refuses it; this variant makes no other attempt.',
  },
  'none.own-registers': {
    ...{ system: 'none', ablations: [], effect: 'succeeded', detection: 'missed' },
    reason: 'Nothing stands between EL2 and its own registers.',
  },
  'none.escape': {
    ...{ system: 'none', ablations: [], effect: 'succeeded', detection: 'missed' },
    reason: 'The VMM maps the page with its own code, and nothing asks whose page it is.',
  },
  'none.carve-out': {
    ...{ system: 'none', ablations: [], effect: 'succeeded', detection: 'missed' },
    reason: 'Without a monitor nobody closes the carve-out.',
  },
  'tvmi.module-scan': {
    ...{ system: 'tvmi', ablations: [], effect: 'blocked', detection: 'detected' },
    reason: 'EL3 scans a module before its pages become executable, finds the MSR, refuses it and reports.',
  },
  'tvmi.escape': {
    ...{ system: 'tvmi', ablations: [], effect: 'blocked', detection: 'detected' },
    reason:
      "The bug is the VMM's, and the guest does take the VMM's control flow: tvmi does not defend the VMM from its guests. But an entry of EL2's tables goes by EL3, which makes no page executable that it has not scanned, and reports; the jump to the page then aborts, which is reported too. So no code of the guest's runs at EL2.",
  },
  'no-smc-rewrite.own-registers': {
    ...{ system: 'tvmi', ablations: ['no-smc-rewrite'], effect: 'succeeded', detection: 'missed' },
    reason: 'The VMM writes its registers itself, and modules are not scanned.',
  },
  'no-smc-rewrite.escape': {
    ...{ system: 'tvmi', ablations: ['no-smc-rewrite'], effect: 'succeeded', detection: 'missed' },
    reason: 'The VMM is the plain build, which writes its own tables.',
  },
  'no-secure-memory.carve-out': {
    ...{ system: 'tvmi', ablations: ['no-secure-memory'], effect: 'succeeded', detection: 'missed' },
    reason: 'The controller is open.',
  },
  'hostvmi.no-call': {
    ...{ system: 'hostvmi', ablations: [], effect: 'blocked', detection: 'missed' },
    reason: 'There is no monitor at EL3 that knows such a call; this variant makes no other attempt.',
  },
  'hostvmi.firmware': {
    ...{ system: 'hostvmi', ablations: [], effect: 'blocked', detection: 'missed' },
    reason: 'The firmware at EL3 knows no such call and refuses it; this variant makes no other attempt.',
  },
  'hostvmi.escape': {
    ...{ system: 'hostvmi', ablations: [], effect: 'succeeded', detection: 'missed' },
    reason: "It looks at guests for what they are, not at the VMM that it is part of; from now on it is the guest's.",
  },
  'hostvmi.same-comparison': {
    ...{ system: 'hostvmi', ablations: [], effect: 'succeeded', detection: 'detected' },
    reason: 'At its next look it makes the same comparison. The VMM is sound here, so it gets a true answer.',
  },
} as const satisfies Record<string, CommonRule>;

export type CommonRuleName = keyof typeof RULES;

/** The sentences of all common rules. */
export const COMMON_REASONS: readonly string[] = Object.values(RULES).map(({ reason }) => reason);

/** A common rule as one of a record's expectations. @param variants those for which it holds; none: as in {@link Expectation} */
export function rule(name: CommonRuleName, ...variants: string[]): Expectation {
  const { system, ablations, ...verdict } = RULES[name];
  return { system, ablations, ...(variants.length === 0 ? {} : { variants }), ...verdict };
}

/** A bug of the VMM meets the build without it: it is of no use under any system, and no monitor has anything to see. */
export function hardened(system: string, reason: string): Expectation {
  return { system, ablations: [], variants: ['hardened'], effect: 'blocked', detection: 'missed', reason };
}
