import { rule } from '../common-rules.ts';
import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.mmu.off',
  title: 'A guest kernel, or a hostile VMM, switches its MMU off',
  sources: [{ kind: 'ours', reference: "from the registers' definition, Arm ARM DDI 0487, SCTLR_EL1 and SCTLR_EL2" }],
  architecture: 'arm64',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism:
    'SCTLR_ELx.M is cleared: no table says any more where memory lies and what may be written or executed, and an introspector has no table to walk.',
  prerequisites: [
    "code runs in the guest's kernel, or at EL2",
    'the code that does it stands at an address that is the same without the MMU',
  ],
  steps: [
    'a module is loaded',
    'the guest variant maps its own code one to one in the tables of the current process; EL2 is mapped so already',
    'it clears SCTLR_ELx.M and works on for a while',
    'it sets the bit again',
  ],
  effect: 'Code runs without the tables that were checked.',
  groundTruth:
    'At some checkpoint after the attack was due, SCTLR_EL1.M is 0 while a CPU runs a guest whose MMU had been on, or SCTLR_EL2.M is 0 on a CPU on which it had been 1.',
  variants: [
    { name: 'guest', payload: 'payload-guest', title: "the guest's kernel clears SCTLR_EL1.M" },
    { name: 'msr', payload: 'payload-msr', position: 'vmm', title: 'a module at EL2 clears SCTLR_EL2.M by MSR' },
    {
      name: 'smc',
      payload: 'payload-smc',
      position: 'vmm',
      title: 'a module at EL2 asks the monitor to clear SCTLR_EL2.M',
    },
  ],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Each level rules its own SCTLR.',
    },
    rule('none.no-call', 'smc'),
    {
      system: 'tvmi',
      ablations: [],
      variants: ['guest'],
      effect: 'blocked',
      detection: 'detected',
      reason:
        'HCR_EL2.TVM traps the write, the VMM forwards it, and EL3 refuses to clear M once a guest has set it, and reports.',
    },
    rule('tvmi.module-scan', 'msr'),
    {
      system: 'tvmi',
      ablations: [],
      variants: ['smc'],
      effect: 'blocked',
      detection: 'detected',
      reason: 'EL3 takes no value of SCTLR_EL2 that clears M or WXN after the boot, denies the call and reports.',
    },
    {
      system: 'tvmi',
      ablations: ['no-tvm'],
      variants: ['guest'],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        'The write does not trap, so the MMU goes off. It stays off for longer than the longest way from one poll to the next, so a poll sees it; a shorter one would be missed.',
    },
    {
      system: 'tvmi',
      ablations: ['no-smc-rewrite'],
      variants: ['msr'],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'The VMM writes its registers itself, modules are not scanned, and what EL2 was granted is not compared with what is live.',
    },
    {
      system: 'tvmi',
      ablations: ['no-smc-rewrite'],
      variants: ['guest'],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        'The plain VMM does not set HCR_EL2.TVM, so the write does not trap. The MMU stays off for longer than the longest way from one poll to the next, so a poll sees it.',
    },
    {
      system: 'tvmi',
      ablations: ['no-smc-rewrite'],
      variants: ['smc'],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'EL3 keeps on in SCTLR_EL2 what it was asked to switch on. A VMM that does not use its calls never asked, so EL3 performs the call.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      variants: ['guest'],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        "Nothing traps the write. The MMU stays off for longer than from one look to the next, and then the VMM's own note of the guest's registers shows it.",
    },
    {
      system: 'hostvmi',
      ablations: [],
      variants: ['msr'],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'It looks at guests, not at the VMM that it is part of.',
    },
    rule('hostvmi.firmware', 'smc'),
  ],
  unlockedBy: [
    { system: 'tvmi', ablation: 'no-smc-rewrite', variant: 'smc' },
    { system: 'tvmi', ablation: 'no-smc-rewrite', variant: 'guest' },
    { system: 'tvmi', ablation: 'no-tvm', variant: 'guest' },
    { system: 'tvmi', ablation: 'no-smc-rewrite', variant: 'msr' },
  ],
  stability: 'deterministic for a seed',
  idempotence: 'the MMU is on again afterwards',
  attack: { id: 'T1562.001', name: 'Impair Defenses: Disable or Modify Tools', version: ATTACK_VERSION },
  stride: 'tampering',
};
