import { Rd, Rm, Rn } from '../decode/fields.ts';
import type { Element, ElementBySign } from './elements.ts';
import type { Format } from './soft-float/format.ts';
import {
  bit,
  type ElementBits,
  floatShape,
  formatOf,
  integerShape,
  type Perform,
  Q,
  type Shape,
  U,
  type VectorUnit,
} from './unit.ts';

/** Ways of going over the elements of registers. Scalar encodings (bit 28) have one element. */

/** How operands are read: as signed integers, unsigned, or by the bit U of the encoding (1 = unsigned). */
export type Sign = 'signed' | 'unsigned' | 'byU';

const isSigned = (word: number, sign: Sign): boolean => sign === 'signed' || (sign === 'byU' && U(word) === 0);

export const asSigned = (values: readonly bigint[], bits: number, signed: boolean): readonly bigint[] =>
  signed ? values.map((v) => BigInt.asIntN(bits, v)) : values;

/** Chooses the operation by the sign of the operands. */
export const bySign = (make: ElementBySign): Perform => {
  const performs = [each('signed', make(true)), each('unsigned', make(false))];
  return (unit, word) => performs[U(word)](unit, word);
};

/** d[i] = operation(n[i], m[i]); instructions of one operand take no notice of m. */
export const each =
  (sign: Sign, operation: Element): Perform =>
  (unit, word) => {
    const { bits, count } = integerShape(word);
    const signed = isSigned(word, sign);
    const a = asSigned(unit.elements(Rn(word), bits, count), bits, signed);
    const b = asSigned(unit.elements(Rm(word), bits, count), bits, signed);
    const old = unit.elements(Rd(word), bits, count);
    unit.setElements(
      Rd(word),
      bits,
      old.map((o, i) => operation(a[i], b[i], bits, unit, o)),
    );
  };

/** Adjacent pairs of the two registers behind each other: n first. */
export const pairs =
  (sign: Sign, operation: Element): Perform =>
  (unit, word) => {
    const { bits, count } = integerShape(word);
    const all = asSigned(
      [...unit.elements(Rn(word), bits, count), ...unit.elements(Rm(word), bits, count)],
      bits,
      isSigned(word, sign),
    );
    const results = Array.from({ length: count }, (_, i) => operation(all[2 * i], all[2 * i + 1], bits, unit, 0n));
    unit.setElements(Rd(word), bits, results);
  };

/** A floating-point operation on elements. @param old the destination's element before */
export type FloatElement = (unit: VectorUnit, f: Format, a: bigint, b: bigint, old: bigint) => bigint;

export const eachFloat =
  (operation: FloatElement): Perform =>
  (unit, word) => {
    const { bits, count } = floatShape(word);
    const f = formatOf(bits);
    const a = unit.elements(Rn(word), bits, count);
    const b = unit.elements(Rm(word), bits, count);
    const old = unit.elements(Rd(word), bits, count);
    unit.setElements(
      Rd(word),
      bits,
      old.map((o, i) => operation(unit, f, a[i], b[i], o)),
    );
  };

export const pairsFloat =
  (operation: FloatElement): Perform =>
  (unit, word) => {
    const { bits, count } = floatShape(word);
    const all = [...unit.elements(Rn(word), bits, count), ...unit.elements(Rm(word), bits, count)];
    const results = Array.from({ length: count }, (_, i) =>
      operation(unit, formatOf(bits), all[2 * i], all[2 * i + 1], 0n),
    );
    unit.setElements(Rd(word), bits, results);
  };

/** Elements of the half that Q names, of a register whose elements widen or narrow; a scalar's is the lowest. */
export function halfShape(word: number, bits: ElementBits): Shape & { readonly from: number } {
  if (bit(word, 28)) return { bits, count: 1, from: 0 };
  const count = 64 / bits;
  return { bits, count, from: Q(word) * count };
}

export const narrowBits = (word: number): ElementBits => integerShape(word).bits;

/** Writes narrowed results: into the lower half and zeroes the rest, or (Q = 1) into the upper half alone. */
export function setNarrow(unit: VectorUnit, word: number, bits: ElementBits, values: readonly bigint[]): void {
  if (Q(word) && !bit(word, 28)) unit.setUpperElements(Rd(word), bits, values);
  else unit.setElements(Rd(word), bits, values);
}

/** Twice as wide; narrow elements have at most 32 bits. */
export const doubled = (bits: ElementBits): ElementBits => (bits * 2) as ElementBits;

/** d[i] = operation(n[i], m[i]) with results of twice the width, from the halves of n and m that Q names. */
export const long =
  (sign: Sign, operation: Element): Perform =>
  (unit, word) => {
    const { bits, count, from } = halfShape(word, narrowBits(word));
    const signed = isSigned(word, sign);
    const a = asSigned(unit.elements(Rn(word), bits, count, from), bits, signed);
    const b = asSigned(unit.elements(Rm(word), bits, count, from), bits, signed);
    setLong(unit, word, bits, a, b, operation);
  };

/** Results of twice the width, with their old values at hand. */
export function setLong(
  unit: VectorUnit,
  word: number,
  bits: ElementBits,
  a: readonly bigint[],
  b: readonly bigint[],
  operation: Element,
): void {
  const wide = doubled(bits);
  const old = unit.elements(Rd(word), wide, a.length);
  unit.setElements(
    Rd(word),
    wide,
    old.map((o, i) => operation(a[i], b[i], wide, unit, o)),
  );
}

/** d[i] = operation(n[i], m[i]) where n's elements have twice the width of m's. */
export const wide =
  (sign: Sign, operation: Element): Perform =>
  (unit, word) => {
    const { bits, count, from } = halfShape(word, narrowBits(word));
    const signed = isSigned(word, sign);
    const a = asSigned(unit.elements(Rn(word), doubled(bits), count), doubled(bits), signed);
    const b = asSigned(unit.elements(Rm(word), bits, count, from), bits, signed);
    setLong(unit, word, bits, a, b, operation);
  };

/** d[i] of half the width = operation(n[i], m[i]); `bits` of the operation is that of the result. */
export const narrow =
  (sign: Sign, operation: Element, bitsOf: (word: number) => ElementBits = narrowBits): Perform =>
  (unit, word) => {
    const { bits, count } = halfShape(word, bitsOf(word));
    const signed = isSigned(word, sign);
    const a = asSigned(unit.elements(Rn(word), doubled(bits), count), doubled(bits), signed);
    const b = asSigned(unit.elements(Rm(word), doubled(bits), count), doubled(bits), signed);
    setNarrow(
      unit,
      word,
      bits,
      a.map((value, i) => operation(value, b[i], bits, unit, 0n)),
    );
  };
