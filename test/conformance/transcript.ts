import { readFileSync } from 'node:fs';

/**
 * A place where QEMU departs from the manual. Its lines are corrected before they are compared, so the accepted
 * transcript says what the manual demands.
 */
export interface Deviation {
  /** Group of the transcript, `*` for all. */
  readonly group: string;
  /** Regular expression over a whole line as QEMU prints it. */
  readonly qemu: string;
  /** The line that the manual demands, as the replacement of `qemu`. */
  readonly manual: string;
  /** Where the manual says so. */
  readonly clause: string;
}

const FOLDER = new URL('./arm64/', import.meta.url);

/** One way in which the image is run. */
export interface Setup {
  readonly name: string;
  readonly cpus: number;
  /** The accepted transcript. */
  readonly transcript: URL;
}

/** With a second CPU the image runs the checks that need one, and those alone. */
export const SETUPS: readonly Setup[] = [
  { name: 'one CPU', cpus: 1, transcript: new URL('transcript.txt', FOLDER) },
  { name: 'two CPUs', cpus: 2, transcript: new URL('transcript-pair.txt', FOLDER) },
];

export function acceptedLines(setup: Setup): string[] {
  const lines = readFileSync(setup.transcript, 'utf8').split('\n');
  lines.pop();
  return lines;
}

export function deviations(): Deviation[] {
  return JSON.parse(readFileSync(new URL('qemu.json', FOLDER), 'utf8')) as Deviation[];
}

/**
 * Corrects QEMU's lines where it departs from the manual.
 * @returns the lines, and the rows that corrected nothing
 */
export function asManual(lines: readonly string[], rows: readonly Deviation[]): { lines: string[]; idle: Deviation[] } {
  const used = new Set<Deviation>();
  const patterns = rows.map((row) => new RegExp(`^${row.qemu}$`));
  let group = '';
  const corrected = lines.map((line) => {
    if (line.startsWith('# ')) group = line.split(' ')[1];
    return rows.reduce((text, row, i) => {
      if ((row.group !== '*' && row.group !== group) || !patterns[i].test(text)) return text;
      used.add(row);
      return text.replace(patterns[i], row.manual);
    }, line);
  });
  return { lines: corrected, idle: rows.filter((row) => !used.has(row)) };
}

/** The group and title of a line: what must be told apart within a transcript. */
export function titles(lines: readonly string[]): string[] {
  let group = '';
  return lines.flatMap((line) => {
    if (line.startsWith('# ')) {
      group = line;
      return [line];
    }
    return [`${group} / ${line.slice(0, line.indexOf(':'))}`];
  });
}

/** Lines that differ, each with its group, at most `limit`. Empty when the transcripts are equal. */
export function differences(actual: readonly string[], expected: readonly string[], limit = 20): string[] {
  const found: string[] = [];
  let group = '';
  for (let i = 0; i < Math.max(actual.length, expected.length) && found.length < limit; i++) {
    if (expected[i]?.startsWith('# ')) group = expected[i];
    if (actual[i] === expected[i]) continue;
    found.push(
      `${group}, line ${i + 1}\n  expected ${expected[i] ?? '(nothing)'}\n  observed ${actual[i] ?? '(nothing)'}`,
    );
  }
  return found;
}
