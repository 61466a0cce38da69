/**
 * How translated code lies in linear memory for tier 0. A *record* is 16 bytes and does one (fused) micro-operation; a
 * *block* is a header of 16 bytes and its records. Fields are u16 unless said otherwise:
 *
 * | bytes | meaning |
 * |---|---|
 * | 0 | handler number |
 * | 2 | destination: byte offset in the state area |
 * | 4, 6, 8, 10 | operands: byte offsets in the state area (or the constant pool), or small constants |
 * | 8 (i64) | large constant (`set` of a constant, `jump` to a constant) |
 * | 8, 12 (i32) | links of a branch: address of the record to go to, taken and not taken |
 * | 12 (i32) | instruction word of a system operation |
 *
 * A block's header stands before its first record: -16 pc, -8 cost, -4 number of instructions. The cost is what entering
 * takes from the budget, the number of instructions; a header that stands for code not translated (or dropped) has
 * {@link NOT_TRANSLATED} as its cost, so that "out of budget" and "not translated" are one check. Where tier 1 has
 * compiled the code, the first record's handler is `region`, and before the pc stand: -32 slot of the compiled
 * function, -28 its entry number, -24 instructions that it may need before it looks at the budget, -20 the handler that
 * the first record had. At -36 stands the number of the first link that leads to the block, see `CodeArena.setLink`.
 */
export const RECORD_BYTES = 16;
export const Field = { op: 0, d: 2, a: 4, b: 6, c: 8, e: 10, imm64: 8, link0: 8, link1: 12, word: 12 } as const;
/** A check's record holds the call and the instruction word where others hold operands. */
export const CHECK_FIELDS = [Field.a, Field.b, Field.e, Field.d] as const;
export const HEADER_BYTES = 48;
export const Header = {
  links: -36,
  slot: -32,
  entry: -28,
  need: -24,
  handler: -20,
  pc: -16,
  cost: -8,
  length: -4,
} as const;
export const NOT_TRANSLATED = 0x7fffffff;

/** Instructions of one block at the most; an instruction's index within its block fits a byte. */
export const MAX_BLOCK_INSTRUCTIONS = 64;

/**
 * Where a block's first record is copied to when the block could continue in a compiled function, and the budget does
 * not allow it: the copy with the record's own handler, then a `resume` record that leads to the second record.
 */
export const SCRATCH = 8192;
/** i32: the record that {@link SCRATCH} is a copy of. */
export const SCRATCH_ORIGIN = SCRATCH + 2 * 16;

/** The constant pool: 64-bit constants behind the state area, addressed as registers are. */
export const POOL_START = SCRATCH + 64;
export const POOL_END = 65536;

/** Why tier 0 was left. */
export const Exit = {
  /** Budget exhausted, or target not translated: EXIT_RECORD is the target's first record. */
  budget: 1,
  /** A memory access missed the TLB: EXIT_RECORD is the record, EXIT_VA the address. */
  miss: 2,
  /** The jump cache does not know the pc in slot PC. */
  lookup: 3,
  /** A system operation. */
  system: 4,
  /** A boundary that the engine asked for. */
  leave: 5,
  /** Compiled code met something that needs care at the instruction in slot PC: tier 0 does that one. */
  step: 6,
} as const;
