import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.transient.between-polls',
  title: 'A guest kernel changes something and restores it before the next poll',
  sources: [
    {
      kind: 'paper',
      reference:
        'Moon et al., Vigilare, CCS 2012 (transient attacks on periodic snapshots, and event-driven watching as the answer)',
    },
  ],
  architecture: 'arm64',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism: 'A change is made and undone well within the period of the monitor that polls.',
  prerequisites: ["code runs in the guest's kernel", 'the change is much shorter than the period'],
  steps: [
    'a module is loaded into the guest kernel',
    'it changes TTBR0_EL1 (or the entry of a system call)',
    'some 200 counter ticks later it restores it; a poll comes every 8,192 to 24,576 ticks',
  ],
  effect: "For a moment the guest runs on forged tables, or a system call runs the attacker's code.",
  groundTruth:
    "At some checkpoint after the attack's first instruction guest 0 runs on a root that no task of its list owns, or an entry of its system-call table differs from the built one and points outside the built kernel text.",
  variants: [
    { name: 'ttbr', payload: 'payload-ttbr', title: 'the tables: a write that traps' },
    { name: 'data', payload: 'payload-data', title: 'an entry of the system-call table: a store that no trap covers' },
  ],
  expectations: [
    { system: 'none', ablations: [], effect: 'succeeded', detection: 'missed', reason: 'Nobody looks.' },
    {
      system: 'tvmi',
      ablations: [],
      variants: ['ttbr'],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        'HCR_EL2.TVM traps each write of TTBR0_EL1, so the agent looks at the moment of the change, however short.',
    },
    {
      system: 'tvmi',
      ablations: [],
      variants: ['data'],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        "A stated limit: a store to the guest's own data traps nowhere, and what is restored before the next poll is not there any more when it comes.",
    },
    {
      system: 'tvmi',
      ablations: ['polling-only'],
      variants: ['ttbr'],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'The agent runs on the secure timer alone, and no poll falls into the moment.',
    },
    {
      system: 'tvmi',
      ablations: ['no-tvm'],
      variants: ['ttbr'],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'The write does not trap, and no poll falls into the moment.',
    },
    {
      system: 'tvmi',
      ablations: ['no-smc-rewrite'],
      variants: ['ttbr'],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'The plain VMM does not set HCR_EL2.TVM: the write does not trap, and no poll falls into the moment.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'It looks from time to time, and everything is as it was by then.',
    },
  ],
  unlockedBy: [
    { system: 'tvmi', ablation: 'no-smc-rewrite', variant: 'ttbr' },
    { system: 'tvmi', ablation: 'polling-only', variant: 'ttbr' },
    { system: 'tvmi', ablation: 'no-tvm', variant: 'ttbr' },
  ],
  stability: 'deterministic for a seed; with another one a poll falls into the moment about once in eighty runs',
  idempotence: 'everything is as before afterwards',
  attack: { id: 'T1014', name: 'Rootkit', version: ATTACK_VERSION },
  stride: 'tampering',
};
