import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'guest.vbar.hook',
  title: "A guest kernel rootkit takes the kernel's exceptions",
  sources: [
    {
      kind: 'paper',
      reference: 'kad, Handling Interrupt Descriptor Table for fun and profit, Phrack 59, 2002 (the same on x86)',
    },
  ],
  architecture: 'any',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism: "The vector base names a table of the attacker's, whose entries go on to the kernel's own.",
  prerequisites: ["code runs in the guest's kernel"],
  steps: [
    'a module is loaded into the guest kernel',
    "it makes a table of vectors that lead to the kernel's",
    "it writes the table's address to the vector base register",
  ],
  effect: "Every exception and interrupt of the guest runs the attacker's code first.",
  groundTruth:
    "At some checkpoint the vector base register of a CPU that runs guest 0 differs from the built kernel's vectors.",
  variants: [{ name: 'register', payload: 'payload', title: 'the vector base register is written' }],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Nobody looks at the register.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        "VBAR_EL1 is not among the registers that HCR_EL2.TVM traps, so the write goes through; the next poll finds a live value that is not the measured kernel's.",
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        "At its next look it compares the guest's register, live or as the VMM saved it, with the kernel as it was loaded.",
    },
  ],
  unlockedBy: [],
  stability: 'deterministic for a seed',
  idempotence: 'a second time the same table is named',
  attack: { id: 'T1014', name: 'Rootkit', version: ATTACK_VERSION },
  stride: 'tampering',
};
