import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.smc.pointer-confusion',
  title: "A hostile VMM has the monitor write to the monitor's own memory",
  sources: [
    {
      kind: 'paper',
      reference:
        'Machiry et al., BOOMERANG: Exploiting the Semantic Gap in Trusted Execution Environments, NDSS 2017 (a pointer that the secure world follows with its own rights)',
    },
  ],
  architecture: 'arm64',
  layer: 'monitor',
  position: 'vmm',
  mechanism:
    'A secure call is given an address in secure memory. The monitor, which may write there, does what the normal world may not.',
  prerequisites: ['code runs at EL2', "the agent's address is known (it is not secret)"],
  steps: [
    'a module is loaded at EL2',
    "it makes a secure call that stores, with an address within the agent's code",
    'without a monitor there is no such call, and nothing closes the carve-out: it stores there itself',
  ],
  effect:
    'Secure memory holds what the attacker wanted; the agent then answers that it found nothing, whatever there is.',
  groundTruth: 'The first 256 bytes of the secure carve-out differ in physical memory from what was loaded there.',
  variants: [
    { name: 'table', payload: 'payload-table', title: "a table entry: eight bytes of the attacker's choice" },
    { name: 'status', payload: 'payload-status', title: "the monitor's status, over the agent's code" },
  ],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Without a monitor nobody closes the carve-out, and a plain store reaches it.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'blocked',
      detection: 'detected',
      reason:
        'EL3 stores entries only into frames that it made tables itself, and results only into plain frames of normal memory; any other address is denied and reported.',
    },
    {
      system: 'tvmi',
      ablations: ['no-argument-check'],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'EL3 writes where it is told to, and its own heartbeats go on.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'There is no such secure call and nothing in the secure world to defend: a plain store reaches the carve-out.',
    },
  ],
  unlockedBy: [
    { system: 'tvmi', ablation: 'no-argument-check', variant: 'table' },
    { system: 'tvmi', ablation: 'no-argument-check', variant: 'status' },
  ],
  stability: 'deterministic, no race',
  idempotence: 'a second time writes the same bytes, or a higher count of reports',
  attack: { id: 'T1068', name: 'Exploitation for Privilege Escalation', version: ATTACK_VERSION },
  stride: 'elevation of privilege',
};
