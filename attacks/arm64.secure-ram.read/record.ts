import { rule } from '../common-rules.ts';
import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.secure-ram.read',
  title: "A hostile VMM reads the monitor's secure memory",
  sources: [{ kind: 'ours', reference: "from T-VMI's claim of isolation (CCGrid 2017)" }],
  architecture: 'arm64',
  layer: 'secure-world',
  position: 'vmm',
  mechanism: "Loads from EL2 of the secure carve-out that holds the monitor's secret.",
  prerequisites: ['code runs at EL2', 'the address of the carve-out is known'],
  steps: ['a module is loaded at EL2', 'it maps the carve-out', 'it copies a secret from there to its own memory'],
  effect: "The monitor's secret is known to the normal world.",
  groundTruth:
    'The bytes of the secret stand in memory that is not secure and in which they did not stand before the attack was due.',
  variants: [{ name: 'load', payload: 'payload', title: 'plain loads' }],
  expectations: [
    rule('none.carve-out'),
    {
      system: 'tvmi',
      ablations: [],
      effect: 'blocked',
      detection: 'detected',
      reason:
        'The address-space controller answers a normal-world access with an abort and interrupts EL3, which reports it.',
    },
    rule('no-secure-memory.carve-out'),
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        "Nothing in the normal world closes secure memory; that is the address-space controller's work, and here nobody programs it.",
    },
  ],
  unlockedBy: [{ system: 'tvmi', ablation: 'no-secure-memory' }],
  stability: 'deterministic, no race',
  idempotence: 'reading changes nothing',
  attack: { id: 'T1005', name: 'Data from Local System', version: ATTACK_VERSION },
  stride: 'information disclosure',
};
