import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'guest.text.patch',
  title: "A guest kernel rootkit patches the kernel's text",
  sources: [{ kind: 'paper', reference: 'Silvio Cesare, Kernel Function Hijacking, 1999' }],
  architecture: 'any',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism: "A function of the kernel begins with a branch to the attacker's code.",
  prerequisites: ["code runs in the guest's kernel", "the kernel's own tables are its own to change"],
  steps: [
    'a module is loaded into the guest kernel',
    'it makes a page of the kernel text writable',
    'it overwrites the first instruction of a function by a branch to itself',
    'it makes the page read-only again',
  ],
  effect: "Whoever calls the function runs the attacker's code.",
  groundTruth:
    "At some checkpoint a page of guest 0's kernel text, read in physical memory through the guest's live tables, differs from the built image.",
  variants: [{ name: 'inline', payload: 'payload', title: 'the handler of a system call' }],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Nobody reads the text, or tells anyone.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        'At the next poll the agent compares the text, byte for byte, with the measured image in ROM. Stage 2 lets a guest write its own text, so the effect stands.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        'At its next look it compares the text with the kernel as it was loaded. The VMM is sound here, so it gets a true answer.',
    },
  ],
  unlockedBy: [],
  stability: 'deterministic for a seed',
  idempotence: 'a second time writes the same branch',
  attack: { id: 'T1014', name: 'Rootkit', version: ATTACK_VERSION },
  stride: 'tampering',
};
