import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'guest.dkom.evolutionary',
  title: 'A guest kernel rootkit starves a process by scheduler data alone',
  sources: [
    {
      kind: 'paper',
      reference:
        'Graziano, Flore, Lanzi, Balzarotti, Subverting Operating System Properties through Evolutionary DKOM Attacks, DIMVA 2016',
    },
  ],
  architecture: 'any',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism:
    'A process that has work to do is made to look like one that sleeps, with a long sleep: every list is whole, every state is one that the kernel makes itself; only over time something is wrong.',
  prerequisites: ["code runs in the guest's kernel", 'a process that computes is ready to run'],
  steps: [
    'a module is loaded into the guest kernel',
    'it finds the victim on the run queue',
    'it takes it from there and sets its state to waiting, with a sleep of many ticks',
  ],
  effect: 'A process, such as one that would raise an alarm, does not run for as long as the attacker wants.',
  groundTruth:
    'A task of guest 0 whose program computes and never asks to sleep is found asleep at every checkpoint for 400,000 instructions.',
  variants: [{ name: 'sleep', payload: 'payload', title: 'a process of the workload that computes' }],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Nobody looks at the scheduler.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'A stated limit: the agent compares states, each of which is sound. That a process ought to have run meanwhile is a property of time, and no invariant of any one state is broken.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'A stated limit: each state that it looks at is sound; that a process ought to have run meanwhile shows in none of them.',
    },
  ],
  unlockedBy: [],
  stability: 'deterministic for a seed',
  idempotence: 'a second time the victim is not on the run queue',
  attack: { id: 'T1562.001', name: 'Impair Defenses: Disable or Modify Tools', version: ATTACK_VERSION },
  stride: 'denial of service',
};
