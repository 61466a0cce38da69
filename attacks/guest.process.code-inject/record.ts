import { rule } from '../common-rules.ts';
import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'guest.process.code-inject',
  title: 'A guest kernel rootkit puts code into a running process',
  sources: [
    {
      kind: 'ours',
      reference: "the rootkit's side of process injection: one process's page of text is replaced in its own tables",
    },
  ],
  architecture: 'any',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism:
    'In the tables of one process a page of its text is replaced by an altered copy; every other process, and the kernel, keep what they had.',
  prerequisites: ["code runs in the guest's kernel", 'a process that computes is ready to run'],
  steps: [
    'a module is loaded into the guest kernel',
    'it finds the victim on the run queue',
    'it copies the page where its program begins and alters what it does after its work',
    "it makes the entry in the victim's tables lead to the copy",
  ],
  effect: "The victim runs the attacker's code with its own identity: here it exits with a false result.",
  groundTruth:
    "At some checkpoint a page of the text of a task on guest 0's list, read through the task's own tables, differs from the program as built.",
  variants: [{ name: 'page', payload: 'payload', title: 'the page with the way out of the program' }],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Nobody reads the pages of processes.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        "At the next poll the agent walks the tables of each task of the list and compares the pages of its text with the program in the measured image. A guest's own data is not write-protected, so the effect stands.",
    },
    rule('hostvmi.same-comparison'),
  ],
  unlockedBy: [],
  stability: 'deterministic for a seed',
  idempotence: 'a second time the copy is copied',
  attack: { id: 'T1055', name: 'Process Injection', version: ATTACK_VERSION },
  stride: 'tampering',
};
