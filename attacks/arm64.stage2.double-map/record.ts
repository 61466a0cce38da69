import { rule } from '../common-rules.ts';
import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.stage2.double-map',
  title: "A hostile VMM maps a guest's memory into another guest",
  sources: [
    {
      kind: 'ours',
      reference:
        "the VMM's power over stage 2, as in Jin et al., Architectural support for secure virtualization under a vulnerable hypervisor, MICRO 2011",
    },
  ],
  architecture: 'arm64',
  layer: 'vmm',
  position: 'vmm',
  mechanism: "An entry of one guest's stage 2 is made to map frames that belong to another guest.",
  prerequisites: ['code runs at EL2', "the address of the guest's stage-2 tables is known"],
  steps: [
    'a module is loaded at EL2',
    "it makes an unused entry of guest 1's stage 2 map the first 2 MiB of guest 0's RAM",
    'guest 1 reads and writes them like its own',
  ],
  effect: "A guest can read and write another guest's memory.",
  groundTruth:
    'A frame of RAM stands in the stage 2 of two guests, the window of shared pages apart; both trees are walked in physical memory from the roots on which the guests ran.',
  variants: [
    { name: 'store', payload: 'payload-store', title: 'a plain store to the table' },
    { name: 'alias', payload: 'payload-alias', title: 'a store through a second, writable mapping of the table' },
    { name: 'smc', payload: 'payload-smc', title: 'the module asks the monitor for the entry' },
  ],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: "The tables are the VMM's own memory.",
    },
    rule('none.no-call', 'smc'),
    {
      system: 'tvmi',
      ablations: [],
      variants: ['store'],
      effect: 'blocked',
      detection: 'detected',
      reason:
        'EL3 made the tables read-only to EL2: the store aborts, and the VMM hands the abort to EL3, which reports it.',
    },
    {
      system: 'tvmi',
      ablations: [],
      variants: ['alias'],
      effect: 'blocked',
      detection: 'detected',
      reason: "EL2's own tables change by secure calls too: EL3 refuses an entry that would open a table, and reports.",
    },
    {
      system: 'tvmi',
      ablations: [],
      variants: ['smc'],
      effect: 'blocked',
      detection: 'detected',
      reason: "A frame has one owner: EL3 refuses to map it into another guest without that owner's call, and reports.",
    },
    {
      system: 'tvmi',
      ablations: ['writable-stage2'],
      variants: ['store', 'alias'],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'The tables are memory like any other to EL2, and nobody compares them afterwards.',
    },
    {
      system: 'tvmi',
      ablations: ['no-smc-rewrite'],
      variants: ['store', 'alias'],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'The VMM is the plain build, which writes its tables itself.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      variants: ['store', 'alias'],
      effect: 'succeeded',
      detection: 'missed',
      reason: "The tables are the VMM's own memory, and it compares guests, not what the VMM maps for them.",
    },
    rule('hostvmi.firmware', 'smc'),
  ],
  unlockedBy: [
    { system: 'tvmi', ablation: 'writable-stage2', variant: 'store' },
    { system: 'tvmi', ablation: 'writable-stage2', variant: 'alias' },
  ],
  stability: 'deterministic, no race',
  idempotence: 'a second time writes the same entry',
  attack: { id: 'T1565.003', name: 'Data Manipulation: Runtime Data Manipulation', version: ATTACK_VERSION },
  stride: 'tampering',
};
