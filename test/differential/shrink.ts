/** Makes a failing stream small: instructions become NOP, registers and data zero, as long as it still fails. */
import type { DisassembleA64 } from '../../emulator/debug/disassemble.ts';
import { ENTRY, registerName, type Stream } from './stream.ts';

const NOP = 0xd503201f;

/** @param fails true if the executors disagree on the stream */
export function shrink(stream: Stream, fails: (stream: Stream) => boolean): Stream {
  let best = stream;
  const attempt = (candidate: Stream): boolean => {
    if (!fails(candidate)) return false;
    best = candidate;
    return true;
  };
  for (let progress = true; progress; ) {
    progress = false;
    for (let size = 16; size >= 1; size >>= 1) {
      for (let at = 0; at < best.code.length; at += size) {
        if (best.code.slice(at, at + size).every((word) => word === NOP)) continue;
        const code = best.code.map((word, i) => (i >= at && i < at + size ? NOP : word));
        if (attempt({ ...best, code })) progress = true;
      }
    }
  }
  for (let i = 0; i < best.registers.length; i++) {
    if (best.registers[i] === 0n) continue;
    const registers = best.registers.slice();
    registers[i] = 0n;
    attempt({ ...best, registers });
  }
  attempt({ ...best, dataSeed: 0 });
  return best;
}

/** The instructions that are left and the registers that are not zero, as lines. */
export function listing(stream: Stream, disassemble: DisassembleA64): string[] {
  const lines: string[] = [];
  stream.registers.forEach((value, i) => {
    if (value !== 0n) lines.push(`${registerName(i)} = 0x${value.toString(16)}`);
  });
  stream.code.forEach((word, i) => {
    if (word === NOP) return;
    const address = ENTRY + BigInt(4 * i);
    const hex = word.toString(16).padStart(8, '0');
    lines.push(`0x${address.toString(16)}  ${hex}  ${disassemble(word, address)}`);
  });
  return lines;
}
