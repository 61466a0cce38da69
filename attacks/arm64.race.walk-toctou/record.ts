import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.race.walk-toctou',
  title: 'A second CPU changes the tables while the monitor walks them',
  sources: [
    {
      kind: 'ours',
      reference: 'time of check to time of use, between the start of a walk and the page that it comes to',
    },
  ],
  architecture: 'arm64',
  layer: 'monitor',
  position: 'second-cpu',
  mechanism:
    "A page of the guest kernel's text is patched by leading its table entry to a copy. A second CPU watches whether the guest stands still, which it does while the monitor walks its tables, and leads the entry back until it moves again.",
  prerequisites: [
    'code runs at EL2 on a second CPU',
    'the guest shows that it runs: here by the registers that it saves',
  ],
  steps: [
    'a module is loaded at EL2 of the second CPU, while the first one runs the guests',
    "it copies a page of guest 1's kernel to a free frame, makes memset return at once there, and leads the entry to it",
    'while the registers that the guests save with each system call change, it leaves the entry so',
    'when they have stood still for 900 counter ticks, it leads the entry back, until they change',
  ],
  effect:
    "Processes get pages that were not cleared, and who walks the guest's tables finds the kernel as it was built.",
  groundTruth:
    "At some checkpoint at which guest 1 runs, the first instructions of a function of its kernel, read in physical memory through the guest's live tables, are not the built ones.",
  variants: [{ name: 'entry', payload: 'payload', title: "the kernel's own entry of a page of its text" }],
  expectations: [
    { system: 'none', ablations: [], effect: 'succeeded', detection: 'missed', reason: 'Nobody walks the tables.' },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        "Before the agent looks, EL3 brings every other CPU to its lock, so the second CPU stands where it stood when the poll came: the guests had just run, and the entry still led to the copy. A guest's memory is the VMM's to write, so the patch itself stands.",
    },
    {
      system: 'tvmi',
      ablations: ['no-hold'],
      effect: 'succeeded',
      detection: 'missed',
      orElse: 'detected',
      reason:
        'The second CPU runs on while the agent walks, and leads the entry back before the agent comes to the page; in most interleavings it does so at every poll, in some the agent is sooner once.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        "It asks no table of the guest's: by the kernel's linear map it reads the frame that nobody runs any more.",
    },
  ],
  unlockedBy: [{ system: 'tvmi', ablation: 'no-hold' }],
  limits: [
    'A second CPU that notices when a poll is over knows that none comes for half a period: a change within that time is transient, see arm64.transient.between-polls.',
    "A table entry is not the CPU's translation: an entry that was restored without a TLB invalidation is not tried here.",
  ],
  stability:
    'a race, with two verdicts for the naive agent (no-hold) by the seed; the whole system detects with every seed: test/soak/race.test.ts runs 1,000 of each and counts',
  idempotence: 'the entry is as before afterwards',
  attack: { id: 'T1014', name: 'Rootkit', version: ATTACK_VERSION },
  stride: 'tampering',
};
