import { pairOf } from './handlers.ts';
import { Field, HEADER_BYTES, Header, NOT_TRANSLATED, POOL_END, POOL_START, RECORD_BYTES } from './records.ts';
import type { RecordSink } from './sink.ts';

/** Thrown when the constant pool is full: all translations must be dropped. */
export class PoolFull extends Error {}

/** Space that must be left before a block is begun: the most that one block can need. */
const BLOCK_RESERVE = 64 * 1024;
/** Bits of an address that say in which page it lies. */
const PAGE = ~0xfff;
const REGION_RESERVE = 1024 * 1024;

/**
 * The stretch of linear memory that holds tier 0's records, filled from its start until nothing is left; then
 * everything is dropped at once. Beside it stands, for each record, the index of the instruction it belongs to.
 */
export class CodeArena implements RecordSink {
  private readonly start: number;
  private readonly end: number;
  next: number;
  readonly words: Int32Array;
  private readonly halves: Uint16Array;
  private readonly quads: BigInt64Array;
  private readonly instructionOf: Uint8Array;
  private readonly firstOf: Int32Array;
  private readonly pool = new Map<bigint, number>();
  private poolNext = POOL_START;
  private current = 0;
  private blockStart = 0;
  /** Index, within its block, of the instruction that is being lowered. */
  instruction = 0;
  /** Virtual page of the block that is being lowered, as int32s: links stay within it. */
  private pageLo = 0;
  private pageHi = 0;
  private dropped = -1;
  /** The links of that block: addresses of the i32 fields that hold them, and low halves of where they lead, as int32. */
  readonly sites: number[] = [];
  readonly targets: number[] = [];
  /** Links that were set: for each its address, and the number of the next one that leads to the same block. 0 is none. */
  private readonly chain: Int32Array;
  private chained = 0;

  /** @param start @param end multiples of 16, byte offsets in linear memory */
  constructor(buffer: ArrayBuffer, start: number, end: number) {
    this.start = start;
    this.end = end;
    this.next = start;
    this.words = new Int32Array(buffer);
    this.halves = new Uint16Array(buffer);
    this.quads = new BigInt64Array(buffer);
    const records = (end - start) / RECORD_BYTES;
    this.instructionOf = new Uint8Array(records);
    this.firstOf = new Int32Array(records);
    // A block has two links at the most, and no less than four records' room with its header.
    this.chain = new Int32Array(records + 2);
  }

  /** True if there is no room for another block. */
  get full(): boolean {
    return this.end - this.next < BLOCK_RESERVE || POOL_END - this.poolNext < 64 * 8;
  }

  /** True if there is room for all the entries of a compiled function. */
  get roomy(): boolean {
    return this.end - this.next > REGION_RESERVE && POOL_END - this.poolNext > REGION_RESERVE / 128;
  }

  /** Bytes in use. */
  get used(): number {
    return this.next - this.start;
  }

  clear(): void {
    this.next = this.start;
    this.pool.clear();
    this.poolNext = POOL_START;
    this.chained = 0;
  }

  /** Makes a header that stands for code not yet translated; returns the address behind it. */
  stub(pcLo: number, pcHi: number): number {
    return this.header(pcLo, pcHi);
  }

  /** Begins a block; returns the address of its first record. */
  beginBlock(pcLo: number, pcHi: number): number {
    this.blockStart = this.header(pcLo, pcHi);
    this.pageLo = pcLo & PAGE;
    this.pageHi = pcHi | 0;
    this.instruction = 0;
    this.dropped = -1;
    this.sites.length = this.targets.length = 0;
    return this.blockStart;
  }

  private header(pcLo: number, pcHi: number): number {
    const record = this.next + HEADER_BYTES;
    this.words[(record + Header.pc) >> 2] = pcLo;
    this.words[(record + Header.pc + 4) >> 2] = pcHi;
    this.words[(record + Header.cost) >> 2] = NOT_TRANSLATED;
    this.words[(record + Header.length) >> 2] = 0;
    this.words[(record + Header.slot) >> 2] = 0;
    this.words[(record + Header.links) >> 2] = 0;
    this.next = record;
    return record;
  }

  /** What entering a block costs: its instructions, or {@link NOT_TRANSLATED}. */
  cost(record: number): number {
    return this.words[(record + Header.cost) >> 2];
  }

  isTranslated(record: number): boolean {
    return this.words[(record + Header.cost) >> 2] !== NOT_TRANSLATED;
  }

  /** Instructions of a block, also of one that was dropped. */
  length(record: number): number {
    return this.words[(record + Header.length) >> 2];
  }

  /**
   * Lets one handler do two records where there is one for both. Never the block's first record, which may be copied elsewhere; never one
   * in the middle of an instruction, where a stop may be put behind the access before it.
   */
  pairUp(block: number): void {
    for (let p = block + RECORD_BYTES; p + RECORD_BYTES < this.next; p += RECORD_BYTES) {
      if (this.blockOf(p + RECORD_BYTES) !== block || this.instructionAt(p) === this.instructionAt(p - RECORD_BYTES))
        continue;
      const pair = pairOf(this.handlerAt(p), this.handlerAt(p + RECORD_BYTES));
      if (pair === undefined) continue;
      this.setHandlerAt(p, pair);
      p += RECORD_BYTES;
    }
  }

  /** Makes a block fit to be entered. */
  finish(record: number, length: number): void {
    this.words[(record + Header.cost) >> 2] = length;
    this.words[(record + Header.length) >> 2] = length;
  }

  /** Makes a block unfit to be entered; who is in it may finish. */
  drop(record: number): void {
    this.words[(record + Header.cost) >> 2] = NOT_TRANSLATED;
  }

  pcLo(record: number): number {
    return this.words[(record + Header.pc) >> 2];
  }

  pcHi(record: number): number {
    return this.words[(record + Header.pc + 4) >> 2];
  }

  /**
   * Lets a block continue in a compiled function.
   * @param need instructions that the function may run before it looks at the budget
   */
  setRegion(record: number, handler: number, slot: number, entry: number, need: number): void {
    if (this.words[(record + Header.slot) >> 2] === 0)
      this.words[(record + Header.handler) >> 2] = this.handlerAt(record);
    this.words[(record + Header.slot) >> 2] = slot;
    this.words[(record + Header.entry) >> 2] = entry;
    this.words[(record + Header.need) >> 2] = need;
    this.setHandlerAt(record, handler);
  }

  /** Slot of the compiled function that a block continues in, or 0. */
  regionOf(record: number): number {
    return this.words[(record + Header.slot) >> 2];
  }

  /** Takes {@link setRegion} back. */
  clearRegion(record: number): void {
    if (this.words[(record + Header.slot) >> 2] === 0) return;
    this.setHandlerAt(record, this.words[(record + Header.handler) >> 2]);
    this.words[(record + Header.slot) >> 2] = 0;
  }

  /** Makes a link lead to a block, which remembers it: all that lead to one are chained. */
  setLink(site: number, record: number): void {
    const link = ++this.chained;
    this.chain[link * 2] = site;
    this.lead(link, record);
  }

  private lead(link: number, record: number): void {
    const first = (record + Header.links) >> 2;
    this.chain[link * 2 + 1] = this.words[first];
    this.words[first] = link;
    this.words[this.chain[link * 2] >> 2] = record;
  }

  /** Makes what leads to one block, which is not or no longer translated, lead to another. Links of dropped blocks may stay. */
  redirect(from: number, to: number): void {
    let link = this.words[(from + Header.links) >> 2];
    this.words[(from + Header.links) >> 2] = 0;
    while (link !== 0) {
      const next = this.chain[link * 2 + 1];
      if (this.isTranslated(this.blockOf(this.chain[link * 2]))) this.lead(link, to);
      link = next;
    }
  }

  /** Index of the instruction that a record belongs to, within its block. */
  instructionAt(record: number): number {
    return this.instructionOf[(record - this.start) >> 4];
  }

  /** First record of the block that a record belongs to. */
  blockOf(record: number): number {
    return this.firstOf[(record - this.start) >> 4];
  }

  handlerAt(record: number): number {
    return this.halves[(record + Field.op) >> 1];
  }

  /** The handler that does a record's own work: also of one that hands over to a compiled function when the budget allows. */
  workAt(record: number): number {
    const isFirst = this.blockOf(record) === record;
    return isFirst && this.regionOf(record) !== 0 ? this.words[(record + Header.handler) >> 2] : this.handlerAt(record);
  }

  setHandlerAt(record: number, handler: number): void {
    this.halves[(record + Field.op) >> 1] = handler;
  }

  fieldAt(record: number, field: number): number {
    return this.halves[(record + field) >> 1];
  }

  wordAt(record: number): number {
    return this.words[(record + Field.word) >> 2];
  }

  begin(handler: number): void {
    this.current = this.next;
    this.next += RECORD_BYTES;
    const i = (this.current - this.start) >> 4;
    this.instructionOf[i] = this.dropped >= 0 ? this.dropped : this.instruction;
    this.dropped = -1;
    this.firstOf[i] = this.blockStart;
    this.words[this.current >> 2] = 0;
    this.words[(this.current >> 2) + 1] = 0;
    this.words[(this.current >> 2) + 2] = 0;
    this.words[(this.current >> 2) + 3] = 0;
    this.halves[this.current >> 1] = handler;
  }

  /**
   * The next record takes the dropped one's place, and its instruction: that instruction has not run before it. What follows an access
   * of an earlier instruction stays: a CPU may stop behind that instruction.
   */
  dropLast(): void {
    const at = this.instructionAt(this.current);
    const before = this.current - RECORD_BYTES;
    const isBehind = this.blockOf(before) === this.blockStart && this.instructionAt(before) === at;
    if (isBehind && at !== this.instruction) return;
    this.dropped = at;
    this.next = this.current;
  }

  append(words: Int32Array, from: number, count: number): void {
    const to = this.next >> 2;
    for (let i = 0; i < (count * RECORD_BYTES) / 4; i++) this.words[to + i] = words[from + i];
    const first = (this.next - this.start) >> 4;
    for (let i = first; i < first + count; i++) {
      this.instructionOf[i] = this.instruction;
      this.firstOf[i] = this.blockStart;
    }
    this.next += count * RECORD_BYTES;
  }

  u16(field: number, value: number): void {
    this.halves[(this.current + field) >> 1] = value;
  }

  i32(field: number, value: number): void {
    this.words[(this.current + field) >> 2] = value;
  }

  i64(value: bigint): void {
    this.quads[(this.current + Field.imm64) >> 3] = BigInt.asIntN(64, value);
  }

  link(field: number, target: number): void {
    this.sites.push(this.current + field);
    this.targets.push(target);
  }

  isLocal(lo: number, hi: number): boolean {
    return (lo & PAGE) === this.pageLo && hi === this.pageHi;
  }

  isNear(hi: number): boolean {
    return hi === this.pageHi;
  }

  constant(value: bigint): number {
    const key = BigInt.asUintN(64, value);
    const known = this.pool.get(key);
    if (known !== undefined) return known;
    if (this.poolNext === POOL_END) throw new PoolFull();
    const at = this.poolNext;
    this.poolNext += 8;
    this.quads[at >> 3] = BigInt.asIntN(64, key);
    this.pool.set(key, at);
    return at;
  }
}
