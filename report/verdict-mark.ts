/** A run's verdict as one short mark, for tables. */
import type { Result } from '../scenarios/result.ts';

/** How a mark is to be shown: what it is good or bad for, from the side of whoever is watched over. */
export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

export interface Mark {
  readonly mark: string;
  readonly tone: Tone;
  readonly meaning: string;
}

/** A cell without a run. */
export const NO_RULE: Mark = { mark: '-', tone: 'quiet', meaning: 'no rule: the record says nothing of this system' };

/** By effect and detection, `-` where there is no attack. */
const MARKS: Readonly<Record<string, Mark>> = {
  'blocked detected': { mark: 'PD', tone: 'good', meaning: 'prevented and detected' },
  'blocked missed': { mark: 'P', tone: 'good', meaning: 'prevented, no alarm' },
  'succeeded detected': { mark: 'D', tone: 'warn', meaning: 'succeeded, and was detected' },
  'succeeded missed': { mark: 'M', tone: 'bad', meaning: 'succeeded, and was missed' },
  'no-effect detected': { mark: 'ND', tone: 'good', meaning: 'came to nothing, and was detected' },
  'no-effect missed': { mark: 'N', tone: 'quiet', meaning: 'came to nothing, no alarm' },
  '- silent': { mark: 's', tone: 'quiet', meaning: 'no attack, no alarm' },
};

const FALSE_ALARM: Mark = { mark: 'F', tone: 'bad', meaning: 'an alarm without a cause' };

/** Ends in order. */
type Orderly = 'power-off' | 'boot-stopped';

/** Runs that did not end in order. */
const ENDS: Readonly<Record<Exclude<Result['end'], Orderly>, Mark>> = {
  limit: { mark: 'L', tone: 'bad', meaning: 'stopped at the instruction limit' },
  crash: { mark: 'C', tone: 'bad', meaning: 'the machine crashed' },
  error: { mark: 'E', tone: 'bad', meaning: 'the run failed' },
};

/** Every mark, in the order in which a legend explains them. */
export const ALL_MARKS: readonly Mark[] = [...Object.values(MARKS), FALSE_ALARM, ...Object.values(ENDS), NO_RULE];

/** The mark of a run. */
export function markOf({ end, effect, detection }: Pick<Result, 'end' | 'effect' | 'detection'>): Mark {
  if (end !== 'power-off' && end !== 'boot-stopped') return ENDS[end];
  return MARKS[`${effect ?? '-'} ${detection}`] ?? FALSE_ALARM;
}
