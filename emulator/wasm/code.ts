import { ByWidth, FloatByWidth, type FloatName, Op, SIMD, ValueType, VOID, type WidthName } from './opcodes.ts';

/** A growing buffer with WebAssembly's variable-length integers. */
export class ByteWriter {
  private buffer = new Uint8Array(4096);
  length = 0;

  byte(value: number): void {
    if (this.length === this.buffer.length) this.grow(1);
    this.buffer[this.length++] = value;
  }

  bytes(values: ArrayLike<number>): void {
    if (this.length + values.length > this.buffer.length) this.grow(values.length);
    this.buffer.set(values, this.length);
    this.length += values.length;
  }

  private grow(by: number): void {
    const larger = new Uint8Array(Math.max(this.buffer.length * 2, this.length + by));
    larger.set(this.buffer);
    this.buffer = larger;
  }

  /** Unsigned LEB128 of a 32-bit number. */
  unsigned(value: number): void {
    let rest = value >>> 0;
    do {
      const low = rest & 0x7f;
      rest >>>= 7;
      this.byte(rest ? low | 0x80 : low);
    } while (rest);
  }

  /** Signed LEB128 of an int32. */
  signed(value: number): void {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && !(low & 0x40)) || (rest === -1 && low & 0x40)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }

  /** Signed LEB128 of an int64. */
  signedBig(value: bigint): void {
    if (value >= -0x80000000n && value <= 0x7fffffffn) {
      this.signed(Number(value));
      return;
    }
    let rest = value;
    for (;;) {
      const low = Number(rest & 0x7fn);
      rest >>= 7n;
      if ((rest === 0n && !(low & 0x40)) || (rest === -1n && low & 0x40)) {
        this.byte(low);
        return;
      }
      this.byte(low | 0x80);
    }
  }

  /** Signed LEB128 of an int64 given by halves. */
  signedHalves(lo: number, hi: number): void {
    let low = lo | 0;
    let high = hi | 0;
    while (high !== low >> 31) {
      this.byte((low & 0x7f) | 0x80);
      low = (low >>> 7) | (high << 25);
      high >>= 7;
    }
    this.signed(low);
  }

  name(text: string): void {
    this.unsigned(text.length);
    for (let i = 0; i < text.length; i++) this.byte(text.charCodeAt(i));
  }

  take(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }
}

/** A branch target: remembers how deep it was opened. */
export type Label = number;

/** Writes one function's body. Locals beyond the parameters are declared as they are asked for. */
export class Code extends ByteWriter {
  private depth = 0;
  private readonly locals: number[] = [];
  private readonly parameters: number;

  constructor(parameters: number) {
    super();
    this.parameters = parameters;
  }

  /** Declares a local of a value type; returns its index. */
  local(type: number): number {
    this.locals.push(type);
    return this.parameters + this.locals.length - 1;
  }

  op(...opcodes: number[]): void {
    for (const opcode of opcodes) this.byte(opcode);
  }

  /** An instruction that exists in both widths. */
  wide(name: WidthName, width: 32 | 64): void {
    this.byte(ByWidth[name][width === 64 ? 1 : 0]);
  }

  /** An instruction on floats that exists in both widths. */
  float(name: FloatName, width: 32 | 64): void {
    this.byte(FloatByWidth[name][width === 64 ? 1 : 0]);
  }

  /** A 128-bit instruction without immediates, or the first part of one with immediates. */
  simd(opcode: number): void {
    this.byte(SIMD);
    this.unsigned(opcode);
  }

  /** A 128-bit load or store. */
  simdMemory(opcode: number, offset: number): void {
    this.simd(opcode);
    this.byte(0);
    this.unsigned(offset);
  }

  i32(value: number): void {
    this.byte(Op.i32Const);
    this.signed(value);
  }

  i64(value: bigint | number): void {
    this.byte(Op.i64Const);
    if (typeof value === 'number' && value === (value | 0)) this.signed(value);
    else this.signedBig(BigInt.asIntN(64, BigInt(value)));
  }

  /** A 64-bit constant given by halves. */
  i64Halves(lo: number, hi: number): void {
    this.byte(Op.i64Const);
    this.signedHalves(lo, hi);
  }

  /** A constant of the given width. */
  constant(value: bigint | number, width: 32 | 64): void {
    if (width === 64) this.i64(value);
    else this.i32(typeof value === 'number' ? value : Number(BigInt.asIntN(32, value)));
  }

  get(local: number): void {
    this.byte(Op.localGet);
    this.unsigned(local);
  }

  set(local: number): void {
    this.byte(Op.localSet);
    this.unsigned(local);
  }

  tee(local: number): void {
    this.byte(Op.localTee);
    this.unsigned(local);
  }

  /** A load or store with alignment hint 0 and a constant offset. */
  memory(opcode: number, offset: number): void {
    this.byte(opcode);
    this.byte(0);
    this.unsigned(offset);
  }

  call(index: number): void {
    this.byte(Op.call);
    this.unsigned(index);
  }

  open(opcode: number, type: number = VOID): Label {
    this.byte(opcode);
    this.byte(type);
    this.depth++;
    return this.depth;
  }

  end(): void {
    this.byte(Op.end);
    this.depth--;
  }

  br(label: Label): void {
    this.byte(Op.br);
    this.unsigned(this.depth - label);
  }

  brIf(label: Label): void {
    this.byte(Op.brIf);
    this.unsigned(this.depth - label);
  }

  brTable(labels: readonly Label[], otherwise: Label): void {
    this.byte(Op.brTable);
    this.unsigned(labels.length);
    for (const label of labels) this.unsigned(this.depth - label);
    this.unsigned(this.depth - otherwise);
  }

  /** The finished body: declarations of locals, instructions, end. */
  body(): Uint8Array {
    const out = new ByteWriter();
    const runs: [number, number][] = [];
    for (const type of this.locals) {
      const last = runs[runs.length - 1];
      if (last && last[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    out.unsigned(runs.length);
    for (const [count, type] of runs) {
      out.unsigned(count);
      out.byte(type);
    }
    out.bytes(this.take());
    out.byte(Op.end);
    return out.take();
  }
}

export { ValueType };
