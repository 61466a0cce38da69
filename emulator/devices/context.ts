import type { Timeline } from '../engine/timeline.ts';
import type { InterruptLine } from './device.ts';

/** What every device is given: the machine's clock, and where a gap is put on record. */
export interface DeviceContext {
  readonly timeline: Timeline;
  /**
   * Software used something that the device's manual defines and this device does not have.
   * @param what device, register and its offset
   * @param section manual and section that define it
   */
  readonly gap: (what: string, section: string) => void;
}

/** A wire that leads nowhere. */
export const NO_LINE: InterruptLine = { set: () => {} };

/** Instructions in one second of the machine's time: 62.5 MHz counter, 16 instructions a tick. */
export const INSTRUCTIONS_PER_SECOND = 1_000_000_000;

/** A register's offset within its device, as the manuals write it. */
export function hex(offset: number, digits = 3): string {
  return `0x${offset.toString(16).padStart(digits, '0')}`;
}

/**
 * Value of PrimeCell identification registers: one byte in each word from `first` on.
 * @returns the byte, or undefined where `offset` is none of them
 */
export function identification(offset: number, first: number, bytes: readonly number[]): number | undefined {
  const index = (offset - first) >> 2;
  return offset >= first && (offset & 3) === 0 && index < bytes.length ? bytes[index] : undefined;
}
