import { hardened, rule } from '../common-rules.ts';
import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

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
  effect: "Code of the guest's own runs at EL2: the foothold that the attacks of position vmm assume.",
  groundTruth:
    "At some checkpoint a CPU at EL2 is at an instruction that stands in guest 0's RAM, by EL2's own tables.",
  variants: [
    { name: 'vulnerable', payload: 'payload', vulnerable: true, title: 'against the build with the bug left in' },
    { name: 'hardened', payload: 'payload', title: 'the same against the hardened build' },
  ],
  expectations: [
    rule('none.escape', 'vulnerable'),
    hardened('none', FIXED),
    rule('tvmi.escape', 'vulnerable'),
    hardened('tvmi', FIXED),
    rule('no-smc-rewrite.escape', 'vulnerable'),
    rule('hostvmi.escape', 'vulnerable'),
    hardened('hostvmi', FIXED),
  ],
  unlockedBy: [{ system: 'tvmi', ablation: 'no-smc-rewrite', variant: 'vulnerable' }],
  limits: [
    "Under tvmi the guest can still make the VMM run its own functions, and with them write the VMM's data: what is kept out is new code, the monitor's memory, and tables.",
    'The addresses are those of the published binaries; the VMM has no address-space randomisation to break first. Made for one CPU.',
  ],
  stability: 'deterministic, no race',
  idempotence: 'a second time maps the same page again',
  attack: { id: 'T1611', name: 'Escape to Host', version: ATTACK_VERSION },
  stride: 'elevation of privilege',
};
