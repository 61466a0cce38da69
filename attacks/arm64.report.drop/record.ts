import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.report.drop',
  title: 'Reports are dropped on their way to the operator',
  sources: [{ kind: 'ours', reference: "from T-VMI's threat that the host is hostile (CCGrid 2017)" }],
  architecture: 'arm64',
  layer: 'channel',
  position: 'host-user',
  mechanism:
    "A process of the host carries the monitor's lines and leaves out those that tell of an attack, or all from there on.",
  prerequisites: ['the wire from the machine to the operator runs over the host'],
  steps: [
    "a module at EL2 alters guest 0's kernel, so that there is something to report",
    'the carrier does not pass on the line that tells of it',
    'variant silence: nor anything after it',
  ],
  effect: 'A report that the monitor made does not reach the operator.',
  groundTruth: "A line that the machine's UART sent is not among those that the operator believes.",
  variants: [
    { name: 'lines', payload: 'payload', title: 'only the lines that raise an alarm' },
    { name: 'silence', payload: 'payload', title: 'everything from there on' },
  ],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Lines on a plain console have no number, and nobody waits for them.',
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        'Whoever holds the wire can cut it: no monitor prevents that. The next line that arrives leaves a gap in the numbers, and the verifier names what is missing.',
    },
    {
      system: 'tvmi',
      ablations: [],
      variants: ['silence'],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        'Polls are reported whether they find something or not; by its own clock the verifier notices that none comes, and that the session does not end with `bye`.',
    },
    {
      system: 'tvmi',
      ablations: ['no-nonce'],
      effect: 'succeeded',
      detection: 'detected',
      reason:
        'Numbers and heartbeat show a gap without a nonce, too. To fill it with old lines is another attack: see arm64.report.replay.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Its lines have no number, nobody waits for them, and silence is what a sound guest sounds like.',
    },
  ],
  unlockedBy: [],
  stability: 'deterministic, no race',
  idempotence: 'each line is treated alike',
  attack: { id: 'T1562.006', name: 'Impair Defenses: Indicator Blocking', version: ATTACK_VERSION },
  stride: 'repudiation',
};
