/** The way of the reports: what leaves the machine, who carries it over the host, and the operator at the other end. */
import type { ChannelView } from '../attacks/channel.ts';
import type { Relay } from '../attacks/relay.ts';
import type { Alarm } from './verdict.ts';

/** A line of a serial console. */
export interface TimedLine {
  readonly text: string;
  /** Time at which its last byte left. */
  readonly time: number;
}

/** The other end of the wire. */
export interface Operator {
  /** Takes a line. @returns what it claims, if it is a report of something that is not in order */
  line(line: TimedLine): string | undefined;
  /** Looks at the clock between two lines. @returns what is wrong, when it is seen for the first time */
  look(time: number): string | undefined;
  /** Says that the machine has stopped. @returns everything that is an alarm, in the order of time */
  end(time: number): Alarm[];
  /** Lines taken for genuine so far, in order. */
  readonly believed: readonly string[];
}

/** Carries whatever comes. */
const HONEST: Relay = { carry: (line) => [line] };

export class Wire {
  private readonly operator: Operator;
  private readonly relay: Relay;
  private readonly sent: string[] = [];
  private readonly delivered: string[] = [];
  private readonly foreign: string[] = [];
  /** Time of the first line that was tampered with. */
  tamperedAt: number | undefined;

  constructor(operator: Operator, relay: Relay = HONEST) {
    this.operator = operator;
    this.relay = relay;
  }

  /** Takes a line from the machine. @returns what the lines that reach the operator in its place claim */
  line({ text, time }: TimedLine): string[] {
    this.sent.push(text);
    const carried = this.relay.carry(text);
    if (carried.length !== 1 || carried[0] !== text) this.tamperedAt ??= time;
    return carried
      .map((line, index) => this.deliver({ text: line, time }, index > 0 || line !== text))
      .filter((claim) => claim !== undefined);
  }

  private deliver(line: TimedLine, foreign: boolean): string | undefined {
    const before = this.operator.believed.length;
    this.delivered.push(line.text);
    const claim = this.operator.line(line);
    if (foreign) this.foreign.push(...this.operator.believed.slice(before));
    return claim;
  }

  /** The operator looks at the clock. @returns what is wrong, when it is seen for the first time */
  look(time: number): string | undefined {
    return this.operator.look(time);
  }

  /** Says that the machine has stopped. @returns everything that is an alarm, in the order of time */
  end(time: number): Alarm[] {
    return this.operator.end(time);
  }

  get view(): ChannelView {
    const { sent, delivered, foreign } = this;
    return { sent, delivered, foreign, believed: this.operator.believed };
  }
}

/** An operator who reads a plain console and has no way to tell a true line from a false one. */
export class Reader implements Operator {
  readonly believed: string[] = [];

  line({ text }: TimedLine): string | undefined {
    this.believed.push(text);
    return undefined;
  }

  look(): undefined {}

  end(): Alarm[] {
    return [];
  }
}
