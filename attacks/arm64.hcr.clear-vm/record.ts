import { rule } from '../common-rules.ts';
import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.hcr.clear-vm',
  title: 'A hostile VMM switches stage 2 and the traps off',
  sources: [{ kind: 'ours', reference: "from the register's definition, Arm ARM DDI 0487, HCR_EL2" }],
  architecture: 'arm64',
  layer: 'vmm',
  position: 'vmm',
  mechanism: "HCR_EL2.VM and HCR_EL2.TVM are cleared: no stage 2, and no trap of the guest's translation registers.",
  prerequisites: ['code runs at EL2'],
  steps: ['a module is loaded at EL2', 'it clears VM and TVM in HCR_EL2', 'the guest goes on with stage 2 off'],
  effect: 'A guest runs without stage 2 (its IPAs are physical addresses), unseen by the trap mechanism.',
  groundTruth:
    'At some checkpoint after the attack was due, HCR_EL2.VM is 0 while a CPU runs a guest at EL1 or EL0 in normal state.',
  variants: [
    { name: 'msr', payload: 'payload-msr', title: 'the module writes HCR_EL2 by MSR' },
    { name: 'smc', payload: 'payload-smc', title: 'the module asks the monitor to write HCR_EL2' },
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
      reason: 'EL3 takes no value of HCR_EL2 that clears VM or TVM, denies the call and reports.',
    },
    rule('no-smc-rewrite.own-registers', 'msr'),
    {
      system: 'tvmi',
      ablations: ['no-smc-rewrite'],
      variants: ['smc'],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'EL3 keeps on in HCR_EL2 what it was asked to switch on. A VMM that does not use its calls never asked, so EL3 performs the call.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      variants: ['msr'],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        "It runs in the VMM it would have to distrust, and does not look at EL2's registers: what stage 2 protected, itself included, lies open.",
    },
    rule('hostvmi.no-call', 'smc'),
  ],
  unlockedBy: [
    { system: 'tvmi', ablation: 'no-smc-rewrite', variant: 'msr' },
    { system: 'tvmi', ablation: 'no-smc-rewrite', variant: 'smc' },
  ],
  stability: 'deterministic, no race',
  idempotence: 'a second time changes nothing more',
  attack: { id: 'T1562.001', name: 'Impair Defenses: Disable or Modify Tools', version: ATTACK_VERSION },
  stride: 'elevation of privilege',
};
