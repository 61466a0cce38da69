/** A line of serial output. */
export interface SerialLine {
  /** Without its end of line. */
  readonly text: string;
  /** Time at which its last byte was written, in instructions of the machine. */
  readonly time: number;
}

/** Keeps what a UART sent, with the time of each line. Bytes are UTF-8. */
export class SerialLog {
  private readonly finished: SerialLine[] = [];
  /** Finished lines with their ends. */
  private readonly pieces: string[] = [];
  /** What was decoded of the unfinished line, and bytes that were not yet. */
  private partial = '';
  private fresh: number[] = [];
  private awaited: { readonly text: Uint8Array; readonly tail: number[]; readonly seen: () => void } | undefined;
  /** Called with each finished line. */
  onLine: (line: SerialLine) => void = () => {};

  /** Takes one byte: fits {@link Pl011Options.onOutput}. */
  readonly put = (byte: number, time: number): void => {
    this.fresh.push(byte);
    if (this.awaited) this.compare(this.awaited, byte);
    if (byte !== NEW_LINE) return;
    this.decode();
    this.pieces.push(this.partial);
    const line = { text: this.partial.replace(/\r?\n$/, ''), time };
    this.partial = '';
    this.finished.push(line);
    this.onLine(line);
  };

  /** Decodes up to the last complete character. */
  private decode(): void {
    const complete = this.fresh.length - openBytes(this.fresh);
    if (complete > 0) this.partial += DECODER.decode(Uint8Array.from(this.fresh.splice(0, complete)));
  }

  /** Bytes of a character of which the rest is still to come. */
  openCharacter(): number[] {
    return this.fresh.slice(this.fresh.length - openBytes(this.fresh));
  }

  /** Goes on behind a character's first bytes, which were received earlier. */
  resume(openCharacter: readonly number[]): void {
    this.decode();
    this.fresh = [...openCharacter];
  }

  /** Calls `seen` once, with the byte that completes a text in what the UART sends from now on. */
  expect(text: Uint8Array, seen: () => void): void {
    this.awaited = { text, tail: [], seen };
  }

  private compare({ text, tail, seen }: NonNullable<typeof this.awaited>, byte: number): void {
    tail.push(byte);
    if (tail.length > text.length) tail.shift();
    if (tail.length < text.length || text.some((expected, i) => expected !== tail[i])) return;
    this.awaited = undefined;
    seen();
  }

  /** Finished lines. */
  get lines(): readonly SerialLine[] {
    return this.finished;
  }

  /** Everything, the unfinished last line included, up to the last complete character. */
  get text(): string {
    this.decode();
    return this.pieces.join('') + this.partial;
  }
}

const NEW_LINE = 0x0a;
const DECODER = new TextDecoder();

/** Bytes at the end that begin a UTF-8 character and do not complete it. */
function openBytes(bytes: readonly number[]): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back];
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
