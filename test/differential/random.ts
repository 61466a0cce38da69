import { Random as EngineRandom } from '../../emulator/engine/turns.ts';

/** Choices from a seed: the same seed gives the same choices everywhere. */
export class Random extends EngineRandom {
  /** low <= result <= high. */
  between(low: number, high: number): number {
    return low + this.below(high - low + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability * 0x1_0000_0000;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)]!;
  }
}
