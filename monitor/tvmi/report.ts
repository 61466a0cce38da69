/**
 * One line of tvmi's secure UART, as text and as a record. The firmware writes these lines
 * (`firmware/el3/report.c`); nothing here decides whether one is genuine, see `verifier.ts`.
 *
 * `RPT1 <seq hex8> <nonce hex32> <component> <id> <key=value,...> <mac hex64>`
 */

/** A report as it stands in a well-formed line. */
export interface Report {
  /** Sequence number, 0 for the boot report, counted up by one a line. */
  readonly sequence: number;
  /** The verifier's challenge as the firmware echoes it, 32 lower-case hexadecimal digits. */
  readonly nonce: string;
  /** Who found it: `el3` or `agent`. */
  readonly component: string;
  /** `boot`, `ok`, `open`, `bye`, or the id of an alarm such as `el2.vttbr.denied`. */
  readonly id: string;
  /** What the report carries; numbers are hexadecimal text as written. */
  readonly values: Readonly<Record<string, string>>;
  /** HMAC-SHA256 as written, 64 lower-case hexadecimal digits. */
  readonly mac: string;
  /** The part of the line that the MAC covers. */
  readonly signed: string;
}

/** Heartbeats: `ok` when nothing was found, `open` when what was found had been reported before and still stands. */
export const HEARTBEAT_IDS: ReadonlySet<string> = new Set(['ok', 'open']);

/** Ids that raise no alarm: the session's frame and its heartbeats. */
export const QUIET_IDS: ReadonlySet<string> = new Set(['boot', 'bye', ...HEARTBEAT_IDS]);

/** What every line of the report channel begins with, version 1. */
export const REPORT_PREFIX = 'RPT1';

const FIELDS = 7;
const LINE = new RegExp(
  `^(${REPORT_PREFIX} ([0-9a-f]{8}) ([0-9a-f]{32}) (el3|agent) ([a-z0-9]+(?:[.-][a-z0-9]+)*) ` +
    '(-|[a-z0-9-]+=[a-z0-9.-]+(?:,[a-z0-9-]+=[a-z0-9.-]+)*)) ([0-9a-f]{64})$',
);

/** Splits `a=1,b=2`; `-` stands for none. A key that comes twice makes the line malformed. */
function parseValues(text: string): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  if (text === '-') return values;
  for (const pair of text.split(',')) {
    const equals = pair.indexOf('=');
    const key = pair.slice(0, equals);
    if (Object.hasOwn(values, key)) return undefined;
    values[key] = pair.slice(equals + 1);
  }
  return values;
}

/**
 * Reads one line without its line end.
 * @returns the report, `'truncated'` when fields or digits are missing at the end, `'malformed'` for any other defect.
 */
export function parseReport(line: string): Report | 'truncated' | 'malformed' {
  const match = LINE.exec(line);
  if (!match) return looksCutOff(line) ? 'truncated' : 'malformed';
  const values = parseValues(match[6]!);
  if (!values) return 'malformed';
  return {
    sequence: Number.parseInt(match[2]!, 16),
    nonce: match[3]!,
    component: match[4]!,
    id: match[5]!,
    values,
    mac: match[7]!,
    signed: match[1]!,
  };
}

/** Whether the line begins as a report does and only its end is lacking: fields, or digits of the last one. */
function looksCutOff(line: string): boolean {
  if (line.length <= REPORT_PREFIX.length) return line !== '' && REPORT_PREFIX.startsWith(line);
  const fields = line.split(' ');
  if (fields[0] !== REPORT_PREFIX) return false;
  if (fields.length < FIELDS) return true;
  return fields.length === FIELDS && /^[0-9a-f]{0,63}$/.test(fields[FIELDS - 1]!);
}
