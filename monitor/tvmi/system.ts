import { guestAlarms } from '../guest-alarms.ts';
import type { Ablation, AlarmKind, System } from '../system.ts';
import { SECURE_CALLS } from './secure-calls.ts';

/** Bits as in the run configuration (`rw/config.h`). */
const ABLATIONS: readonly Ablation[] = [
  {
    name: 'no-secure-memory',
    bit: 0,
    meaning: "The address-space controller stays open: the normal world reads and writes the agent's memory.",
  },
  {
    name: 'no-smc-rewrite',
    bit: 1,
    plainVmm: true,
    meaning:
      'The VMM keeps its privileged instructions: nothing is mediated or scanned, and EL2 tables stay writable to EL2.',
  },
  {
    name: 'no-tvm',
    bit: 2,
    meaning: "HCR_EL2.TVM is not demanded and guests' writes of their translation registers are not forwarded.",
  },
  {
    name: 'writable-stage2',
    bit: 3,
    meaning: "The translation tables stay writable to EL2, so a store changes them behind the monitor's back.",
  },
  {
    name: 'polling-only',
    bit: 4,
    meaning: 'The agent runs on the secure timer alone; a trapped write is performed without asking it.',
  },
  { name: 'no-nonce', bit: 5, meaning: 'Reports carry a nonce of zeroes, so those of an older session pass for new.' },
  {
    name: 'no-argument-check',
    bit: 6,
    meaning: 'Secure calls do not check the addresses they are given, so EL3 writes where EL2 points.',
  },
  {
    name: 'no-measured-boot',
    bit: 7,
    meaning: "The stages' hashes are not compared with the directory, so an altered stage runs.",
  },
  {
    name: 'no-hold',
    bit: 8,
    meaning:
      'The other CPUs run on while the agent looks, so what it walks may change under it: a naive agent, which races.',
  },
];

const ALARMS: readonly AlarmKind[] = [
  {
    id: 'boot.measurement',
    component: 'el3',
    meaning: "A stage's hash differs from the directory's; the boot stops.",
  },
  { id: 'el2.ttbr0.denied', component: 'el3', meaning: 'The VMM asked for other stage-1 tables of its own.' },
  { id: 'el2.vbar.denied', component: 'el3', meaning: 'The VMM asked for another vector base than that of its boot.' },
  { id: 'el2.sctlr.denied', component: 'el3', meaning: 'The VMM asked to turn off its MMU or WXN.' },
  { id: 'el2.hcr.denied', component: 'el3', meaning: 'The VMM asked to turn off stage 2 or a trap of HCR_EL2.' },
  { id: 'el2.vttbr.denied', component: 'el3', meaning: 'The VMM asked for a stage-2 root that was never created.' },
  { id: 'el2.vtcr.denied', component: 'el3', meaning: 'The VMM asked for another shape of stage 2.' },
  {
    id: 'el2.start.denied',
    component: 'el3',
    meaning: 'The VMM asked for another CPU after its measured boot was over.',
  },
  { id: 'el2.tcr.denied', component: 'el3', meaning: 'The VMM asked for another shape of its own stage 1.' },
  { id: 'el2.mair.denied', component: 'el3', meaning: 'The VMM asked for other memory attributes.' },
  {
    id: 'el2.stage1.denied',
    component: 'el3',
    meaning: 'An entry of EL2 stage 1 would be writable and executable, or open a table or scanned code.',
  },
  {
    id: 'el2.stage2.denied',
    component: 'el3',
    meaning: "An entry of stage 2 would map a frame that is another guest's or no guest's.",
  },
  {
    id: 'el2.module.refused',
    component: 'el3',
    meaning: 'Code that was to run at EL2 holds an instruction that only the monitor may run.',
  },
  { id: 'el2.fault', component: 'el3', meaning: 'EL2 took an abort on its own store to protected memory.' },
  {
    id: 'secure-memory.access',
    component: 'el3',
    meaning: "The address-space controller refused the normal world's access to secure memory.",
  },
  { id: 'secure-call.pointer', component: 'el3', meaning: 'A secure call named memory that EL2 may not name.' },
  { id: 'guest.sctlr.denied', component: 'el3', meaning: 'A guest asked to turn off its MMU.' },
  { id: 'guest.ttbr.denied', component: 'el3', meaning: "A guest's table root lies outside of its memory or moved." },
  { id: 'guest.translation.denied', component: 'el3', meaning: 'A guest asked to change TCR_EL1 or MAIR_EL1.' },
  ...guestAlarms('agent'),
  { id: 'el2.live', component: 'el3', meaning: 'A live register of EL2 differs from what the monitor granted.' },
  {
    id: 'agent.fault',
    component: 'el3',
    meaning: 'The agent took an exception of its own and came back without an answer.',
  },
  { id: 'trap', component: 'el3', meaning: 'A lower level trapped to EL3 in a way that nothing should.' },
];

/** T-VMI as reproduced here. What is published comes from the paper's abstract; the model that fills it is ours. */
export const tvmi: System = {
  name: 'tvmi',
  title: 'T-VMI: trusted virtual machine introspection over TrustZone',
  source: 'Jia, Zhu, Tu: T-VMI, CCGrid 2017, pp. 478-487, DOI 10.1109/CCGRID.2017.48',
  architecture: 'arm64',
  board: 'virt',
  trust: {
    guest: true,
    vmm: true,
    host: true,
    tenants: false,
    trustedBase: ['EL3 monitor', 'secure world', 'boot chain'],
  },
  published: [
    'Introspection trusts the VMM and the host: who subverts them tampers with its code or hijacks its data.',
    'The integrity of the VMI code is guaranteed by isolation (TrustZone).',
    'The correctness of the VMI data is guaranteed by high-privilege-level instructions and a trap mechanism.',
    'It was evaluated for effectiveness and performance on the Arm Foundation Model 8.0 and a Juno r0 board.',
  ],
  ours: [
    'Boot chain from EL3: a trust anchor beside EL3 holds the hash of the directory, the directory that of each stage. Both are measured with SHA-256 before anything in flash is used; a bad measurement stops the boot.',
    'The agent runs at S-EL1 in memory that a TZC-400 style controller closes to the normal world.',
    'It walks stage 1, then stage 2, itself from live registers, and never asks VMM, host or guest.',
    "High-privilege instruction: the VMM's privileged writes are secure calls, and its code is scanned for others.",
    'The tables of stage 1 of EL2 and of stage 2 are read-only to EL2; entries change by secure calls only.',
    "Trap mechanism: guests' writes of translation registers trap through HCR_EL2.TVM and are forwarded.",
    'Two triggers: events, and a secure timer that the normal world cannot see or mask.',
    'Polls come at distances drawn from key and nonce, half to one and a half periods, so nobody can wait for them.',
    "A guest's text, system calls and vectors are compared with its measured image in ROM, not with a first look.",
    'No CPU starts after the boot of the VMM: it would begin at EL2 with its MMU off.',
    'Reports carry HMAC-SHA256, nonce, sequence number and time, and leave over the secure UART.',
    'A frame has one owner among the guests; a share needs the call of its owner.',
    'While the agent looks, every other CPU is held at EL3: nothing that it walks changes under it.',
  ],
  limits: [
    'A change that is made and undone between two polls is not seen where no trap covers it.',
    "An introspector that knows a structure's layout from the build is deceived when the guest changes its layout (DKSM).",
    'Scheduler data that drifts through sound states (evolutionary DKOM) breaks no invariant that a look could find.',
    'Of a process, the text is compared: new executable pages elsewhere in its address space are not looked for.',
    'A guest that reads the clock can tell that something takes time from it; side channels are out of scope.',
    'A bug of the VMM that a guest exploits is not its business: the guest may run what code the VMM has, and write its data; new code does not run at EL2.',
    "The SMMU-lite stays open: a device of the normal world reaches all memory that is not secure, the VMM's code and tables too.",
    'A hostile VMM can stop a guest or power the machine off; the session then ends early, but not silently.',
    'EL2 may map the carve-out: what closes it is the address-space controller alone, so a board without one is open.',
    'VBAR_EL1 is not trapped by HCR_EL2.TVM: a redirected vector base is seen at the next poll, not at the write.',
    "The VMM holds the guests' EL1 registers while it switches them; the agent compares them at the next poll.",
  ],
  components: [
    { name: 'el3', meaning: 'Measured boot, world switch, secure calls and their policy, reports.' },
    {
      name: 'agent',
      meaning: 'Walks the guests from the secure world and compares what it sees with what was measured.',
    },
    {
      name: 'verifier',
      meaning: 'At the other end of the secure UART: accepts genuine reports and names every fault.',
    },
  ],
  alarms: ALARMS,
  secureCalls: SECURE_CALLS,
  ablations: ABLATIONS,
  reports: 'secure-uart',
  images: { el3: 'el3-tvmi', vmm: 'vmm-tvmi', agent: 'tvmi-agent' },
};
