import { type Encoding, type Lift, row } from '../encoding.ts';

/**
 * Rows for every combination of choices. A choice names one or more words of the template and lists what may stand
 * there: `{ 'Q size': ['1 11', 'x 0x'] }` puts 1 for Q and 11 for size, or x and 0x.
 */
export function choices(
  name: string,
  template: string,
  allowed: Readonly<Record<string, readonly string[]>>,
  lift: Lift,
): readonly Encoding[] {
  let made: readonly (readonly [name: string, pattern: string])[] = [[name, template]];
  for (const [words, alternatives] of Object.entries(allowed)) {
    made = made.flatMap(([n, pattern]) =>
      alternatives.map((bits) => [`${n}, ${words} = ${bits}`, substitute(pattern, words, bits)] as const),
    );
  }
  return made.map(([n, pattern]) => row(n, pattern, lift));
}

function substitute(pattern: string, words: string, bits: string): string {
  const values = bits.split(' ');
  const names = words.split(' ');
  return pattern
    .split(' ')
    .map((word) => (names.includes(word) ? values[names.indexOf(word)]! : word))
    .join(' ');
}
