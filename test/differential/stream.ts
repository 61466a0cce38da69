/** A short random program: what the executors run and what they must agree on. */

/** Bytes of the window that the stream's loads and stores are steered into. */
export const DATA_BYTES = 0x1_0000;
/** Where the code stands. The data window is within reach of ADR and of LDR (literal). */
export const CODE_BASE = 0x12_3450_0000n;
export const CODE_BYTES = 0x2000;
/** Where a stream begins: so that it crosses a page. */
export const ENTRY = CODE_BASE + 0xf80n;
export const DATA_BASE = CODE_BASE + 0x4_0000n;

/** Places in {@link Registers}: X0-X30, then these. V0-V31 and FPSR are zero outside lift mode `fp`. */
export const SP = 31;
export const PC = 32;
export const NZCV = 33;
/** The 64 halves of V0-V31, low half first, then FPSR. */
export const VECTORS = 34;
export const FPSR = VECTORS + 64;
export const REGISTER_COUNT = FPSR + 1;
/** X0-X30, SP, PC, NZCV (bits 3:0 = N Z C V), V0-V31, FPSR. */
export type Registers = BigUint64Array;

export interface Stream {
  /** The encodings, from {@link ENTRY} on. */
  readonly code: readonly number[];
  /** X0-X30, SP and NZCV before the first instruction. */
  readonly registers: Registers;
  /** Seed of the data window's contents, 0 = zeros. */
  readonly dataSeed: number;
  /** Instructions after which the run stops. */
  readonly limit: number;
  /** Bits of `LiftMode`; Unicorn runs mode 0 alone. */
  readonly mode: number;
}

/** How a stream ended: after `limit` instructions or at its end, at an access outside both windows, or at an exception (undefined, misaligned). */
export type Stop = 'ok' | 'fault' | 'exception';

export interface Outcome {
  readonly stop: Stop;
  readonly registers: Registers;
  readonly data: Uint8Array;
  /** Instructions executed, where the executor knows. */
  readonly executed?: number;
}

export interface StreamExecutor {
  readonly name: string;
  run(stream: Stream): Outcome;
}

/** First contents of the data window. */
export function initialData(seed: number): Uint8Array {
  const data = new Uint8Array(DATA_BYTES);
  if (seed === 0) return data;
  const words = new Uint32Array(data.buffer);
  let state = seed >>> 0;
  for (let i = 0; i < words.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    words[i] = state ^ (state >>> 16);
  }
  return data;
}

export function registerName(i: number): string {
  if (i < SP) return `X${i}`;
  if (i < VECTORS) return ['SP', 'PC', 'NZCV'][i - SP]!;
  return i === FPSR ? 'FPSR' : `V${(i - VECTORS) >> 1}.${(i - VECTORS) & 1 ? 'high' : 'low'}`;
}

/** The first differences of two outcomes as lines, empty if they agree. */
export function differences(a: Outcome, b: Outcome, nameA: string, nameB: string): string[] {
  const lines: string[] = [];
  const line = (what: string, x: unknown, y: unknown) => lines.push(`${what}: ${nameA} ${x}, ${nameB} ${y}`);
  if (a.stop !== b.stop) line('stop', a.stop, b.stop);
  for (let i = 0; i < REGISTER_COUNT; i++) {
    if (a.registers[i] !== b.registers[i]) {
      line(registerName(i), `0x${a.registers[i]!.toString(16)}`, `0x${b.registers[i]!.toString(16)}`);
    }
  }
  if (Buffer.compare(a.data, b.data) !== 0) {
    const at = a.data.findIndex((byte, i) => byte !== b.data[i]);
    line(`data[0x${at.toString(16)}]`, a.data[at], b.data[at]);
  }
  return lines;
}
