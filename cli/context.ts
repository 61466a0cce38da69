/** Where a command writes, and what it knows of its surroundings. Tests put their own in its place. */
import { type Palette, palette, wantsColour } from '../report/colour.ts';

export interface Stream {
  write(text: string): void;
  readonly isTTY?: boolean;
}

/** A terminal to type at. */
export interface Keyboard {
  readonly isTTY?: boolean;
  setRawMode(raw: boolean): unknown;
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  off(event: 'data', listener: (bytes: Uint8Array) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface Context {
  /** Results. */
  readonly out: Stream;
  /** Errors, and progress where it is a terminal. */
  readonly err: Stream;
  readonly colours: Palette;
  /** Where a person may type; undefined where nobody does. */
  readonly keyboard?: Keyboard;
}

/** The context of a process. */
export function contextOf(
  out: Stream,
  err: Stream,
  environment: Readonly<Record<string, string | undefined>>,
  keyboard?: Keyboard,
): Context {
  const colours = palette(wantsColour(out.isTTY === true, environment));
  return { out, err, colours, ...(keyboard?.isTTY ? { keyboard } : {}) };
}

/** Writes a progress line, if anyone is there to read it. */
export function progress(context: Context, text: string): void {
  if (context.err.isTTY) context.err.write(`${text}\n`);
}

/** Counts up on one line of a terminal while something long goes on. */
export interface Counter {
  readonly show: (done: number) => void;
  /** Wipes the line. */
  end(): void;
}

/** A counter to `total`, silent where nobody is there to read it. */
export function counter(context: Context, total: number, what: string): Counter {
  const line = (text: string) => {
    if (context.err.isTTY) context.err.write(`\r\u001b[K${text}`);
  };
  return { show: (done) => line(`${done} of ${total} ${what}`), end: () => line('') };
}

/** Rows in columns, each as wide as its widest cell. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column]))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
