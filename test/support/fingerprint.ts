import { createHash } from 'node:crypto';
import type { VirtBoard } from '../../emulator/boards/virt.ts';
import { packedFlags } from '../../emulator/ir/oracle.ts';
import { SLOT_BYTES, Slot, STATE_BYTES } from '../../emulator/ir/slots.ts';

/** Everything that may not differ: registers, RAM, time, what was printed since `from`. */
export function fingerprint(board: VirtBoard, from: number): string {
  const hash = createHash('sha256');
  const { machine } = board;
  for (const { state } of machine.cores) {
    // Not the engine's own slots: what it remembers of its last exit is nobody's state.
    for (let slot = 0; slot < STATE_BYTES / SLOT_BYTES; slot++) {
      if (slot < Slot.ZERO || slot === Slot.PC || slot >= Slot.VECTOR) hash.update(`${state.big(slot)},`);
    }
    hash.update(`${packedFlags((slot) => state.big(slot))};`);
  }
  for (const region of machine.phys.ramRegions)
    if (region.size <= 128 << 20) hash.update(machine.phys.peek(region.start, 1 << 20));
  hash.update(`${machine.instructions} ${machine.timeline.now()} ${board.console.text.slice(from)}`);
  return hash.digest('hex');
}
