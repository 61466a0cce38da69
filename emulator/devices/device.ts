/** Who makes a bus access. */
export interface Initiator {
  /** The access carries the secure physical address space (AXI AxPROT[1] = 0). */
  readonly secure: boolean;
  /** Number of the CPU, or -1 for a device (DMA). */
  readonly cpu: number;
}

/** A memory-mapped device. Wider accesses arrive as several of at most 4 bytes, low address first. */
export interface Device {
  readonly name: string;
  /** Bytes of its window. */
  readonly size: number;
  /**
   * Reads `size` (1, 2 or 4) bytes at `offset` within the window; result is an unsigned 32-bit number.
   * @throws ExternalAbort where the device refuses the access
   */
  read(offset: number, size: number, by: Initiator): number;
  /** Writes the low `size` bytes of `value` at `offset`. @throws ExternalAbort */
  write(offset: number, size: number, value: number, by: Initiator): void;
  /** Back to the state after power-on. */
  reset(): void;
  /** The device's whole state as a structured-cloneable value, and back. Timers in flight are part of it. */
  save(): unknown;
  restore(state: unknown): void;
}

/** One interrupt wire. Level-sensitive; setting the level it has does nothing. */
export interface InterruptLine {
  set(level: boolean): void;
}

/** An access that no device answers, or that one refuses: on the CPU a synchronous external abort. */
export class ExternalAbort extends Error {
  readonly address: number;
  readonly why: 'decode' | 'refused';

  constructor(address: number, why: 'decode' | 'refused') {
    super(`external abort at physical address 0x${address.toString(16)} (${why})`);
    this.address = address;
    this.why = why;
  }
}
