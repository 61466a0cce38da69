import type { PhysicalMemory } from '../memory/physical.ts';
import { ExternalAbort, type Initiator } from './device.ts';

/** What a bus master may do: reach RAM, under the protection of the physical map. */
export type MemoryBus = Pick<PhysicalMemory, 'offsetOf' | 'read' | 'write'>;

/** A device as bus master, in the non-secure physical address space. */
export const NON_SECURE_MASTER: Initiator = { secure: false, cpu: -1 };

const PAGE = 4096;

/** Masters are wired to memory alone: nothing else answers them. */
function checkMemory(bus: MemoryBus, pa: number): void {
  if (bus.offsetOf(pa) < 0) throw new ExternalAbort(pa, 'decode');
}

/** Reads RAM as a bus master does. @throws ExternalAbort at the first byte that is refused or that no RAM answers */
export function readBurst(bus: MemoryBus, pa: number, length: number, by: Initiator): Uint8Array {
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    if (i === 0 || (pa + i) % PAGE === 0) checkMemory(bus, pa + i);
    out[i] = bus.read(pa + i, 1, by);
  }
  return out;
}

/** Writes RAM as a bus master does; what stands before a refused byte is written. @throws ExternalAbort */
export function writeBurst(bus: MemoryBus, pa: number, data: Uint8Array, by: Initiator): void {
  for (let i = 0; i < data.length; i++) {
    if (i === 0 || (pa + i) % PAGE === 0) checkMemory(bus, pa + i);
    bus.write(pa + i, 1, data[i], by);
  }
}
