/**
 * Ground truth: what an attack reached, read from the machine's own state. A predicate sees physical memory, the
 * registers of each CPU and the images as they were built. It sees neither serial output nor reports, and asks neither
 * payload nor monitor; attacks on the reports' own way apart, where the lines are what is attacked (`channel.ts`).
 */
import type { ChannelView } from './channel.ts';
import type { Effect } from './record.ts';

/** One CPU, stopped between two instructions. */
export interface CpuView {
  readonly number: number;
  /** Current exception level. */
  readonly level: 0 | 1 | 2 | 3;
  /** In secure state: EL3, or below it while SCR_EL3.NS is 0. */
  readonly secure: boolean;
  readonly pc: bigint;
  /** A system register by its name in the Arm ARM, such as `VTTBR_EL2`. @throws Error for a name it does not know */
  register(name: string): bigint;
}

/** An image as the build made it. */
export interface BuiltImage {
  readonly name: string;
  /** The bytes that are loaded, the first of them at `load`. */
  readonly bytes: Uint8Array;
  /** Physical address of the first byte. */
  readonly load: number;
  /** Address by symbol, as linked. */
  readonly symbols: ReadonlyMap<string, bigint>;
}

/**
 * What the machine did against the payload: a synchronous exception between its first instruction and its return to
 * whoever called it, or an access of a device that the bus refused after its first instruction.
 */
export interface Refusal {
  readonly time: number;
  /** Level that took the exception; none took a refused access of a device. */
  readonly level?: 1 | 2 | 3;
  /**
   * `abort`: a data or instruction abort; `secure-call`: SMC; `trap`: any other synchronous exception; `device`: the
   * address-space controller refused a device's access.
   */
  readonly kind: 'abort' | 'secure-call' | 'trap' | 'device';
}

/** What a predicate may look at. */
export interface MachineView {
  /** Instructions that all CPUs have started. */
  readonly now: number;
  readonly cpus: readonly CpuView[];
  /** Copies physical memory, past all protection. @throws Error where there is none */
  peek(pa: number, length: number): Uint8Array;
  /** An image of this run. @throws Error if the run has none of that name */
  image(name: string): BuiltImage;
  /** Images of this run, by name. */
  readonly images: ReadonlyMap<string, BuiltImage>;
  /** Time of the first instruction fetched from the payload's own pages. */
  readonly firstHostileInstruction: number | undefined;
  /** What the machine did against the payload, in order. */
  readonly refusals: readonly Refusal[];
  /** The VMM's tick counter has reached the tick at which the attack is let loose. */
  readonly attackDue: boolean;
  /**
   * The way of the reports out of the machine, complete once the machine has stopped; for attacks on that way alone.
   * Undefined where nothing is reported.
   */
  readonly channel: ChannelView | undefined;
}

/** Follows one run. */
export interface Observer {
  /**
   * Looks at the machine at a checkpoint. Checkpoints come every {@link Truth.interval} instructions, from the start of
   * the run on.
   * @returns true once the effect has been seen
   */
  sample(view: MachineView): boolean;
  /** Looks for the last time, after the machine has stopped, and decides. */
  conclude(view: MachineView): Effect;
  /** What it measured beside the effect, after {@link conclude}: numbers by name, the unit its last part. */
  figures?(view: MachineView): Readonly<Record<string, number>>;
}

export interface Truth {
  /** Instructions between two checkpoints; Infinity: the end of the run decides alone. */
  readonly interval: number;
  observe(): Observer;
}

/** Reads a little-endian unsigned 64-bit word of physical memory. */
export function readU64(view: MachineView, pa: number): bigint {
  const b = view.peek(pa, 8);
  return new DataView(b.buffer, b.byteOffset, 8).getBigUint64(0, true);
}

/** Address of a symbol. @throws Error if the image has none of that name */
export function symbol(image: BuiltImage, name: string): bigint {
  const address = image.symbols.get(name);
  if (address === undefined) throw new Error(`image ${image.name} has no symbol ${name}`);
  return address;
}

/**
 * The attempt was made and stopped: it was due but its code was never let run, or the machine interfered with it by an
 * abort, a trap or a secure call. An attack that ran through unhindered and reached nothing has had no effect, and so has
 * one that was never due.
 */
export function stopped(view: MachineView): boolean {
  if (view.firstHostileInstruction === undefined) return view.attackDue;
  return view.refusals.length > 0;
}

/** Turns a predicate, asked at each checkpoint once the attack is due, into a ground truth. */
export function truthOf(interval: number, reached: (view: MachineView) => boolean): Truth {
  return {
    interval,
    observe() {
      let seen = false;
      const look = (view: MachineView) => {
        if (!seen && view.attackDue) seen = reached(view);
        return seen;
      };
      return {
        sample: (view) => (Number.isFinite(interval) ? look(view) : false),
        conclude: (view) => (look(view) ? 'succeeded' : stopped(view) ? 'blocked' : 'no-effect'),
      };
    },
  };
}

/**
 * A truth about values that must not change: each is learnt before the attack is due, and any other afterwards is the
 * attack's doing.
 * @param values what to look at on one CPU, or undefined where this checkpoint does not show it
 */
export function foreignValue(interval: number, ...values: ((cpu: CpuView) => bigint | undefined)[]): Truth {
  return {
    interval,
    observe() {
      const known = values.map(() => new Set<bigint>());
      let seen = false;
      return {
        sample(view) {
          for (const cpu of view.cpus) {
            for (const [index, value] of values.entries()) {
              const now = value(cpu);
              if (now === undefined) continue;
              if (!view.attackDue) known[index].add(now);
              else seen ||= !known[index].has(now);
            }
          }
          return seen;
        },
        conclude: (view) => (seen ? 'succeeded' : stopped(view) ? 'blocked' : 'no-effect'),
      };
    },
  };
}
