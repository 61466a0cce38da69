/**
 * Names of events are words between dots. A pattern is a name in which a word may be `*`, which stands for any one word,
 * or the last word `**`, which stands for all that follow.
 */

const SPECIAL = /[.+?^${}()|[\]\\]/g;
const WORD = '[^.]+';

function expression(pattern: string): string {
  const words = pattern
    .split('.')
    .map((word) => (word === '*' ? WORD : word === '**' ? '.+' : word.replace(SPECIAL, '\\$&')));
  return words.join('\\.');
}

/** A test for names that match any of the patterns. */
export function matcher(patterns: readonly string[]): (name: string) => boolean {
  const all = new RegExp(`^(?:${patterns.map(expression).join('|')})$`);
  return (name) => all.test(name);
}
