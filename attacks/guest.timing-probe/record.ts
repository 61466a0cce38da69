import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'guest.timing-probe',
  title: 'A guest finds out by the clock whether it is watched',
  sources: [
    {
      kind: 'paper',
      reference:
        'Wang, Estrada, Pham, Kalbarczyk, Iyer, Hypervisor Introspection: A Technique for Evading Passive Virtual Machine Monitoring, WOOT 2015',
    },
  ],
  architecture: 'arm64',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism:
    'The guest times an instruction that a monitor may trap, and looks for time that it does not see pass in a loop that waits for nothing.',
  prerequisites: ["code runs in the guest's kernel", 'the guest may read the counter'],
  steps: [
    'a module is loaded into the guest kernel',
    'it writes TTBR0_EL1 with the value that it has, many times, and reads the counter before and after',
    'it reads the counter in a loop and keeps the longest step',
    'from both it concludes whether somebody watches',
  ],
  effect: 'The guest knows whether a monitor is there.',
  groundTruth:
    "In guest 0's memory stands a conclusion, watched or unwatched, and it is what is the case: a monitor is part of this machine or not.",
  variants: [{ name: 'counter', payload: 'payload', title: 'the cost of a trap, and stolen time' }],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Nothing is trapped and little time is stolen, so the guest concludes that nobody watches: it is right.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'A stated limit: each write of TTBR0_EL1 costs the guest a way to EL3 and through the agent, which the counter shows. Reading a counter is no sign of an attack.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'A stated limit: nothing is trapped, but a round of looks takes time from the guest in one piece, which the counter shows.',
    },
  ],
  unlockedBy: [],
  stability: 'deterministic for a seed',
  idempotence: 'a second time concludes the same',
  attack: { id: 'T1497', name: 'Virtualization/Sandbox Evasion', version: ATTACK_VERSION },
  stride: 'information disclosure',
};
