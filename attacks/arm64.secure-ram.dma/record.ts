import { rule } from '../common-rules.ts';
import { ATTACK_VERSION, type AttackRecord } from '../record.ts';

export const record: AttackRecord = {
  id: 'arm64.secure-ram.dma',
  title: "A device reads the monitor's secure memory",
  sources: [
    {
      kind: 'paper',
      reference: 'Becher, Dornseif, Klein: FireWire: all your memory are belong to us, CanSecWest 2005',
    },
    { kind: 'ours', reference: "from T-VMI's claim of isolation (CCGrid 2017)" },
  ],
  architecture: 'arm64',
  layer: 'secure-world',
  position: 'device',
  mechanism:
    'The DMA engine, a master of the normal world whose transfers pass no translation table of any CPU, is told to copy from the secure carve-out.',
  prerequisites: [
    "the DMA engine's registers can be reached: by code at EL2, or by the host that owns the device",
    'the address of the carve-out is known',
  ],
  steps: [
    "a module is loaded at EL2 and maps the DMA engine's registers",
    'it names the carve-out as the source and its own memory as the destination',
    'it starts the transfer',
  ],
  effect: "The monitor's secret is known to the normal world.",
  groundTruth:
    'The bytes of the secret stand in memory that is not secure. The attempt was stopped where the address-space controller refused an access of the device.',
  variants: [
    { name: 'direct', payload: 'payload-direct', title: 'bus addresses are physical addresses' },
    {
      name: 'remapped',
      payload: 'payload-remapped',
      title: 'the SMMU-lite turns a harmless bus address into the carve-out',
    },
  ],
  expectations: [
    rule('none.carve-out'),
    {
      system: 'tvmi',
      ablations: [],
      effect: 'blocked',
      detection: 'detected',
      reason:
        'The address-space controller stands before memory, behind every CPU, device and SMMU: it refuses the device as it refuses a CPU, and interrupts EL3, which reports it.',
    },
    rule('no-secure-memory.carve-out'),
    {
      system: 'hostvmi',
      ablations: [],
      effect: 'succeeded',
      detection: 'missed',
      reason: 'Nobody closes the carve-out, and what a device reads is no business of an introspector of guests.',
    },
  ],
  unlockedBy: [{ system: 'tvmi', ablation: 'no-secure-memory' }],
  stability: 'deterministic, no race: a transfer happens at the write that starts it',
  idempotence: 'reading changes nothing',
  attack: { id: 'T1005', name: 'Data from Local System', version: ATTACK_VERSION },
  stride: 'information disclosure',
};
