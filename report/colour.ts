/** Colour for terminals (ECMA-48 SGR), off wherever it is not wanted. */
export interface Palette {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  /** Stands out against everything else. */
  alert(text: string): string;
  dim(text: string): string;
  strong(text: string): string;
}

const sgr = (on: number | string, off: number | string) => (text: string) => `\u001b[${on}m${text}\u001b[${off}m`;
const plain = (text: string) => text;

/**
 * Whether to colour: only on a terminal, and never where NO_COLOR is set to anything (https://no-color.org).
 */
export function wantsColour(isTerminal: boolean, environment: Readonly<Record<string, string | undefined>>): boolean {
  return isTerminal && !environment.NO_COLOR && environment.TERM !== 'dumb';
}

export function palette(colour: boolean): Palette {
  return colour
    ? {
        good: sgr(32, 39),
        bad: sgr(31, 39),
        warn: sgr(33, 39),
        alert: sgr('1;41;97', '22;49;39'),
        dim: sgr(2, 22),
        strong: sgr(1, 22),
      }
    : { good: plain, bad: plain, warn: plain, alert: plain, dim: plain, strong: plain };
}
