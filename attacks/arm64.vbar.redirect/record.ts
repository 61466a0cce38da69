import { rule } from '../common-rules.ts';
import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.vbar.redirect',
  title: 'A hostile VMM, or a guest kernel, redirects its exception vectors',
  sources: [{ kind: 'ours', reference: 'vector hooking, as rootkits do with the IDT, carried over to EL2' }],
  architecture: 'arm64',
  layer: 'vmm',
  position: 'vmm',
  mechanism:
    'VBAR_EL2 (VBAR_EL1) is pointed at vectors of the attacker, so that each exception to that level runs his code first.',
  prerequisites: ["code runs at EL2, or in the guest's kernel"],
  steps: [
    'a module is loaded at EL2 (into the guest kernel)',
    'it writes VBAR_EL2 (VBAR_EL1) with the address of its own vector table',
    "the next exception runs the attacker's vectors, which count it and go on to the sound ones",
  ],
  effect: "Exceptions to that level are handled by the attacker's code.",
  groundTruth:
    'At some checkpoint VBAR_EL2 of a CPU, or VBAR_EL1 while a guest runs, holds an address that it did not hold before the attack was due.',
  variants: [
    { name: 'msr', payload: 'payload-msr', title: 'the module writes VBAR_EL2 by MSR' },
    { name: 'smc', payload: 'payload-smc', title: 'the module asks the monitor to write VBAR_EL2' },
    {
      name: 'guest',
      payload: 'payload-guest',
      position: 'guest-kernel',
      title: "the guest's kernel writes its VBAR_EL1",
    },
  ],
  expectations: [
    {
      system: 'none',
      ablations: [],
      variants: ['msr', 'guest'],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Nothing stands between a level and its own registers.',
    },
    rule('none.no-call', 'smc'),
    rule('tvmi.module-scan', 'msr'),
    {
      system: 'tvmi',
      ablations: [],
      variants: ['smc'],
      effect: 'blocked',
      detection: 'detected',
      reason: 'EL3 takes only the measured vector table for VBAR_EL2, denies the call and reports.',
    },
    {
      system: 'tvmi',
      ablations: [],
      variants: ['guest'],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        "HCR_EL2.TVM does not cover VBAR_EL1, and no other control of ARMv8.0 does: the write is not seen. At the next poll the agent compares the register with the measured image's vectors.",
    },
    rule('no-smc-rewrite.own-registers', 'msr'),
    {
      system: 'tvmi',
      ablations: ['no-smc-rewrite'],
      variants: ['smc'],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'EL3 holds VBAR_EL2 to what a VMM that uses its calls booted with. This one does not, so EL3 has nothing to compare with, and performs the call.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      variants: ['msr'],
      effect: 'succeeded',
      detection: 'missed',
      reason: "It looks at guests alone: who takes EL2's exceptions takes them from it too.",
    },
    rule('hostvmi.no-call', 'smc'),
    {
      system: 'hostvmi',
      ablations: [],
      variants: ['guest'],
      effect: 'succeeded',
      detection: 'detected',
      reason: "It compares VBAR_EL1, as the VMM holds it, with the kernel's vectors on its next look.",
    },
  ],
  unlockedBy: [
    { system: 'tvmi', ablation: 'no-smc-rewrite', variant: 'msr' },
    { system: 'tvmi', ablation: 'no-smc-rewrite', variant: 'smc' },
  ],
  limits: [
    'No ablation unlocks the guest variant: it is never blocked, and what notices it is the poll, which no ablation takes away.',
  ],
  stability: 'deterministic, no race',
  idempotence: 'a second time changes nothing more',
  attack: { id: 'T1574', name: 'Hijack Execution Flow', version: ATTACK_VERSION },
  stride: 'tampering',
};
