/** A few A64 instructions as words, for the tiny images of the board's tests (Arm ARM C6.2). */
export const a64 = {
  /** MOVZ Xd, #value, LSL #shift */
  movz: (d: number, value: number, shift = 0) => (0xd280_0000 | ((shift / 16) << 21) | (value << 5) | d) >>> 0,
  /** MOVK Xd, #value, LSL #shift */
  movk: (d: number, value: number, shift = 0) => (0xf280_0000 | ((shift / 16) << 21) | (value << 5) | d) >>> 0,
  /** STRB Wt, [Xn] */
  strb: (t: number, n: number) => (0x3900_0000 | (n << 5) | t) >>> 0,
  /** STR Wt, [Xn, #offset] */
  str: (t: number, n: number, offset = 0) => (0xb900_0000 | ((offset / 4) << 10) | (n << 5) | t) >>> 0,
  /** LDR Wt, [Xn, #offset] */
  ldr: (t: number, n: number, offset = 0) => (0xb940_0000 | ((offset / 4) << 10) | (n << 5) | t) >>> 0,
  /** STR Xt, [Xn] */
  strx: (t: number, n: number) => (0xf900_0000 | (n << 5) | t) >>> 0,
  /** ADD Xd, Xn, #value */
  add: (d: number, n: number, value: number) => (0x9100_0000 | (value << 10) | (n << 5) | d) >>> 0,
  /** LSR Wd, Wn, #shift */
  lsr: (d: number, n: number, shift: number) => (0x5300_7c00 | (shift << 16) | (n << 5) | d) >>> 0,
  /** CBZ Xt, forward by `words` */
  cbz: (t: number, words: number) => (0xb400_0000 | ((words & 0x7ffff) << 5) | t) >>> 0,
  /** CBNZ Xt, on or back by `words` */
  cbnz: (t: number, words: number) => (0xb500_0000 | ((words & 0x7ffff) << 5) | t) >>> 0,
  /** B, on or back by `words` */
  b: (words: number) => (0x1400_0000 | (words & 0x3ff_ffff)) >>> 0,
  /** BR Xn */
  br: (n: number) => (0xd61f_0000 | (n << 5)) >>> 0,
  /** MRS Xt of a system register by op0, op1, CRn, CRm, op2 */
  mrs: (t: number, op0: number, op1: number, n: number, m: number, op2: number) =>
    (0xd520_0000 | (op0 << 19) | (op1 << 16) | (n << 12) | (m << 8) | (op2 << 5) | t) >>> 0,
  msr: (t: number, op0: number, op1: number, n: number, m: number, op2: number) =>
    (0xd500_0000 | (op0 << 19) | (op1 << 16) | (n << 12) | (m << 8) | (op2 << 5) | t) >>> 0,
  smc: 0xd400_0003,
  hvc: 0xd400_0002,
  /** HLT #0xf000 */
  semihosting: 0xd45e_0000,
  wfi: 0xd503_207f,
  /** B . */
  stay: 0x1400_0000,
} as const;

/** Instruction words as image bytes. */
export function image(...words: readonly number[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(words.length * 4));
  words.forEach((word, i) => {
    view.setUint32(i * 4, word, true);
  });
  return new Uint8Array(view.buffer);
}

/** Words that load a 32-bit constant into Xd. */
export function load32(d: number, value: number): number[] {
  return [a64.movz(d, value & 0xffff), a64.movk(d, value >>> 16, 16)];
}
