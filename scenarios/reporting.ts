/** Which console carries what a system reports, and who reads it. */
import type { RelayStrategy } from '../attacks/relay.ts';
import type { VirtBoard } from '../emulator/boards/virt.ts';
import type { SerialLog } from '../emulator/devices/serial-log.ts';
import { systemNamed } from '../monitor/index.ts';
import type { System } from '../monitor/system.ts';
import type { Composition } from './compose.ts';
import { ConsoleChannel } from './console-channel.ts';
import { ReportChannel } from './report-channel.ts';
import type { Scenario } from './schema.ts';
import { type Operator, Reader, Wire } from './wire.ts';

/** One system's way of reporting. */
interface Reporting {
  readonly console: (board: VirtBoard) => SerialLog;
  /** The lines of that console that are carried to the operator. */
  readonly carries: (text: string) => boolean;
  readonly operator: (scenario: Scenario, composition: Composition) => Operator;
}

/** In periods of the secure timer: polls come at most one and a half apart, and each takes a while itself. */
const LONGEST_SILENCE = 4;
/** What the VMM's own conventional check says at the end, on the console that everyone shares. */
const CHECK_LINE = /^vmm: check: /;

/** What a monitor in the VMM says on that console. */
const HOST_LINE = /^hostvmi: /;

/** Without a monitor somebody still reads what the VMM's conventional check says. */
const CONVENTIONAL: Reporting = {
  console: (board) => board.console,
  carries: (text) => CHECK_LINE.test(text),
  operator: () => new Reader(),
};

/** By where a system's reports leave the machine. */
const REPORTING: Readonly<Record<System['reports'], Reporting>> = {
  console: {
    console: (board) => board.console,
    carries: (text) => HOST_LINE.test(text),
    operator: () => new ConsoleChannel(),
  },
  'secure-uart': {
    console: (board) => board.secureConsole,
    carries: () => true,
    operator: (scenario, { key, nonce }) =>
      new ReportChannel({
        key,
        nonce: scenario.ablations.includes('no-nonce') ? undefined : nonce,
        longestSilence: LONGEST_SILENCE * scenario.secureTimerPeriod,
      }),
  },
};

/** What of a run's wire must be known to make it. */
export interface WireOptions {
  readonly scenario: Scenario;
  readonly composition: Composition;
  readonly board: VirtBoard;
  /** What the host does to the reports, and what it recorded in an earlier session. */
  readonly relay?: RelayStrategy | undefined;
  readonly earlier?: readonly string[] | undefined;
  /** Called with each claim that reaches the operator. */
  readonly onClaim: (claim: string, time: number) => void;
  /** Called before each line that is carried. */
  readonly onLine: (time: number) => void;
}

function reportingOf(scenario: Scenario): Reporting {
  const system = systemNamed(scenario.monitor);
  return system ? REPORTING[system.reports] : CONVENTIONAL;
}

/** Lays the wire from the board's console to the operator. */
export function layWire({ scenario, composition, board, relay, earlier = [], onClaim, onLine }: WireOptions): Wire {
  const { console, carries, operator } = reportingOf(scenario);
  const wire = new Wire(operator(scenario, composition), relay?.({ earlier }));
  console(board).onLine = (line) => {
    if (!carries(line.text)) return;
    onLine(line.time);
    for (const claim of wire.line(line)) onClaim(claim, line.time);
  };
  return wire;
}
