/** What pool and worker say to each other. */
import type { FailureKind } from '../scenarios/errors.ts';
import type { RunEvent } from '../scenarios/events.ts';
import type { Result } from '../scenarios/result.ts';
import type { Scenario } from '../scenarios/schema.ts';

/** What came of a run. */
export interface Outcome {
  readonly result: Result;
  /** Its steps, in the order of their times. */
  readonly events: readonly RunEvent[];
}

/** To a worker: run this. */
export interface Order {
  readonly index: number;
  readonly scenario: Scenario;
}

/** From a worker: what came of the run, or why there was none; no kind where the reason is a defect. */
export type Answer =
  | { readonly index: number; readonly outcome: Outcome }
  | { readonly index: number; readonly failure: { readonly kind: FailureKind | undefined; readonly message: string } };
