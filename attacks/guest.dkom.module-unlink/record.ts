import { rule } from '../common-rules.ts';
import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'guest.dkom.module-unlink',
  title: 'A guest kernel rootkit hides its module',
  sources: [{ kind: 'paper', reference: 'plaguez, Weakening the Linux Kernel, Phrack 52, 1998' }],
  architecture: 'any',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism:
    'A loaded module is taken out of the list of modules while its code stays where the kernel can execute it.',
  prerequisites: ["code runs in the guest's kernel"],
  steps: [
    'a module is loaded into the guest kernel',
    'it looks for itself on the list of modules',
    'it links its neighbours to each other',
  ],
  effect: 'Code runs in the kernel that the list of modules does not show.',
  groundTruth:
    "At some checkpoint, and again at the next one, a module slot of guest 0's kernel is mapped executable for the kernel by its live tables, and no module of its list covers it.",
  variants: [{ name: 'unlink', payload: 'payload', title: "the module's own entry" }],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Nobody compares the list with what the kernel can execute.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        "At the next poll the agent reads the kernel's live tables: what the kernel can execute is its text or belongs to a module of the list, and this code does not. A guest's own data is not write-protected, so the effect stands.",
    },
    rule('hostvmi.same-comparison'),
  ],
  unlockedBy: [],
  stability: 'deterministic for a seed',
  idempotence: 'a module that is unlinked already is not found again',
  attack: { id: 'T1014', name: 'Rootkit', version: ATTACK_VERSION },
  stride: 'tampering',
};
