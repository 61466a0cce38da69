import { createHash } from 'node:crypto';
import type { VirtBoard } from '../../emulator/boards/virt.ts';
import { packedFlags } from '../../emulator/ir/oracle.ts';
import { SLOT_BYTES, Slot, STATE_BYTES } from '../../emulator/ir/slots.ts';
import { allPages } from '../../emulator/memory/ram-snapshots.ts';

/** Everything that may not differ: registers, all RAM, devices, time, events, what was printed since `from`. */
export function fingerprint(board: VirtBoard, from: number): string {
  const hash = createHash('sha256');
  const { machine } = board;
  for (const { state } of machine.cores) {
    // Not the engine's own slots: what it remembers of its last exit is nobody's state.
    for (let slot = 0; slot < STATE_BYTES / SLOT_BYTES; slot++) {
      if (slot < Slot.ZERO || slot === Slot.PC || (slot >= Slot.VECTOR && slot < Slot.EVENTS))
        hash.update(`${state.big(slot)},`);
    }
    hash.update(`${packedFlags((slot) => state.big(slot))};`);
  }
  const pages = [...allPages(board.save().machine.ram)].sort((a, b) => a[0] - b[0]);
  for (const [page, bytes] of pages) if (bytes.some((b) => b !== 0)) hash.update(`${page}:`).update(bytes);
  hash.update(JSON.stringify(board.saveDevices()));
  hash.update(JSON.stringify(board.counts.snapshot(machine.instructions)));
  hash.update(`${machine.instructions} ${machine.timeline.now()} ${board.console.text.slice(from)}`);
  return hash.digest('hex');
}
