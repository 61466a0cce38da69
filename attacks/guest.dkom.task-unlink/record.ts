import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'guest.dkom.task-unlink',
  title: 'A guest kernel rootkit hides a task',
  sources: [{ kind: 'paper', reference: 'Butler, DKOM (Direct Kernel Object Manipulation), Black Hat USA 2004' }],
  architecture: 'any',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism: 'A task is taken out of the list of all tasks while the scheduler goes on running it.',
  prerequisites: ["code runs in the guest's kernel"],
  steps: [
    'a module is loaded into the guest kernel',
    'it finds a task by its pid on the list of tasks',
    'it links its neighbours to each other',
  ],
  effect: 'A process runs that the list of tasks does not show.',
  groundTruth:
    "At some checkpoint, and again at the next one, a task is current or on the run queue of guest 0 and not on its list of all tasks, both walked in physical memory from the guest's live tables.",
  variants: [{ name: 'unlink', payload: 'payload', title: 'the second task of the list' }],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Nobody compares the two lists.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        "At each context switch the agent looks for the task that owns the new tables, and at each poll it compares the list of tasks with the run queue and the current task. A guest's own data is not write-protected, so the effect stands.",
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        "At its next look it compares the list of tasks with the run queue and the current task, as tvmi's agent does. The VMM is sound here, so it gets a true answer.",
    },
  ],
  unlockedBy: [],
  stability: 'deterministic for a seed',
  idempotence: 'a task that is unlinked already is not found again',
  attack: { id: 'T1014', name: 'Rootkit', version: ATTACK_VERSION },
  stride: 'tampering',
};
