import type { AlarmKind } from './system.ts';

/** What any introspection of a guest can find: `firmware/vmi/findings.c` has the same names. */
const FINDINGS: Readonly<Record<string, string>> = {
  'guest.mmu': 'A guest that had come up runs with its MMU off.',
  'guest.table-unknown':
    "A guest runs on, or is about to run on, tables that no task of its list owns: a decoy, or a hidden task's.",
  'guest.translation': "A guest's live translation registers differ from boot.",
  'guest.vbar': "A guest's live VBAR_EL1 is not that of its kernel as built.",
  'guest.syscall-table': 'An entry of the system-call table differs from the kernel as built.',
  'guest.text': "The guest's kernel text differs from its image as built.",
  'guest.task-hidden': 'A task is on the run queue or runs, and the task list does not hold it.',
  'guest.module-hidden': "The kernel can execute code that is neither its text nor a module's of its list.",
  'guest.process-text': "A process's text differs from the program that its kernel was built with.",
  'guest.structure': 'A list of the guest is cyclic, endless or points nowhere.',
};

/** The same as alarms of the part of a system that introspects. */
export function guestAlarms(component: string): AlarmKind[] {
  return Object.entries(FINDINGS).map(([id, meaning]) => ({ id, component, meaning }));
}
