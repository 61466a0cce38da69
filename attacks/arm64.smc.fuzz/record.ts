import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.smc.fuzz',
  title: 'Malformed secure calls by the thousand',
  sources: [{ kind: 'ours', reference: "the secure calls are this project's own, and so are attacks on them" }],
  architecture: 'arm64',
  layer: 'secure-world',
  position: 'vmm',
  mechanism:
    'From EL2, secure calls with defects drawn from the seed: function ids, registers, values, addresses, alignment, lengths, wraparound, CPUs that do not exist.',
  prerequisites: ['code runs at EL2'],
  steps: [
    'a module is loaded at EL2',
    'it makes a call that has at least one defect, and keeps what came back and is no status',
    'and so on, `attackRounds` times (100 where the scenario does not say)',
  ],
  effect: 'Something of secure memory is known to the normal world.',
  groundTruth:
    "A 64-bit word that secure memory alone holds (the report key, EL3's data, the agent) stands in normal memory, where the payload keeps every register that a call changed.",
  variants: [{ name: 'calls', payload: 'payload', title: 'all kinds of defects, mixed' }],
  meaninglessAlone: 'Without a monitor in the secure world there is no secure call to confuse.',
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'blocked',
      detection: 'missed',
      reason: 'EL3 without a monitor knows none of these functions and says so.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'blocked',
      detection: 'detected',
      reason:
        'Every argument is checked before it is used, a status is all that comes back, and what policy refuses is reported.',
    },
    {
      system: 'tvmi',
      ablations: ['no-smc-rewrite'],
      effect: 'blocked',
      detection: 'detected',
      end: 'crash',
      reason:
        "EL3 was never told EL2's tables, so it cannot tell the VMM's code from its buffers: asked for its status there, it overwrites the code, and the VMM stops. Nothing leaks.",
    },
    {
      system: 'tvmi',
      ablations: ['no-argument-check'],
      effect: 'blocked',
      detection: 'detected',
      end: 'crash',
      reason:
        'EL3 stores where it is told, takes an abort at its own level and stops the machine: the monitor is down, though nothing leaks.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'blocked',
      detection: 'missed',
      reason: 'There is no monitor at EL3 that knows such calls, and hostvmi does not hear of them.',
    },
  ],
  unlockedBy: [],
  stability: 'deterministic for a seed',
  idempotence: 'refused calls change nothing',
  attack: { id: 'T1068', name: 'Exploitation for Privilege Escalation', version: ATTACK_VERSION },
  stride: 'information disclosure',
};
