import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.report.forge',
  title: 'Reports are forged on their way to the operator',
  sources: [{ kind: 'ours', reference: "from T-VMI's threat that the host is hostile (CCGrid 2017)" }],
  architecture: 'arm64',
  layer: 'channel',
  position: 'host-user',
  mechanism:
    "A process of the host carries the monitor's lines; it rewrites those that tell of an attack. Or the VMM writes a line of its own into the monitor's UART.",
  prerequisites: ['the wire from the machine to the operator runs over the host', 'code runs at EL2'],
  steps: [
    "a module at EL2 alters guest 0's kernel, so that there is something to report",
    'the carrier takes the line that tells of it and writes "all is well" in its place, in the same form',
    'variant uart: the module maps the UART by which reports leave and stores a line into it, character by character',
  ],
  effect: 'The operator believes a report that the monitor did not make.',
  groundTruth:
    "Among the lines that the operator believes is one that the machine's UART did not send at that moment, or the UART sent one whose text stands in the payload.",
  variants: [
    { name: 'rewrite', payload: 'payload', title: 'the carrier rewrites what tells of an attack' },
    { name: 'uart', payload: 'payload-uart', title: 'the VMM stores into the UART of the reports (position vmm)' },
  ],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        "The only report is a line of the VMM's own check on a plain console: whoever carries it can make it say what he likes.",
    },
    {
      system: 'none',
      ablations: [],
      variants: ['uart'],
      effect: 'succeeded',
      detection: 'missed',
      reason: "The console on which the VMM's own check speaks is open to anyone at EL2.",
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'blocked',
      detection: 'detected',
      reason:
        'Only the secure world has the key: the MAC of the rewritten line does not fit, and the verifier misses the number of the true one.',
    },
    {
      system: 'tvmi',
      ablations: [],
      variants: ['uart'],
      effect: 'blocked',
      detection: 'detected',
      reason:
        'The board wires the secure UART to the secure world, and the bus refuses it to the VMM; the VMM hands the abort to EL3, which reports it.',
    },
    {
      system: 'tvmi',
      ablations: ['no-nonce'],
      effect: 'blocked',
      detection: 'detected',
      reason: 'A nonce ties a report to its session; that it is genuine at all, the MAC alone says.',
    },
    {
      system: 'tvmi',
      ablations: ['no-smc-rewrite'],
      variants: ['uart'],
      effect: 'blocked',
      detection: 'missed',
      reason: 'The bus refuses the secure UART to the VMM as ever, but the plain VMM keeps the abort to itself.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'The alarm is a plain line on the console: whoever carries it writes another one.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      variants: ['uart'],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Its console is open to anyone at EL2.',
    },
  ],
  unlockedBy: [],
  stability: 'deterministic, no race',
  idempotence: 'each line is treated alike',
  attack: { id: 'T1565.002', name: 'Data Manipulation: Transmitted Data Manipulation', version: ATTACK_VERSION },
  stride: 'spoofing',
};
