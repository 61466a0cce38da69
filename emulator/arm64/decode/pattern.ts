import { FIELDS } from './fields.ts';

/** What a pattern string says about a 32-bit encoding. */
export interface Pattern {
  /** Bits that must match {@link value}. */
  readonly mask: number;
  readonly value: number;
  /** Bits that should be 1 but are not decoded. */
  readonly shouldBeOnes: number;
  /** The fields in the order of the string. */
  readonly fields: readonly { readonly name: string; readonly low: number; readonly width: number }[];
}

/**
 * Reads a pattern, from bit 31 down. Its words are: literal bits (`0`, `1`, `x` = any); `(11)` = bits that should
 * have this value but are not decoded (the manual's "(1)"; with another value the behaviour is CONSTRAINED
 * UNPREDICTABLE, and here they are ignored); a field's name; `name:n` = the low n bits of a field, whose upper bits
 * are given before it.
 * @throws Error if the pattern has not 32 bits or a field stands where {@link FIELDS} does not have it
 */
export function parsePattern(text: string): Pattern {
  let position = 32;
  let mask = 0;
  let value = 0;
  let shouldBeOnes = 0;
  const fields: { name: string; low: number; width: number }[] = [];
  for (const token of text.trim().split(/\s+/)) {
    if (/^[01x]+$/.test(token)) {
      for (const bit of token) {
        position--;
        if (bit !== 'x') mask |= 1 << position;
        if (bit === '1') value |= 1 << position;
      }
    } else if (/^\([01]+\)$/.test(token)) {
      position -= token.length - 2;
      shouldBeOnes |= Number.parseInt(token.slice(1, -1), 2) << position;
    } else {
      const [name, narrowed] = token.split(':');
      const place = FIELDS[name!];
      if (!place) throw new Error(`pattern "${text}": no field is called ${token}`);
      const width = narrowed === undefined ? place[1] : Number(narrowed);
      position -= width;
      if (position !== place[0]) throw new Error(`pattern "${text}": ${name} stands at bit ${position}`);
      fields.push({ name: name!, low: position, width });
    }
  }
  if (position !== 0) throw new Error(`pattern "${text}" has ${32 - position} bits`);
  return { mask: mask >>> 0, value: value >>> 0, shouldBeOnes: shouldBeOnes >>> 0, fields };
}
