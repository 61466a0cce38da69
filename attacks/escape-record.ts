/** What the records of escapes from a guest say alike. */
import { hardened, rule } from './common-rules.ts';
import { ATTACK_VERSION, type AttackRecord } from './record.ts';

/** @param fixed why the build without the bug resists */
export const escapeFrom = (fixed: string) =>
  ({
    effect: "Code of the guest's own runs at EL2: the foothold that the attacks of position vmm assume.",
    groundTruth:
      "At some checkpoint a CPU at EL2 is at an instruction that stands in guest 0's RAM, by EL2's own tables.",
    variants: [
      { name: 'vulnerable', payload: 'payload', vulnerable: true, title: 'against the build with the bug left in' },
      { name: 'hardened', payload: 'payload', title: 'the same against the hardened build' },
    ],
    expectations: [
      rule('none.escape', 'vulnerable'),
      hardened('none', fixed),
      rule('tvmi.escape', 'vulnerable'),
      hardened('tvmi', fixed),
      rule('no-smc-rewrite.escape', 'vulnerable'),
      rule('hostvmi.escape', 'vulnerable'),
      hardened('hostvmi', fixed),
    ],
    unlockedBy: [{ system: 'tvmi', ablation: 'no-smc-rewrite', variant: 'vulnerable' }],
    limits: [
      "Under tvmi the guest can still make the VMM run its own functions, and with them write the VMM's data: what is kept out is new code, the monitor's memory, and tables.",
      'The addresses are those of the published binaries; the VMM has no address-space randomisation to break first. Made for one CPU.',
    ],
    attack: { id: 'T1611', name: 'Escape to Host', version: ATTACK_VERSION },
    stride: 'elevation of privilege',
  }) as const satisfies Partial<AttackRecord>;
