import { guestAlarms } from '../guest-alarms.ts';
import type { System } from '../system.ts';

/** Conventional introspection in the normal world's host: ours, for contrast. */
export const hostvmi: System = {
  name: 'hostvmi',
  title: 'conventional introspection in the VMM, for contrast with T-VMI',
  source: 'ours: what a VMM does that introspects its guests itself and trusts itself',
  architecture: 'arm64',
  board: 'virt',
  trust: {
    guest: true,
    vmm: false,
    host: false,
    tenants: false,
    trustedBase: ['VMM', "the VMM's console"],
  },
  published: [],
  ours: [
    "It is part of the VMM: code, notes and reference are EL2's own memory, protected from guests by stage 2 alone.",
    "It reads a guest through the VMM's service, by the kernel's linear map: the guest's own tables are not asked.",
    'Its reference is the kernel as it stood in memory before its first instruction; nothing measured it.',
    'It looks on the timer ticks of the VMM, at most once a period; nothing traps, no event wakes it.',
    "It makes the same comparisons as T-VMI's agent, by the same code.",
    'Alarms are lines on the console, which anyone at EL2 can write or leave out: no MAC, no nonce, no heartbeat.',
  ],
  limits: [
    "Whoever has the VMM has the monitor: its code, the service it reads by, its notes and its voice. What is done to the VMM's own registers and tables it does not look at.",
    'A change that is made and undone between two looks is not seen.',
    'Where a guest maps a kernel address to another frame, it reads the old one.',
    "An introspector that knows a structure's layout from the build is deceived when the guest changes its layout (DKSM).",
    'Scheduler data that drifts through sound states (evolutionary DKOM) breaks no invariant that a look could find.',
    'Of a process, the text is compared: new executable pages elsewhere in its address space are not looked for.',
    'A guest that reads the clock can tell that something takes time from it; side channels are out of scope.',
  ],
  components: [
    { name: 'hostvmi', meaning: 'Reads the guests from within the VMM, compares, and prints what differs.' },
  ],
  alarms: guestAlarms('hostvmi'),
  secureCalls: [],
  ablations: [],
  reports: 'console',
  images: { el3: 'el3-plain', vmm: 'vmm-hostvmi' },
};
