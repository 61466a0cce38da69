import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'guest.atra',
  title: 'A guest kernel rootkit moves the watched object by retargeting its translation',
  sources: [
    {
      kind: 'paper',
      reference:
        'Jang et al., ATRA: Address Translation Redirection Attack against Hardware-based External Monitors, CCS 2014',
    },
  ],
  architecture: 'any',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism:
    "The kernel's address of its system-call table is made to lead to another frame, where a hooked copy stands; the frame that a monitor of physical memory watches keeps the true one.",
  prerequisites: ["code runs in the guest's kernel", "the kernel's own tables are its own to change"],
  steps: [
    'a module is loaded into the guest kernel',
    'it copies the page of the system-call table and hooks the copy',
    "it changes the page's entry in the kernel's live tables",
    'it invalidates the old translation',
  ],
  effect:
    "Processes that make this system call run the attacker's code, and the table where it was loaded is untouched.",
  groundTruth:
    "At some checkpoint the address of guest 0's system-call table leads, through its live tables, to another frame than the one it was loaded to, and an entry there leads outside the built kernel text.",
  variants: [{ name: 'table', payload: 'payload', title: 'the page of the system-call table' }],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Nobody reads either of the two frames.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        "The agent walks the tables that the guest runs on, from its live registers, so it reads the frame that the guest's own kernel reads.",
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        "It takes the kernel's linear map for granted and computes the physical address itself: the frame that it reads is the one where the true table still stands.",
    },
  ],
  unlockedBy: [],
  stability: 'deterministic for a seed',
  idempotence: 'a second time the copy is copied',
  attack: { id: 'T1014', name: 'Rootkit', version: ATTACK_VERSION },
  stride: 'tampering',
};
