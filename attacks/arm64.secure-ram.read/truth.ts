import { NORMAL_RAM } from '../layout.ts';
import { type MachineView, truthOf } from '../truth.ts';

const CHUNK = 1 << 20;

/** The secret's bytes stand somewhere in RAM outside the secure carve-out. */
function leaked(view: MachineView): boolean {
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

/** Decided at the end alone: what was stolen lies in the attacker's memory, which nobody else uses. */
export const truth = truthOf(Number.POSITIVE_INFINITY, leaked);
