/** Takes finished records. */
export interface RecordSink {
  /** Starts a record of a handler. */
  begin(handler: number): void;
  /** Writes a u16 field of the record that was begun last. */
  u16(field: number, value: number): void;
  /** Writes an i32 field. */
  i32(field: number, value: number): void;
  /** Writes the 64-bit constant. */
  i64(value: bigint): void;
  /** Makes the link at `field` lead to an instruction of the block's page, translated or not. @param target low half, int32 */
  link(field: number, target: number): void;
  /** Byte offset of a pooled constant. */
  constant(value: bigint): number;
  /** True if a target lies in the page of the block, so that a link may lead there. Both halves are int32s. */
  isLocal(lo: number, hi: number): boolean;
  /** True if an address has the block's high half. */
  isNear(hi: number): boolean;
  /** Takes the last record back, where no CPU can tell that it is gone. */
  dropLast(): void;
  /** Where the next record will stand. */
  readonly next: number;
  /** The memory that records stand in. */
  readonly words: Int32Array;
  /** Adds finished records, from an index of `words` on. */
  append(words: Int32Array, from: number, count: number): void;
}
