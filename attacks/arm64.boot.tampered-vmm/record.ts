import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.boot.tampered-vmm',
  title: 'The VMM is altered in flash before the machine boots',
  sources: [
    { kind: 'ours', reference: 'what measured boot is for; from the isolation that T-VMI claims (CCGrid 2017)' },
  ],
  architecture: 'arm64',
  layer: 'vmm',
  position: 'boot',
  mechanism: "Instructions are written over the VMM's image in flash; its place and its length stay what they were.",
  prerequisites: ['flash can be written, by its programmer or by an update that nobody checks', 'EL3 itself cannot'],
  steps: [
    "the code of the VMM's own check of its guest is replaced in flash by one that never looks",
    'the machine is reset',
  ],
  effect: 'Code that was never built into the VMM runs at EL2.',
  groundTruth:
    "The implant's bytes stand in memory where the VMM as built has its check, and an instruction was fetched from them.",
  variants: [{ name: 'check', payload: 'payload', title: "the VMM's own check is cut out" }],
  implant: { image: 'vmm', symbol: 'introspect_tick' },
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'EL3 loads what it finds.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'blocked',
      detection: 'detected',
      end: 'boot-stopped',
      reason: 'The image does not have the hash that the directory expects of it: EL3 reports both and does not go on.',
    },
    {
      system: 'tvmi',
      ablations: ['no-measured-boot'],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'The hash stands in the boot report as it was found, but nothing compares it. The implant holds no privileged instruction, so the later scan of EL2 lets it pass.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Nothing is measured, and what is cut out of the VMM is hostvmi itself.',
    },
  ],
  unlockedBy: [{ system: 'tvmi', ablation: 'no-measured-boot' }],
  stability: 'deterministic, no race',
  idempotence: 'a second time writes the same bytes',
  attack: { id: 'T1542.001', name: 'Pre-OS Boot: System Firmware', version: ATTACK_VERSION },
  stride: 'tampering',
};
