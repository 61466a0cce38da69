/** How both tiers ask the jump cache of a context where a pc goes on. */
import { JUMP_ENTRIES, JUMP_ENTRY_BYTES } from '../memory/tlb.ts';
import type { Code } from '../wasm/code.ts';
import { Op } from '../wasm/opcodes.ts';

/** Place of the record's address in an entry. */
export const JUMP_RECORD = 8;

/**
 * Sets local `entry` to the address of the entry that knows the pc; where none does, `miss` must leave.
 * @param pc i64 local @param entry i32 local @param pushBase pushes the cache's base
 */
export function emitJumpLookup(c: Code, pc: number, entry: number, pushBase: () => void, miss: () => void): void {
  const differs = (): void => {
    c.memory(Op.i64Load, 0);
    c.get(pc);
    c.wide('ne', 64);
    c.open(Op.if);
  };
  c.get(pc);
  c.op(Op.i32WrapI64);
  c.i32(2);
  c.wide('shl', 32);
  c.i32((JUMP_ENTRIES - 1) * JUMP_ENTRY_BYTES);
  c.wide('and', 32);
  pushBase();
  c.wide('add', 32);
  c.tee(entry);
  differs();
  c.get(entry);
  c.i32(JUMP_ENTRY_BYTES);
  c.wide('xor', 32);
  c.tee(entry);
  differs();
  miss();
  c.end();
  c.end();
}
