import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.vmi.code-patch',
  title: "A hostile VMM overwrites the introspection's check",
  sources: [
    {
      kind: 'paper',
      reference:
        'T-VMI, CCGrid 2017, DOI 10.1109/CCGRID.2017.48 (its threat: who subverts the VMM tampers with VMI code or data)',
    },
  ],
  architecture: 'arm64',
  layer: 'monitor',
  position: 'vmm',
  mechanism: 'The code that decides whether a guest is sound is overwritten with one that always says it is.',
  prerequisites: ['code runs at EL2', "the check's address is known (it is not secret)"],
  steps: ['a module is loaded at EL2', "it stores to the check's first instructions", 'it cleans the caches over them'],
  effect: 'The introspection answers that all is well, whatever the guest does.',
  groundTruth:
    "Bytes of the code that introspects (tvmi's agent; without a monitor the VMM's conventional check) differ in physical memory from the built image.",
  variants: [{ name: 'store', payload: 'payload', title: 'the module stores to the code' }],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: "The conventional check is the VMM's own memory.",
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'blocked',
      detection: 'detected',
      reason:
        'The agent stands in memory that the address-space controller closes to the normal world: the access aborts, and the controller interrupts EL3, which reports it.',
    },
    {
      system: 'tvmi',
      ablations: ['no-secure-memory'],
      effect: 'succeeded',
      detection: 'missed',
      reason: "The controller is open, so the agent's code is memory like any other.",
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        "Its check is the VMM's own memory. Patched, it finds every guest sound, and there is nobody behind it to notice.",
    },
  ],
  unlockedBy: [{ system: 'tvmi', ablation: 'no-secure-memory' }],
  stability: 'deterministic, no race',
  idempotence: 'a second time writes the same bytes',
  attack: { id: 'T1562.001', name: 'Impair Defenses: Disable or Modify Tools', version: ATTACK_VERSION },
  stride: 'tampering',
};
