import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.ttbr.decoy',
  title: 'A guest kernel runs a process on forged tables',
  sources: [{ kind: 'paper', reference: 'Jang et al., ATRA: Address Translation Redirection Attack, CCS 2014' }],
  architecture: 'arm64',
  layer: 'guest',
  position: 'guest-kernel',
  mechanism:
    "TTBR0_EL1 is pointed at a forged root while the task's own note of its tables stays what it was: who believes the note walks the decoy.",
  prerequisites: ["code runs in the guest's kernel"],
  steps: [
    'a module is loaded into the guest kernel',
    "it copies the current process's root and adds a block that opens all of the guest's RAM to the process",
    'it writes TTBR0_EL1 with the copy, and stays in the kernel for longer than from one poll to the next',
    'the process goes on on the copy until it is scheduled the next time',
  ],
  effect: "Guest code runs on tables that none of the guest's own notes names.",
  groundTruth:
    "At some checkpoint guest 0 runs on a root in TTBR0_EL1 that no task of its list owns; the list is walked in physical memory from the guest's live tables.",
  variants: [{ name: 'copy', payload: 'payload', title: 'a copy of the root with one entry more' }],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'A kernel rules its own TTBR0_EL1.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        'HCR_EL2.TVM traps the write, and before it is done the agent looks for the task that owns the root and finds none. The root lies in the memory of the guest, which may run on what it likes of its own, so the write is performed.',
    },
    {
      system: 'tvmi',
      ablations: ['no-tvm'],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        "No write traps. A poll asks whose tables are live only where it interrupts a process at EL0: within the kernel the root may be an earlier task's. The forged root is live in the kernel alone but for a few instructions, so polling does not see it.",
    },
    {
      system: 'tvmi',
      ablations: ['polling-only'],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'The write traps and is performed, but the agent is not asked; the polls see as little as without the trap.',
    },
    {
      system: 'tvmi',
      ablations: ['no-smc-rewrite'],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'The plain VMM does not set HCR_EL2.TVM: no write traps, and polling does not see the forged root.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'Nothing traps the write, and it asks whose tables are live only where it interrupts a process at EL0, for a few instructions here.',
    },
  ],
  unlockedBy: [
    { system: 'tvmi', ablation: 'no-smc-rewrite' },
    { system: 'tvmi', ablation: 'no-tvm' },
    { system: 'tvmi', ablation: 'polling-only' },
  ],
  limits: [
    "A kernel that writes the forged root into the task as well is not seen: the list of tasks is the guest's own data, and the agent asks only that the live root is on it.",
  ],
  stability: 'deterministic for a seed; without the trap a poll may fall into the few instructions at EL0',
  idempotence: 'a second time copies the copy',
  attack: { id: 'T1014', name: 'Rootkit', version: ATTACK_VERSION },
  stride: 'tampering',
};
