/** Compares what the machine and the monitor say with what the record expects. */
import type { Detection, Effect } from '../attacks/record.ts';

/** An alarm that left the machine. */
export interface Alarm {
  readonly id: string;
  /** The part of the monitor that raised it. */
  readonly component: string;
  /** Time (instructions of all CPUs) at which the last byte of its report had left the machine. */
  readonly instruction: number;
  /** The same in cycles, by cost profile. */
  readonly cycles: Readonly<Record<string, number>>;
  readonly cause: string;
}

/** How a run ended. `boot-stopped`: EL3 refused what it measured and powered off. */
export const ENDS = ['power-off', 'boot-stopped', 'limit', 'crash', 'error'] as const;
export type RunEnd = (typeof ENDS)[number];

export interface Expected {
  /** null in a benign run. */
  readonly effect: Effect | null;
  readonly detection: Detection;
  /** A race may give this instead. */
  readonly orElse?: Detection;
  /** Absent: power-off. */
  readonly end?: RunEnd;
  readonly reason: string;
}

export interface Evidence {
  readonly end: RunEnd;
  /** What ground truth found; null in a benign run. */
  readonly effect: Effect | null;
  readonly alarms: readonly Alarm[];
  /**
   * Time from which an alarm may be about the attack: that of its first instruction, or where the payload was not let
   * run at all, the time at which it was due. Undefined if it was never due.
   */
  readonly attackFrom: number | undefined;
  /** Time of the first instruction of the payload, if any ran, or of the first line that its carrier tampered with. */
  readonly firstHostileInstruction: number | undefined;
}

export interface Verdict {
  readonly effect: Effect | null;
  readonly detection: Detection;
  readonly agrees: boolean;
  /** Instructions from the first hostile one to the first alarm about it. */
  readonly latency: number | null;
}

/**
 * Detection: in a benign run any alarm is false. In an attack run an alarm counts from {@link Evidence.attackFrom} on;
 * one before that is false, and a run with a false alarm never counts as detected.
 */
export function detectionOf(evidence: Evidence): Detection {
  const { effect, alarms, attackFrom } = evidence;
  if (effect === null) return alarms.length > 0 ? 'false-alarm' : 'silent';
  if (alarms.some((alarm) => attackFrom === undefined || alarm.instruction < attackFrom)) return 'false-alarm';
  return alarms.length > 0 ? 'detected' : 'missed';
}

/** A run agrees if it ended in order, as it was meant to, and both axes are the expected ones. */
export function judge(evidence: Evidence, expected: Expected): Verdict {
  const detection = detectionOf(evidence);
  const { effect, firstHostileInstruction: first } = evidence;
  const alarm = evidence.alarms.find((candidate) => first !== undefined && candidate.instruction >= first);
  return {
    effect,
    detection,
    agrees:
      evidence.end === (expected.end ?? 'power-off') &&
      effect === expected.effect &&
      (detection === expected.detection || detection === expected.orElse),
    latency: detection === 'detected' && alarm && first !== undefined ? alarm.instruction - first : null,
  };
}
