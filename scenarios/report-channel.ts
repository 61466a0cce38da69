/** The person at the other end of tvmi's secure UART: hands each line to the verifier, with the time at which it left. */
import { INSTRUCTIONS_PER_TICK } from '../emulator/arm64/index.ts';
import { parseReport, QUIET_IDS } from '../monitor/tvmi/report.ts';
import { type Fault, Verifier } from '../monitor/tvmi/verifier.ts';
import type { Alarm } from './verdict.ts';
import type { Operator, TimedLine } from './wire.ts';

export interface Session {
  readonly key: Uint8Array;
  /** The challenge, or undefined where the ablation leaves it out. */
  readonly nonce: Uint8Array | undefined;
  /** Counter ticks after which a heartbeat is overdue. */
  readonly longestSilence: number;
}

/** The verifier itself raises what is wrong with the channel. */
const CHANNEL = 'verifier';

/** Judges the lines of a session as they come. The verifier's own clock is the machine's, as two good clocks are one. */
export class ReportChannel implements Operator {
  private readonly verifier: Verifier;
  private readonly times: number[] = [];
  readonly believed: string[] = [];

  constructor(session: Session) {
    this.verifier = new Verifier(session);
  }

  line({ text, time }: TimedLine): string | undefined {
    this.times.push(time);
    if (this.verifier.line(text, true, time / INSTRUCTIONS_PER_TICK)) this.believed.push(text);
    const report = parseReport(text);
    if (typeof report === 'string' || QUIET_IDS.has(report.id)) return undefined;
    return `${report.component} reports ${report.id}`;
  }

  look(time: number): string | undefined {
    return this.verifier.look(time / INSTRUCTIONS_PER_TICK) ? 'the verifier misses a report' : undefined;
  }

  end(time: number): Alarm[] {
    const judged = this.verifier.end();
    const at = (line: number) => this.times[line - 1] ?? time;
    const alarms = judged.alarms.map(({ id, component, values, line }) => ({
      id,
      component,
      instruction: at(line),
      cycles: {},
      cause: Object.entries(values)
        .map(([key, value]) => `${key}=${value}`)
        .join(', '),
    }));
    const faults = judged.faults.map((fault: Fault) => ({
      id: `channel.${fault.kind}`,
      component: CHANNEL,
      instruction: fault.noticed === undefined ? at(fault.line) : fault.noticed * INSTRUCTIONS_PER_TICK,
      cycles: {},
      cause: fault.detail,
    }));
    return [...alarms, ...faults].sort((a, b) => a.instruction - b.instruction);
  }
}
