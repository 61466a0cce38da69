/**
 * Records of instructions that were lowered before, by encoding and mode: a program is made of far fewer words than it has
 * instructions, so most of a translation is a copy. A template says what it took for granted and what it changes.
 */
import { RECORD_BYTES } from './records.ts';

/** Entries, a power of two: a boot of Linux translates 60,000 different words whose meaning does not depend on where they stand. */
const ENTRY_BITS = 16;
const ENTRIES = 1 << ENTRY_BITS;
/** 2^32 divided by the golden ratio: spreads words that differ in one field. */
const SPREAD = 0x9e3779b1;
const MODE_SPREAD = 0x85ebca6b;
/** Records kept at the most; then all are forgotten. */
const ROOM = 2 * ENTRIES;
/** Records kept of one instruction at the most. */
export const LONGEST_TEMPLATE = 16;

/** Where things stand in an entry, in words. `mode` is one more than the mode, and 0 in an empty entry. */
const At = { word: 0, mode: 1, asked: 2, written: 3, kindBefore: 4, kindAfter: 5, first: 6, count: 7 } as const;
const ENTRY_WORDS = 8;

/** What an instruction's records took for granted about what was known before, and what they change. */
export interface Premises {
  /** General registers that must not hold a known constant, and those that are written: bits of `KnownConstants`. */
  readonly asked: number;
  readonly written: number;
  /** Kind of the flags that must be known, or {@link ANY_KIND}; kind afterwards, or {@link SAME_KIND}. */
  readonly kindBefore: number;
  readonly kindAfter: number;
}

/** The kind of the flags does not matter. */
export const ANY_KIND = -1;
/** The kind of the flags does not change. */
export const SAME_KIND = -1;

export class Templates {
  private readonly entries = new Int32Array(ENTRIES * ENTRY_WORDS);
  /** The records, one behind the other. */
  readonly records = new Int32Array((ROOM * RECORD_BYTES) / 4);
  private used = 0;

  /** @returns the place of an encoding's template, or -1 */
  find(word: number, mode: number): number {
    const at = this.place(word, mode);
    return this.entries[at + At.word] === (word | 0) && this.entries[at + At.mode] === mode + 1 ? at : -1;
  }

  asked(at: number): number {
    return this.entries[at + At.asked];
  }

  written(at: number): number {
    return this.entries[at + At.written];
  }

  kindBefore(at: number): number {
    return this.entries[at + At.kindBefore];
  }

  kindAfter(at: number): number {
    return this.entries[at + At.kindAfter];
  }

  /** Index of the first word of a template's records. */
  first(at: number): number {
    return this.entries[at + At.first];
  }

  /** Number of a template's records. */
  count(at: number): number {
    return this.entries[at + At.count];
  }

  /** Keeps `count` records that stand in `words` from index `from` on. */
  keep(word: number, mode: number, premises: Premises, words: Int32Array, from: number, count: number): void {
    if (this.used + count > ROOM) this.clear();
    const first = (this.used * RECORD_BYTES) / 4;
    this.records.set(words.subarray(from, from + (count * RECORD_BYTES) / 4), first);
    this.used += count;
    const at = this.place(word, mode);
    this.entries[at + At.word] = word;
    this.entries[at + At.mode] = mode + 1;
    this.entries[at + At.asked] = premises.asked;
    this.entries[at + At.written] = premises.written;
    this.entries[at + At.kindBefore] = premises.kindBefore;
    this.entries[at + At.kindAfter] = premises.kindAfter;
    this.entries[at + At.first] = first;
    this.entries[at + At.count] = count;
  }

  /** Forgets all: what records refer to has moved. */
  clear(): void {
    this.entries.fill(0);
    this.used = 0;
  }

  private place(word: number, mode: number): number {
    return (Math.imul(word ^ Math.imul(mode, MODE_SPREAD), SPREAD) >>> (32 - ENTRY_BITS)) * ENTRY_WORDS;
  }
}
