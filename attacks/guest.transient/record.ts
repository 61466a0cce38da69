import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'guest.transient',
  title: 'A guest kernel rootkit restores what it changed before anyone looks',
  sources: [
    {
      kind: 'paper',
      reference:
        'Moon et al., Vigilare: Toward Snoop-based Kernel Integrity Monitor, CCS 2012 (names and measures such attacks)',
    },
  ],
  architecture: 'any',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism:
    'A task is taken out of the list of all tasks and linked back within a few thousand instructions, in which nothing is done that traps.',
  prerequisites: ["code runs in the guest's kernel"],
  steps: [
    'a module is loaded into the guest kernel',
    'it takes a task out of the list of tasks',
    'it waits for a moment that is short against the period of the polls',
    'it links the task back',
  ],
  effect: 'For a moment the guest is in a state that no look would have let pass.',
  groundTruth:
    'At two checkpoints in a row, 500 instructions apart, a task is current or on the run queue of guest 0 and not on its list of all tasks.',
  variants: [{ name: 'unlink', payload: 'payload', title: 'a task of the run queue, for some thousand instructions' }],
  expectations: [
    { system: 'none', ablations: [], effect: 'succeeded', detection: 'missed', reason: 'Nobody looks at all.' },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'A stated limit: no poll falls into the moment, and no write in it is one that traps. Polls come at times that nobody can foresee, so over many such moments the odds are the share of time that they last.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'It looks on ticks of the VMM, and none comes in a moment so short.',
    },
  ],
  unlockedBy: [],
  stability: 'short against the period of the polls: in about one seed of a hundred a poll meets it',
  idempotence: 'a second time does the same',
  attack: { id: 'T1014', name: 'Rootkit', version: ATTACK_VERSION },
  stride: 'tampering',
};
