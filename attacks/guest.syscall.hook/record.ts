import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'guest.syscall.hook',
  title: 'A guest kernel rootkit hooks a system call',
  sources: [
    { kind: 'paper', reference: 'sd and devik, Linux on-the-fly kernel patching without LKM, Phrack 58, 2001' },
  ],
  architecture: 'any',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism: "An entry of the system-call table is pointed at a function of the attacker's.",
  prerequisites: ["code runs in the guest's kernel", 'the table is writable'],
  steps: [
    'a module is loaded into the guest kernel',
    'it remembers the handler of a system call',
    'it writes the address of its own function into the table',
  ],
  effect: "Processes that make this system call run the attacker's code.",
  groundTruth:
    "At some checkpoint an entry of guest 0's system-call table, read in physical memory through the guest's live tables, differs from the built one and points outside the built kernel text.",
  variants: [{ name: 'table', payload: 'payload', title: 'the table entry is replaced' }],
  expectations: [
    { system: 'none', ablations: [], effect: 'succeeded', detection: 'missed', reason: 'Nobody reads the table.' },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        "At the next poll the agent compares the table with the measured image. A guest's own data is not write-protected, so the effect stands.",
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        'At its next look it compares the table with the kernel as it was loaded. The VMM is sound here, so it gets a true answer.',
    },
  ],
  unlockedBy: [],
  stability: 'deterministic for a seed',
  idempotence: 'a second time the hook calls itself no deeper: the remembered handler is the first one',
  attack: { id: 'T1014', name: 'Rootkit', version: ATTACK_VERSION },
  stride: 'tampering',
};
