/** The secure world's secret, and whether it is known outside. */
import { NORMAL_RAM } from './layout.ts';
import type { MachineView } from './truth.ts';

const CHUNK = 1 << 20;

/** The secret's bytes stand somewhere in RAM outside the secure carve-out. */
export function leaked(view: MachineView): boolean {
  const secret = view.image('secret').bytes;
  for (const { start, end } of NORMAL_RAM) {
    for (let at = start; at < end; at += CHUNK) {
      // Chunks overlap, so that none cuts the secret in two.
      const length = Math.min(CHUNK + secret.length, end - at);
      if (Buffer.from(view.peek(at, length).buffer).includes(Buffer.from(secret))) return true;
    }
  }
  return false;
}

/** The secret's own bytes, where they stand, are not those that were loaded. */
export function altered(view: MachineView): boolean {
  const { bytes, load } = view.image('secret');
  const found = view.peek(load, bytes.length);
  return bytes.some((byte, index) => byte !== found[index]);
}
