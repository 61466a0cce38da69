import type { Result } from './result.ts';

/** What a process of a guest came to, and what its guest came to: `g0: pid 2 compute 6c0c…`, `g0: done 47a4…`. */
const SUM = /^g\d+: (pid|done|message) /;

/**
 * The results that the guests' processes print, in alphabetical order, since the guests' lines interleave as time has it. Two runs
 * that print the same have done the same work.
 */
export function guestSums(result: Pick<Result, 'serial'>): string[] {
  return (result.serial.uart0 ?? []).filter((line) => SUM.test(line)).sort();
}
