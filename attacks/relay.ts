/**
 * Who carries a system's reports from the machine to the operator: a process of the host. It stands outside of the
 * machine, so its strategy is TypeScript, one file in the attack's folder; it sees lines of text and can do with them what
 * it likes. It knows neither the key nor anything inside the machine.
 */

/** What a hostile carrier has at hand. */
export interface Host {
  /** What it carried in an earlier session of the same machine: another challenge, and nothing amiss. */
  readonly earlier: readonly string[];
}

/** One session's carrier. */
export interface Relay {
  /** Takes a line that left the machine. @returns the lines that go on to the operator in its place, in order */
  carry(line: string): readonly string[];
}

export type RelayStrategy = (host: Host) => Relay;

/** A report of tvmi as anyone on the wire reads it: `RPT1 <sequence> <nonce> <component> <id> <values> <mac>`. */
interface SignedFields {
  readonly sequence: string;
  readonly nonce: string;
  readonly id: string;
  readonly values: string;
  readonly mac: string;
}

const SIGNED = /^RPT1 ([0-9a-f]{8}) ([0-9a-f]{32}) \S+ (\S+) (\S+) ([0-9a-f]{64})$/;
/** Plain lines in which a check that lies in the normal world says what it found, and what its carrier makes of each. */
const PLAIN: readonly { readonly bad: RegExp; readonly good: string }[] = [
  { bad: /was changed$/, good: 'is sound' },
  { bad: /^hostvmi: alarm .*/, good: 'hostvmi: watches guest 0' },
];
/** What a report says that finds nothing new and nothing standing; with `open`, what raises no alarm. */
const HARMLESS = new Set(['boot', 'ok', 'bye']);
const STANDING = 'open';
const LAST = 'bye';

function signedFields(line: string): SignedFields | undefined {
  const match = SIGNED.exec(line);
  return match ? { sequence: match[1], nonce: match[2], id: match[3], values: match[4], mac: match[5] } : undefined;
}

/** The line tells of something that is not in order. */
export function telling(line: string): boolean {
  const fields = signedFields(line);
  return fields ? !HARMLESS.has(fields.id) : PLAIN.some(({ bad }) => bad.test(line));
}

/** The line raises an alarm: it tells of something that no line before it told. */
export function alarming(line: string): boolean {
  return telling(line) && signedFields(line)?.id !== STANDING;
}

/** The line ends the session; lines without numbers know no end. */
export function closing(line: string): boolean {
  return signedFields(line)?.id === LAST;
}

/** The same line saying that all is well. Without the key the MAC stays what it was. */
export function whitewashed(line: string): string {
  const fields = signedFields(line);
  if (!fields) return PLAIN.reduce((text, { bad, good }) => text.replace(bad, good), line);
  const time = /^t=[0-9a-f]+/.exec(fields.values)?.[0] ?? 't=0';
  return `RPT1 ${fields.sequence} ${fields.nonce} agent ok ${time},poll=${fields.sequence},tasks=1 ${fields.mac}`;
}
