import { escapeFrom } from '../escape-record.ts';
import type { AttackRecord } from '../record.ts';

const FIXED = "The FIFO's index is set back at its end, so no byte goes past the buffer.";

export const record: AttackRecord = {
  id: 'arm64.escape.fifo-overflow',
  title: 'A guest overflows a buffer of an emulated device',
  sources: [
    { kind: 'CVE', reference: "CVE-2015-3456 (VENOM, QEMU: the floppy controller's FIFO index was not set back)" },
  ],
  architecture: 'arm64',
  layer: 'vmm',
  position: 'guest-kernel',
  mechanism:
    "An open-ended command of the emulated FIFO device does not set the index back, so each byte goes one further: past the buffer, over the rest of the VMM's notes of this guest, into those of the next one, up to the registers with which guest 1 goes on.",
  prerequisites: [
    "code runs in the guest's kernel",
    'the build of the VMM in which the index is not set back',
    "the VMM's binary is known",
  ],
  steps: [
    'a module is loaded into the guest kernel',
    'it sends the open-ended command and fills the buffer',
    "it sends what stands behind it in the VMM's memory as it is, but for guest 1's registers: PSTATE = EL2h, PC = the VMM's memcpy",
    "when it is guest 1's turn, the VMM returns to EL2 and goes on as the attacker's frames say, as in arm64.escape.pstate",
    "the last frame leads into guest 1's kernel, which ends the process that lost its registers",
  ],
  ...escapeFrom(FIXED),
  stability:
    "deterministic for a seed; the bytes of guest 1's registers must be sent within one time slice, so the scenario has longer ones",
  idempotence: 'a second time writes the same bytes',
};
