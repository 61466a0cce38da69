import { Rd, Rm, Rn } from '../decode/fields.ts';
import { asSigned, type FloatElement, halfShape, narrowBits, type Sign, setLong } from './drivers.ts';
import * as element from './elements.ts';
import { row, type SimdRow, vector, vectorAndScalar } from './row.ts';
import { mul, mulExtended } from './soft-float/arithmetic.ts';
import { float, fusedAdd, fusedSubtract } from './three-same.ts';
import { bit, type ElementBits, floatShape, formatOf, integerShape, type Perform, U, type VectorUnit } from './unit.ts';

/** Advanced SIMD vector by indexed element, vector and scalar: Arm ARM C4.1.6. */

/** The one element of Rm, named by H (bit 11), L (21) and M (20); of 16-bit elements M is part of the index. */
function indexed(unit: VectorUnit, word: number, bits: ElementBits): bigint {
  const [h, l, m] = [bit(word, 11), bit(word, 21), bit(word, 20)];
  switch (bits) {
    case 16:
      return unit.element(Rm(word) & 15, 16, (h << 2) | (l << 1) | m);
    case 32:
      return unit.element(Rm(word), 32, (h << 1) | l);
    default:
      return unit.element(Rm(word), 64, h);
  }
}

const each =
  (sign: Sign, operation: element.Element): Perform =>
  (unit, word) => {
    const { bits, count } = integerShape(word);
    const signed = sign === 'signed';
    const a = asSigned(unit.elements(Rn(word), bits, count), bits, signed);
    const [b] = asSigned([indexed(unit, word, bits)], bits, signed);
    const old = unit.elements(Rd(word), bits, count);
    unit.setElements(
      Rd(word),
      bits,
      old.map((o, i) => operation(a[i], b, bits, unit, o)),
    );
  };

const long =
  (sign: Sign, operation: element.Element): Perform =>
  (unit, word) => {
    const { bits, count, from } = halfShape(word, narrowBits(word));
    const signed = sign === 'signed' || U(word) === 0;
    const a = asSigned(unit.elements(Rn(word), bits, count, from), bits, signed);
    const b = asSigned(new Array(count).fill(indexed(unit, word, bits)), bits, signed);
    setLong(unit, word, bits, a, b, operation);
  };

const eachFloat =
  (operation: FloatElement): Perform =>
  (unit, word) => {
    const { bits, count } = floatShape(word);
    const a = unit.elements(Rn(word), bits, count);
    const b = indexed(unit, word, bits);
    const old = unit.elements(Rd(word), bits, count);
    unit.setElements(
      Rd(word),
      bits,
      old.map((o, i) => operation(unit, formatOf(bits), a[i], b, o)),
    );
  };

const byElement = (u: string, opcode: string, name: string, perform: Perform, size = 'xx'): SimdRow =>
  row(`${name} (by element)`, `0 x ${u} ? 1111 ${size} xx xxxx ${opcode} x 0 Rn Rd`, perform);
const floating = (u: string, opcode: string, name: string, operation: FloatElement): SimdRow =>
  byElement(u, opcode, name, eachFloat(operation), '1x');

const VECTOR: readonly SimdRow[] = [
  byElement('1', '0000', 'MLA', each('unsigned', element.mulAccumulate)),
  byElement('1', '0100', 'MLS', each('unsigned', element.mulSubtract)),
  byElement('0', '1000', 'MUL', each('unsigned', element.mul)),
  byElement('x', '0010', 'SMLAL, UMLAL', long('byU', element.mulAccumulate)),
  byElement('x', '0110', 'SMLSL, UMLSL', long('byU', element.mulSubtract)),
  byElement('x', '1010', 'SMULL, UMULL', long('byU', element.mul)),
];

const VECTOR_AND_SCALAR: readonly SimdRow[] = [
  byElement('0', '0011', 'SQDMLAL', long('signed', element.doublingLongAccumulate)),
  byElement('0', '0111', 'SQDMLSL', long('signed', element.doublingLongSubtract)),
  byElement('0', '1011', 'SQDMULL', long('signed', element.doublingLong)),
  byElement('0', '1100', 'SQDMULH', each('signed', element.doublingHigh(false))),
  byElement('0', '1101', 'SQRDMULH', each('signed', element.doublingHigh(true))),
  floating('0', '0001', 'FMLA', fusedAdd),
  floating('0', '0101', 'FMLS', fusedSubtract),
  floating('0', '1001', 'FMUL', float(mul)),
  floating('1', '1001', 'FMULX', float(mulExtended)),
];

export const BY_ELEMENT: readonly SimdRow[] = [...VECTOR.map(vector), ...VECTOR_AND_SCALAR.flatMap(vectorAndScalar)];
