import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'guest.dksm',
  title: "A guest kernel rootkit changes what a field of the kernel's structures means",
  sources: [
    {
      kind: 'paper',
      reference: 'Bahram et al., DKSM: Subverting Virtual Machine Introspection for Fun and Profit, SRDS 2010',
    },
  ],
  architecture: 'any',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism:
    "The field that was built as a task's name holds another task's; the true names stand elsewhere, where the rootkit's own readers look. Lists, code, tables and registers are as they were.",
  prerequisites: ["code runs in the guest's kernel", 'readers inside the guest that know the new layout'],
  steps: [
    'a module is loaded into the guest kernel',
    "it copies every task's name to a table of its own",
    'it writes into each name field the name of another task',
  ],
  effect: 'Whoever reads the structures by the layout of the build takes one process for another.',
  groundTruth:
    'A task of guest 0, the same by address, pid and tables as at a checkpoint before the attack, holds another name at the built offset.',
  variants: [{ name: 'semantics', payload: 'payload', title: 'names are exchanged among the tasks' }],
  expectations: [
    { system: 'none', ablations: [], effect: 'succeeded', detection: 'missed', reason: 'Nobody reads the names.' },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        "A stated limit: the agent reads structures by the layout of the measured build, and nothing in the guest's memory proves that its kernel still uses that layout.",
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'A stated limit: it reads structures by the layout of the kernel that was loaded, and cannot know that the guest uses another.',
    },
  ],
  unlockedBy: [],
  stability: 'deterministic for a seed',
  idempotence: 'a second time the names move on by one',
  attack: { id: 'T1014', name: 'Rootkit', version: ATTACK_VERSION },
  stride: 'spoofing',
};
