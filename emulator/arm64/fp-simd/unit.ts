import { type CpuState, Slot } from '../../ir/slots.ts';
import { Sys } from '../registers/slots.ts';
import { FpEnvironment, FpFlag } from './soft-float/environment.ts';
import { DOUBLE, type Format, SINGLE } from './soft-float/format.ts';

/** Width of an element in bits. */
export type ElementBits = 8 | 16 | 32 | 64;

const REGISTER_BYTES = 16;
const REGISTER_BITS = 128;
const FIRST_BYTE = Slot.VECTOR * 8;
const ZERO_REGISTER = 31;

/**
 * The SIMD&FP registers of a CPU as elements, with FPCR and FPSR around each instruction. An element is an unsigned
 * BigInt. Sources are read as a whole before a destination is written, so that registers may be the same.
 */
export class VectorUnit {
  readonly state: CpuState;
  readonly env = new FpEnvironment();
  private readonly bytes: Uint8Array;
  private readonly halves: Uint16Array;
  private readonly words: Uint32Array;
  private readonly quads: BigUint64Array;

  constructor(state: CpuState) {
    const { buffer } = state.words;
    this.state = state;
    this.bytes = new Uint8Array(buffer);
    this.halves = new Uint16Array(buffer);
    this.words = new Uint32Array(buffer);
    this.quads = new BigUint64Array(buffer);
  }

  /** FPCR takes effect; flags are counted from here. */
  begin(): void {
    this.env.load(this.state.lo(Sys.FPCR));
  }

  /** Adds the flags raised since {@link begin} to FPSR. */
  end(): void {
    const { flags } = this.env;
    if (flags !== 0) this.state.setLo(Sys.FPSR, this.state.lo(Sys.FPSR) | flags);
  }

  private at(n: number): number {
    return this.state.base + FIRST_BYTE + n * REGISTER_BYTES;
  }

  /** An element of a register. */
  element(n: number, bits: ElementBits, index: number): bigint {
    const at = this.at(n);
    switch (bits) {
      case 8:
        return BigInt(this.bytes[at + index]);
      case 16:
        return BigInt(this.halves[(at >> 1) + index]);
      case 32:
        return BigInt(this.words[(at >> 2) + index]);
      default:
        return this.quads[(at >> 3) + index];
    }
  }

  /** Replaces an element, truncated to its width, and nothing else. */
  setElement(n: number, bits: ElementBits, index: number, value: bigint): void {
    const at = this.at(n);
    switch (bits) {
      case 8:
        this.bytes[at + index] = Number(value & 0xffn);
        break;
      case 16:
        this.halves[(at >> 1) + index] = Number(value & 0xffffn);
        break;
      case 32:
        this.words[(at >> 2) + index] = Number(value & 0xffff_ffffn);
        break;
      default:
        this.quads[(at >> 3) + index] = value;
    }
  }

  /** `count` elements from element `from` on. */
  elements(n: number, bits: ElementBits, count: number, from = 0): bigint[] {
    const values: bigint[] = [];
    for (let i = 0; i < count; i++) values.push(this.element(n, bits, from + i));
    return values;
  }

  /** Writes elements from the lowest on, truncated to their width, and zeroes the rest of the register. */
  setElements(n: number, bits: ElementBits, values: readonly bigint[]): void {
    this.clear(n);
    for (let i = 0; i < values.length; i++) this.setElement(n, bits, i, values[i]);
  }

  /** Writes the upper half of a register and leaves the lower one (XTN2 and its kind). */
  setUpperElements(n: number, bits: ElementBits, values: readonly bigint[]): void {
    const first = REGISTER_BITS / 2 / bits;
    for (let i = 0; i < values.length; i++) this.setElement(n, bits, first + i, values[i]);
  }

  /** The 16 bytes of a register, the lowest first. */
  registerBytes(n: number): Uint8Array {
    const at = this.at(n);
    return this.bytes.slice(at, at + REGISTER_BYTES);
  }

  setRegisterBytes(n: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at(n));
  }

  /** Copies `count` bytes of a register, from byte `lane` on, to a place in a buffer. */
  bytesTo(n: number, lane: number, count: number, buffer: Uint8Array, offset: number): void {
    const at = this.at(n) + lane;
    for (let i = 0; i < count; i++) buffer[offset + i] = this.bytes[at + i];
  }

  /** Copies `count` bytes of a buffer into a register, from byte `lane` on. */
  bytesFrom(n: number, lane: number, count: number, buffer: Uint8Array, offset: number): void {
    const at = this.at(n) + lane;
    for (let i = 0; i < count; i++) this.bytes[at + i] = buffer[offset + i];
  }

  /** Zeroes a register. */
  clear(n: number): void {
    const at = this.at(n) >> 3;
    this.quads[at] = 0n;
    this.quads[at + 1] = 0n;
  }

  /** A whole register. */
  whole(n: number): bigint {
    const at = this.at(n) >> 3;
    return this.quads[at] | (this.quads[at + 1] << 64n);
  }

  setWhole(n: number, value: bigint): void {
    const at = this.at(n) >> 3;
    this.quads[at] = value;
    this.quads[at + 1] = value >> 64n;
  }

  /** A general register, register 31 = zero. @param bits 32 or 64 */
  general(n: number, bits: number): bigint {
    return n === ZERO_REGISTER ? 0n : BigInt.asUintN(bits, this.state.big(n));
  }

  /** Writes a general register, zero-extended from `bits`; register 31 takes nothing. */
  setGeneral(n: number, bits: number, value: bigint): void {
    if (n !== ZERO_REGISTER) this.state.setBig(n, BigInt.asUintN(bits, value));
  }

  /** Raises FPSR.QC. */
  saturated(): void {
    this.env.raise(FpFlag.QC);
  }
}

/** The elements that an Advanced SIMD instruction works on. */
export interface Shape {
  readonly bits: ElementBits;
  readonly count: number;
}

export const bit = (word: number, n: number): number => (word >>> n) & 1;
/** The fields that all vector encodings share. */
export const Q = (word: number): number => bit(word, 30);
export const U = (word: number): number => bit(word, 29);
/** Bit 28 tells scalar encodings from vector ones. */
const isScalar = (word: number): boolean => bit(word, 28) === 1;

const shapeOf = (word: number, bits: ElementBits): Shape => ({
  bits,
  count: isScalar(word) ? 1 : (64 << Q(word)) / bits,
});

/** `size` in bits 23:22. */
export const integerShape = (word: number): Shape => shapeOf(word, (8 << ((word >>> 22) & 3)) as ElementBits);

/** `sz` in bit 22: single or double. */
export const floatShape = (word: number): Shape => shapeOf(word, bit(word, 22) ? 64 : 32);

/** Format of elements of 32 or 64 bits. */
export const formatOf = (bits: number): Format => (bits === 64 ? DOUBLE : SINGLE);

/** What an instruction does once nothing traps it. */
export type Perform = (unit: VectorUnit, word: number) => void;
