import { Timeline } from '../engine/timeline.ts';
import type { DeviceContext } from './context.ts';
import type { Device, Initiator, InterruptLine } from './device.ts';

/** What a device's tests stand on: a clock that the test moves, and everything that the device gave away. */

export class FakeLine implements InterruptLine {
  level = false;
  set(level: boolean): void {
    this.level = level;
  }
}

export class FakeContext implements DeviceContext {
  readonly timeline = new Timeline();
  readonly gaps: string[] = [];
  readonly gap = (what: string): void => {
    this.gaps.push(what);
  };

  /** Moves time on, with the events on the way. */
  advance(instructions: number): void {
    const end = this.timeline.now() + instructions;
    while (this.timeline.next() <= end) {
      this.timeline.advanceTo(Math.max(this.timeline.next(), this.timeline.now()));
      this.timeline.fire();
    }
    this.timeline.advanceTo(end);
  }
}

export const SECURE: Initiator = { secure: true, cpu: 0 };
export const NORMAL: Initiator = { secure: false, cpu: 0 };

/** Word accesses to a device. */
export class Port {
  private readonly device: Device;
  private readonly by: Initiator;

  constructor(device: Device, by: Initiator = SECURE) {
    this.device = device;
    this.by = by;
  }

  get(offset: number): number {
    return this.device.read(offset, 4, this.by);
  }

  set(offset: number, value: number): void {
    this.device.write(offset, 4, value >>> 0, this.by);
  }
}
