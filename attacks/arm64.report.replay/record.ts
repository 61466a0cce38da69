import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.report.replay',
  title: 'Reports of an earlier session are played to the operator',
  sources: [{ kind: 'ours', reference: "from T-VMI's threat that the host is hostile (CCGrid 2017)" }],
  architecture: 'arm64',
  layer: 'channel',
  position: 'host-user',
  mechanism:
    "A process of the host carries the monitor's lines and keeps a copy; the operator hears the copy of an earlier, quiet session instead of what is being said now.",
  prerequisites: [
    'the wire from the machine to the operator runs over the host',
    'the carrier recorded an earlier session of the same machine',
  ],
  steps: [
    'an earlier session without an attack is recorded',
    "a module at EL2 alters guest 0's kernel, so that there is something to report",
    'from the first line of the session on, each line is replaced by the next one of the record',
  ],
  effect: 'The operator takes reports of an earlier session for those of this one.',
  groundTruth:
    "Among the lines that the operator believes is one that the machine's UART did not send in this session.",
  variants: [{ name: 'session', payload: 'payload', title: 'the rest of an earlier session' }],
  expectations: [
    {
      system: 'none',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: "The line of the VMM's own check reads the same in every session.",
    },
    {
      system: 'tvmi',
      ablations: [],
      effect: 'blocked',
      detection: 'detected',
      reason: "The MAC of an old line fits, but it covers the old session's nonce.",
    },
    {
      system: 'tvmi',
      ablations: ['no-nonce'],
      effect: 'succeeded',
      detection: 'missed',
      reason:
        'The old session is genuine and whole: MACs, numbers and times fit each other, and nothing ties them to this session.',
    },
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Plain lines read the same in every session.',
    },
  ],
  unlockedBy: [{ system: 'tvmi', ablation: 'no-nonce' }],
  stability: 'deterministic, no race; needs one earlier session that was recorded',
  idempotence: 'each line is treated alike',
  attack: { id: 'T1565.002', name: 'Data Manipulation: Transmitted Data Manipulation', version: ATTACK_VERSION },
  stride: 'spoofing',
};
