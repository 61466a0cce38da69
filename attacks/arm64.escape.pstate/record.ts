import { escapeFrom } from '../escape-record.ts';
import type { AttackRecord } from '../record.ts';

const FIXED = 'The VMM compares PSTATE with what a guest may be in, and refuses the call.';

export const record: AttackRecord = {
  id: 'arm64.escape.pstate',
  title: 'A guest chooses the level to which the VMM returns',
  sources: [
    { kind: 'CVE', reference: 'CVE-2018-18021 (KVM on arm64: PSTATE in the register interface was not checked)' },
  ],
  architecture: 'arm64',
  layer: 'vmm',
  position: 'guest-kernel',
  mechanism:
    "A hypercall that loads the caller's registers takes PSTATE as it comes. With EL2h in it, the return from the hypercall is a return to EL2, at an address and with registers of the guest's choice.",
  prerequisites: [
    "code runs in the guest's kernel",
    'the build of the VMM in which PSTATE is not checked',
    "the VMM's binary is known",
  ],
  steps: [
    'a module is loaded into the guest kernel',
    "it asks the VMM to load registers: PSTATE = EL2h, PC = the VMM's memcpy, X30 = the VMM's way out of an exception",
    "the VMM copies the attacker's frames onto its own empty stack and runs one function of its own after the other by them",
    "one of these functions maps a page of the guest's as executable at EL2, the next one calls it",
    "the page's code opens guest 1's RAM to guest 0 by an entry of stage 2; the last frame leads back into the guest",
  ],
  ...escapeFrom(FIXED),
  stability: 'deterministic, no race',
  idempotence: 'a second time maps the same page again',
};
