import { rule } from '../common-rules.ts';
import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.vttbr.swap',
  title: 'A hostile VMM runs a guest on another stage-2 root',
  sources: [
    {
      kind: 'paper',
      reference: 'Jang et al., ATRA: Address Translation Redirection Attack, CCS 2014 (the same idea one stage higher)',
    },
  ],
  architecture: 'arm64',
  layer: 'vmm',
  position: 'vmm',
  mechanism:
    'VTTBR_EL2 is pointed at stage-2 tables that the attacker built, so that a guest runs on memory of his choice.',
  prerequisites: ['code runs at EL2', 'frames that EL2 may write, for the forged tables'],
  steps: [
    'a module is loaded at EL2',
    "it builds a stage-2 root that maps guest 0's memory once more",
    'it makes VTTBR_EL2 of guest 0 name this root and lets the guest go on',
  ],
  effect: 'Guest instructions run under a stage-2 translation that nobody checked.',
  groundTruth:
    'At some checkpoint a CPU runs a guest (EL1 or EL0, not secure, HCR_EL2.VM = 1) and the root in its VTTBR_EL2 is none of the roots under which guests ran before the attack was due.',
  variants: [
    { name: 'msr', payload: 'payload-msr', title: 'the module writes VTTBR_EL2 by MSR' },
    { name: 'smc', payload: 'payload-smc', title: 'the module asks the monitor to write its root' },
  ],
  expectations: [
    rule('none.own-registers', 'msr'),
    rule('none.no-call', 'smc'),
    rule('tvmi.module-scan', 'msr'),
    {
      system: 'tvmi',
      ablations: [],
      variants: ['smc'],
      effect: 'blocked',
      detection: 'detected',
      reason: 'EL3 takes only roots that it created itself for VTTBR_EL2, denies the call and reports.',
    },
    rule('no-smc-rewrite.own-registers', 'msr'),
    {
      system: 'hostvmi',
      ablations: [],
      variants: ['msr'],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        "It reads guests by the VMM's own note of their memory, and never looks at the root that the hardware walks.",
    },
    rule('hostvmi.no-call', 'smc'),
  ],
  unlockedBy: [{ system: 'tvmi', ablation: 'no-smc-rewrite', variant: 'msr' }],
  stability: 'deterministic, no race',
  idempotence: 'a second time changes nothing more',
  attack: { id: 'T1574', name: 'Hijack Execution Flow', version: ATTACK_VERSION },
  stride: 'tampering',
};
