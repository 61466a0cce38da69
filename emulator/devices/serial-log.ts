/** A line of serial output. */
export interface SerialLine {
  /** Without its end of line. */
  readonly text: string;
  /** Time at which its last byte was written, in instructions of the machine. */
  readonly time: number;
}

/** Keeps what a UART sent, with the time of each line. */
export class SerialLog {
  private readonly bytes: number[] = [];
  private readonly finished: SerialLine[] = [];
  private lineStart = 0;
  /** Called with each finished line. */
  onLine: (line: SerialLine) => void = () => {};

  /** Takes one byte: fits {@link Pl011Options.onOutput}. */
  readonly put = (byte: number, time: number): void => {
    this.bytes.push(byte);
    if (byte !== 0x0a) return;
    const line = { text: this.decode(this.lineStart, this.bytes.length).replace(/\r?\n$/, ''), time };
    this.lineStart = this.bytes.length;
    this.finished.push(line);
    this.onLine(line);
  };

  /** Finished lines. */
  get lines(): readonly SerialLine[] {
    return this.finished;
  }

  /** Everything, unfinished last line included. */
  get text(): string {
    return this.decode(0, this.bytes.length);
  }

  private decode(start: number, end: number): string {
    return new TextDecoder().decode(new Uint8Array(this.bytes.slice(start, end)));
  }
}
