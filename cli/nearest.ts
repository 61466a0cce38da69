/** Finds what was meant by a name that does not exist. */
import { Failure } from '../scenarios/errors.ts';

const SUGGESTIONS = 3;

/** Edits (insertions, deletions, substitutions) from one text to the other: Levenshtein's distance by Wagner-Fischer. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}

/** The few names nearest to a wrong one; one that contains it, or is contained, counts as nearer. */
export function nearest(wrong: string, names: readonly string[]): string[] {
  const score = (name: string) =>
    editDistance(wrong, name) -
    (name.includes(wrong) || wrong.includes(name) ? Math.max(wrong.length, name.length) : 0);
  return [...names]
    .sort((a, b) => score(a) - score(b) || editDistance(wrong, a) - editDistance(wrong, b) || (a < b ? -1 : 1))
    .slice(0, SUGGESTIONS);
}

/** A usage error for a name that is none of `names`. @param kind what the name should name, such as `attack` */
export function unknownName(kind: string, wrong: string, names: readonly string[]): Failure {
  const near = nearest(wrong, names);
  const hint = near.length > 0 ? `; the nearest: ${near.join(', ')}` : '';
  return new Failure('usage', `there is no ${kind} "${wrong}"${hint}`);
}
