/**
 * Time inside the machine: the number of instructions that all its CPUs have started, plus the time skipped while all
 * of them waited. It never depends on the host's clock, so a run is a function of its inputs.
 */

/** A function to be called when the time comes. */
export interface TimedEvent {
  readonly time: number;
  readonly order: number;
  readonly action: () => void;
}

export class Timeline {
  /** Time at the start of the slice that runs now. */
  private base = 0;
  /** Instructions started since `base`; the engine installs it while a slice runs. */
  elapsed: () => number = () => 0;
  private events: TimedEvent[] = [];
  private order = 0;
  /** Called when an event earlier than all others was added: the running slice may have to end sooner. */
  onEarlier: (time: number) => void = () => {};

  /** Current time, exact to the instruction even within a slice. */
  now(): number {
    return this.base + this.elapsed();
  }

  /** Calls `action` once time has reached `time` (at once after the current instruction if it lies in the past). */
  at(time: number, action: () => void): TimedEvent {
    const event = { time, order: this.order++, action };
    let i = this.events.length;
    while (i > 0 && this.events[i - 1].time > time) i--;
    this.events.splice(i, 0, event);
    if (i === 0) this.onEarlier(time);
    return event;
  }

  cancel(event: TimedEvent): void {
    const i = this.events.indexOf(event);
    if (i >= 0) this.events.splice(i, 1);
  }

  /** All events that have not fired. */
  pending(): readonly TimedEvent[] {
    return [...this.events];
  }

  /** Time of the next event, or Infinity. */
  next(): number {
    return this.events.length > 0 ? this.events[0].time : Number.POSITIVE_INFINITY;
  }

  /** Moves the start of the slice; only the engine calls it, with `elapsed` back at zero. */
  advanceTo(time: number): void {
    this.base = time;
  }

  /** Runs all events that are due. */
  fire(): void {
    while (this.events.length > 0 && this.events[0].time <= this.now()) this.events.shift()!.action();
  }
}
