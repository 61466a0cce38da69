/** What is run: an image and the size of the machine around it. */
export interface RunRequest {
  readonly board: 'virt';
  /** `bios`: a flat ROM at 0x0, entered there; `elf`: segments loaded, entered at the ELF's entry. */
  readonly kind: 'bios' | 'elf';
  readonly image: Uint8Array;
  readonly cpus?: number;
  /** Bytes of RAM. */
  readonly memory?: number;
  /** Decides the order of the CPUs' turns; only our machine has one. */
  readonly seed?: number;
  /** Instructions after which the run ends; only our machine counts them. */
  readonly maxInstructions?: number;
  /** Milliseconds of wall time after which the run ends; Infinity: never. */
  readonly timeout?: number;
  /** Semihosting calls end the run and write to the console. */
  readonly semihosting?: boolean;
  /** Called with what UART 0 sends, as it comes. */
  readonly onSerial?: (text: string) => void;
}

/** How a run ended and what it said. */
export interface RunResult {
  /** Text of each UART, board order: UART 0, then the secure UART. */
  readonly serial: readonly string[];
  /** The guest's own exit code, where it gave one (semihosting). Powering off is 0. */
  readonly exitCode?: number;
  /** The guest ended the run, or a limit did. */
  readonly why: 'exit' | 'limit' | 'timeout';
}

/** One engine that can run whole images. */
export interface Driver {
  readonly name: string;
  /** @throws PeerMissing where the engine is not installed */
  run(request: RunRequest): Promise<RunResult>;
}

/** An engine is not installed here. The message says what to install. */
export class PeerMissing extends Error {
  override readonly name = 'PeerMissing';
}

export const DEFAULT_MEMORY = 128 << 20;
export const DEFAULT_TIMEOUT = 60_000;

/** The lines of a serial console, without their line ends and without an unfinished last one. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  lines.pop();
  return lines;
}
