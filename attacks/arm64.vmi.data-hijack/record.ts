import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.vmi.data-hijack',
  title: "A hostile VMM answers the introspection's reads with false data",
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
  mechanism: "The VMM's service that reads guest memory for the introspection is hooked and returns a doctored copy.",
  prerequisites: ['code runs at EL2', 'the introspection reads the guest through the VMM'],
  steps: [
    'a module is loaded at EL2',
    "it keeps a copy of the guest's kernel as it is now",
    "it replaces the VMM's read service by its own",
    'the introspection asks for guest memory and gets what the attacker prepared',
  ],
  effect: "The introspection looks at data that is not the guest's.",
  groundTruth: "The pointer through which the introspection reads guest memory leads outside the VMM's built text.",
  variants: [{ name: 'hook', payload: 'payload', title: 'the read service is replaced' }],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: "The conventional check reads through the VMM's own pointer.",
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'blocked',
      detection: 'detected',
      reason:
        "tvmi's agent walks the tables itself and asks the VMM for nothing; in the VMM's build for tvmi the pointer is a constant in read-only memory, so the store aborts, and the VMM hands the abort to EL3, which reports it.",
    },
    {
      system: 'tvmi',
      ablations: ['no-smc-rewrite'],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        "The VMM is the plain build, whose conventional check reads through a pointer that anyone at EL2 may change. tvmi's own agent is not deceived, but nothing tells it either.",
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        "It reads through the VMM's pointer, takes for the guest what it is given, and does not look at the pointer itself.",
    },
  ],
  unlockedBy: [{ system: 'tvmi', ablation: 'no-smc-rewrite' }],
  limits: [
    'There is no variant of a host user (a device model in a process): this VMM is one program at EL2 with no host below it, so what would be a host user there is code at EL2 here, which the variant is.',
  ],
  stability: 'deterministic, no race',
  idempotence: 'a second time changes nothing more',
  attack: { id: 'T1565.003', name: 'Data Manipulation: Runtime Data Manipulation', version: ATTACK_VERSION },
  stride: 'spoofing',
};
