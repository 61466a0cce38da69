/** Lists of names on the command line. */
import { unknownName } from './nearest.ts';

/**
 * The names that an option gives: several words, or one with commas; a name that ends in `*` stands for all that begin so.
 * @param kind what a name should name @returns names in the order given, each once
 * @throws Failure `usage` for a name that is none
 */
export function namesOf(kind: string, words: readonly string[], known: readonly string[]): string[] {
  const names = words.flatMap((word) => word.split(',')).map((word) => word.trim());
  return [...new Set(names.filter((name) => name !== '').flatMap((name) => matching(kind, name, known)))];
}

function matching(kind: string, name: string, known: readonly string[]): string[] {
  const found = name.endsWith('*')
    ? known.filter((candidate) => candidate.startsWith(name.slice(0, -1)))
    : known.filter((candidate) => candidate === name);
  if (found.length === 0) throw unknownName(kind, name, known);
  return found;
}
