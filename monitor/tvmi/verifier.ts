/**
 * The other end of tvmi's wire: reads what came over the secure UART and says what of it can be believed.
 * It knows the session's key and the nonce it challenged with; it trusts nothing else in the text.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Report } from './report.ts';
import { HEARTBEAT_IDS, parseReport, QUIET_IDS, REPORT_PREFIX } from './report.ts';

/** What was wrong with the channel. */
export type FaultKind = 'forged' | 'replayed' | 'reordered' | 'missing' | 'truncated' | 'malformed';

/** A defect of the channel, with the place in the text. */
export interface Fault {
  readonly kind: FaultKind;
  /** Line of the text, from 1; for something missing, the line before which it was noticed. */
  readonly line: number;
  /** Sequence number concerned, where one is known. */
  readonly sequence?: number;
  /** One sentence. */
  readonly detail: string;
  /** The verifier's clock when it was noticed, where that was between two lines. */
  readonly noticed?: number;
}

/** What the verifier agreed on with the machine before it started. */
export interface Session {
  /** HMAC key, the content of bundle kind 7. */
  readonly key: Uint8Array;
  /** The challenge, 16 bytes; undefined for the ablation `no-nonce`, in which nothing ties a report to a session. */
  readonly nonce?: Uint8Array | undefined;
  /**
   * Longest time between two reports in ticks of the generic counter, or undefined when time is not judged.
   * Each report carries the counter as `t`; the verifier's own clock, if it has one, counts in the same unit.
   */
  readonly longestSilence?: number | undefined;
}

/** A report that passed, with its place in the text. */
export interface AcceptedReport extends Report {
  /** Line of the text, from 1. */
  readonly line: number;
}

/** The verifier's judgement of one session. */
export interface Verification {
  /** Genuine reports in order. */
  readonly reports: readonly AcceptedReport[];
  /** Those of them that raise an alarm. */
  readonly alarms: readonly AcceptedReport[];
  readonly faults: readonly Fault[];
  /** Lines of the secure console that are no reports. */
  readonly console: readonly string[];
  /** No fault at all: from `boot` to `bye`, nothing missing, nothing added. */
  readonly complete: boolean;
}

/** Speakers that may write plain lines to the secure console. */
const CONSOLE_LINE = /^(agent|el3): /;

/** MAC of the signed part of a line, as the firmware computes it: HMAC-SHA256 (FIPS 198-1) over its ASCII bytes. */
export function reportMac(key: Uint8Array, signed: string): string {
  return createHmac('sha256', key).update(signed, 'ascii').digest('hex');
}

/** Judges a session as its text arrives, line by line. */
export class Verifier {
  readonly #session: Session;
  readonly #nonce: string | undefined;
  readonly #reports: AcceptedReport[] = [];
  readonly #faults: Fault[] = [];
  readonly #console: string[] = [];
  readonly #seen = new Set<number>();
  #line = 0;
  #expected = 0;
  #polls = 0n;
  #time: bigint | undefined;
  /** The verifier's own clock when the last genuine report came. */
  #heard: number | undefined;
  #overdue = false;
  #ended = false;

  constructor(session: Session) {
    this.#session = session;
    this.#nonce = session.nonce && Buffer.from(session.nonce).toString('hex');
  }

  /**
   * Takes one line without its line end; `whole` is false for a last line whose line end never came. `now` is the
   * verifier's own clock, in ticks: without it only the reports' own times are judged.
   * @returns whether it is a genuine report of this session, in its place
   */
  line(text: string, whole = true, now?: number): boolean {
    this.#line++;
    const before = this.#reports.length;
    if (CONSOLE_LINE.test(text)) this.#console.push(text);
    else this.#take(text, whole, now);
    return this.#reports.length > before;
  }

  #take(text: string, whole: boolean, now: number | undefined): void {
    const report = parseReport(text);
    if (report === 'truncated' || (report === 'malformed' && !whole)) {
      this.#fault('truncated', 'the line ends before its MAC does');
    } else if (report === 'malformed') {
      this.#fault('malformed', text.startsWith(REPORT_PREFIX) ? 'fields are not of this form' : 'not a report');
    } else if (!whole) {
      this.#fault('truncated', 'the line end is missing', report.sequence);
    } else {
      this.#judge(report, now);
    }
  }

  /** Looks at the verifier's own clock: is a report overdue? Says so once. @returns whether it said so now */
  look(now: number): boolean {
    const longest = this.#session.longestSilence;
    if (this.#ended || this.#overdue || longest === undefined || this.#heard === undefined) return false;
    if (now - this.#heard <= longest) return false;
    this.#overdue = true;
    const detail = `no report for more than the ${longest} ticks agreed`;
    this.#faults.push({ kind: 'missing', line: this.#line + 1, sequence: this.#expected, detail, noticed: now });
    return true;
  }

  /** Says that nothing more will come, and returns the judgement. */
  end(): Verification {
    if (!this.#ended) {
      this.#line++;
      this.#fault('missing', 'the session does not end with `bye`', this.#expected);
    }
    return {
      reports: this.#reports,
      alarms: this.#reports.filter((report) => !QUIET_IDS.has(report.id)),
      faults: this.#faults,
      console: this.#console,
      complete: this.#faults.length === 0,
    };
  }

  #judge(report: Report, now: number | undefined): void {
    const { sequence } = report;
    if (!this.#genuine(report)) {
      this.#fault('forged', 'the MAC does not fit the line', sequence);
    } else if (this.#nonce !== undefined && report.nonce !== this.#nonce) {
      this.#fault('replayed', 'genuine, but of a session with another nonce', sequence);
    } else if (this.#seen.has(sequence)) {
      this.#fault('replayed', 'this sequence number was already taken', sequence);
    } else if (sequence < this.#expected) {
      this.#fault('reordered', `came after report ${this.#expected - 1}`, sequence);
    } else {
      this.#accept(report, now);
    }
  }

  #genuine(report: Report): boolean {
    const expected = Buffer.from(reportMac(this.#session.key, report.signed), 'hex');
    return timingSafeEqual(expected, Buffer.from(report.mac, 'hex'));
  }

  #accept(report: Report, now: number | undefined): void {
    const { sequence } = report;
    if (now !== undefined) this.look(now);
    for (let lost = this.#expected; lost < sequence; lost++) {
      // Each lost report is named, but a jump of the counter by a genuine sender must not cost unbounded memory.
      if (lost - this.#expected >= MAX_NAMED_GAP) break;
      this.#fault('missing', `report ${lost} did not come before report ${sequence}`, lost);
    }
    this.#seen.add(sequence);
    this.#expected = sequence + 1;
    if (this.#ended) this.#fault('malformed', 'a report after `bye`', sequence);
    if ((report.id === 'boot') !== (sequence === 0)) {
      this.#fault('malformed', '`boot` is report 0, and report 0 is `boot`', sequence);
    }
    this.#checkTime(report);
    this.#checkPoll(report);
    this.#heard = now;
    this.#overdue = false;
    this.#ended = report.id === 'bye';
    this.#reports.push({ ...report, line: this.#line });
  }

  /** The counter never runs backwards, and nothing is silent for longer than was agreed. */
  #checkTime(report: Report): void {
    const time = parseNumber(report.values.t);
    if (time === undefined) {
      this.#fault('malformed', 'carries no time `t`', report.sequence);
      return;
    }
    const silence = this.#time === undefined ? 0n : time - this.#time;
    if (silence < 0n) this.#fault('malformed', 'its time lies before that of the report before', report.sequence);
    const longest = this.#session.longestSilence;
    if (!this.#overdue && longest !== undefined && silence > BigInt(longest)) {
      this.#fault('missing', `no heartbeat for ${silence} ticks, at most ${longest} agreed`, report.sequence);
    }
    this.#time = time;
  }

  /** Heartbeats are numbered by poll, so a suppressed poll shows even where no report is lost. */
  #checkPoll(report: Report): void {
    if (!HEARTBEAT_IDS.has(report.id)) return;
    const poll = parseNumber(report.values.poll);
    if (poll === undefined) {
      this.#fault('malformed', 'a heartbeat without its poll number', report.sequence);
    } else if (poll <= this.#polls) {
      this.#fault('malformed', 'the poll number does not rise', report.sequence);
    } else {
      this.#polls = poll;
    }
  }

  #fault(kind: FaultKind, detail: string, sequence?: number): void {
    this.#faults.push({ kind, line: this.#line, detail, ...(sequence === undefined ? {} : { sequence }) });
  }
}

const MAX_NAMED_GAP = 1024;

function parseNumber(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[0-9a-f]{1,16}$/.test(text) ? BigInt(`0x${text}`) : undefined;
}

/**
 * Judges a whole session.
 * @param text everything that the secure UART sent, lines ended by LF or CR LF.
 */
export function verifyReports(text: string, session: Session): Verification {
  const verifier = new Verifier(session);
  const lines = text.split(/\r?\n/);
  const rest = lines.pop()!;
  for (const line of lines) verifier.line(line);
  if (rest !== '') verifier.line(rest, false);
  return verifier.end();
}
