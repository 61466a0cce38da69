/** What a run tells while it runs. Nothing that follows depends on whether anyone listens. */
export interface RunEvent {
  /** Instructions started by all CPUs. */
  readonly time: number;
  readonly kind: 'machine' | 'attack' | 'effect' | 'alarm' | 'end';
  /** In a sentence, without a full stop. */
  readonly text: string;
}

export type RunListener = (event: RunEvent) => void;
