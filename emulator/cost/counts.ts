/**
 * Primitive events of a run, counted. Only what the architecture defines is counted, never what the engine does to get
 * there: the counts are the same in every tier, and whatever the slices of a run are.
 */
import { matcher } from './pattern.ts';

/** One kind of event. */
export interface EventKind {
  /** Name, or a pattern of names (`*` is any one word, `**` all that follow). */
  readonly name: string;
  readonly unit: string;
  readonly meaning: string;
}

/** Every event that a run's counts may name. An event that did not happen is left out of them. */
export const EVENTS: readonly EventKind[] = [
  { name: 'instructions', unit: 'instructions', meaning: 'instructions started by all CPUs' },
  {
    name: 'exception.*.*',
    unit: 'exceptions',
    meaning: 'exceptions taken, by kind (exception class, or kind of interrupt) and level that took them',
  },
  {
    name: 'return.*.*',
    unit: 'exception returns',
    meaning: 'ERET by level it left and level it went to; sel0 and sel1 are those of the secure world',
  },
  {
    name: 'smc.*',
    unit: 'calls',
    meaning: 'secure calls that were let through, by function identifier (W0); `other` when there are too many of them',
  },
  {
    name: 'trap.*.*',
    unit: 'traps',
    meaning: 'accesses to system registers, and system instructions, that trapped, by level that took them and by name',
  },
  {
    name: 'fault.*.*',
    unit: 'faults',
    meaning: 'aborts taken, by stage of translation (or `bus`) and class of the fault status code',
  },
  {
    name: 'tlb.refill.*',
    unit: 'refills',
    meaning:
      'translations that the TLB did not hold and a table walk gave. The emulated TLB is larger than any real one (8,192 data ' +
      'and 4,096 fetch entries for each of 32 contexts), so these are misses that every TLB has',
  },
  {
    name: 'walk.*',
    unit: 'memory reads',
    meaning:
      'descriptors read by table walks for the TLB, by stage. There is no walk cache, so each walk starts at the root. AT, and ' +
      'cache maintenance by address, are not counted',
  },
  { name: 'tlbi.*', unit: 'instructions', meaning: 'TLB maintenance operations performed, by name' },
  {
    name: 'write.*',
    unit: 'writes',
    meaning: 'writes of a translation table base register (TTBR0_ELx, TTBR1_EL1, VTTBR_EL2), by name',
  },
  {
    name: 'world.*',
    unit: 'switches',
    meaning: 'changes of security state, to `secure` or to `normal`; EL3 belongs to the secure world',
  },
  {
    name: 'mmio.**',
    unit: 'bus accesses',
    meaning: 'accesses of CPUs to device registers, of at most 4 bytes each, by device',
  },
  {
    name: 'hash.sha256',
    unit: 'bytes',
    meaning:
      'bytes that went through SHA-256 in the firmware at EL3, in blocks of 64: padding and the key blocks of HMAC included. The only ' +
      'count that the machine does not make itself: the hash function counts its blocks in secure memory, where the run reads them',
  },
];

const known = matcher(EVENTS.map(({ name }) => name));

/** Whether an event is one of {@link EVENTS}. */
export function isEvent(name: string): boolean {
  return known(name);
}

/** Counts by event, without those that are zero; names in alphabetical order. */
export type Counts = Readonly<Record<string, number>>;

/** Saved counts, structured-cloneable. */
export interface CountsState {
  readonly fixed: readonly number[];
  readonly named: ReadonlyMap<string, number>;
  readonly functions: ReadonlyMap<number, number>;
  readonly devices: ReadonlyMap<string, number>;
}

/** Function identifiers that are counted apart: whoever calls with random ones must not fill memory. */
const MOST_FUNCTIONS = 64;
const ID_DIGITS = 8;

function increment<K>(map: Map<K, number>, key: K, times = 1): void {
  map.set(key, (map.get(key) ?? 0) + times);
}

function refill<K>(map: Map<K, number>, from: ReadonlyMap<K, number>): void {
  map.clear();
  for (const [key, count] of from) map.set(key, count);
}

/** Names of the events that are counted by number, and their numbers. All machines share them: a name is met once. */
const numbered: string[] = [];
const numbers = new Map<string, number>();

/** The number by which {@link EventCounts.add} counts the event of a name, one of {@link EVENTS}. */
export function eventNumber(name: string): number {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  numbers.set(name, numbered.length);
  return numbered.push(name) - 1;
}

/** The events of a machine, as they happen. */
export class EventCounts {
  tlbRefillData = 0;
  tlbRefillFetch = 0;
  /** Descriptors read by walks, see `walk.*`. */
  walkStage1 = 0;
  walkStage2 = 0;
  /** By event number. */
  private counted = new Float64Array(256);
  private readonly functions = new Map<number, number>();
  private otherFunctions = 0;
  private readonly devices = new Map<string, number>();

  private readonly sources: (() => void)[] = [];

  /** Has a source of events called before anybody reads the counts: it may have counted for itself until then. */
  addSource(settle: () => void): void {
    this.sources.push(settle);
  }

  private settle(): void {
    for (const settle of this.sources) settle();
  }

  /** Counts an event by its full name, one of {@link EVENTS}. */
  count(name: string): void {
    this.add(eventNumber(name));
  }

  /** Counts an event, by its {@link eventNumber}, one or more times. */
  add(event: number, times = 1): void {
    if (event >= this.counted.length) this.grow(event);
    this.counted[event] += times;
  }

  private grow(event: number): void {
    const more = new Float64Array(event * 2);
    more.set(this.counted);
    this.counted = more;
  }

  private *named(): IterableIterator<[string, number]> {
    for (let i = 0; i < numbered.length && i < this.counted.length; i++)
      if (this.counted[i] !== 0) yield [numbered[i], this.counted[i]];
  }

  /** Counts secure calls. @param id their function identifier, as uint32 */
  smc(id: number, times = 1): void {
    if (this.functions.size < MOST_FUNCTIONS || this.functions.has(id)) increment(this.functions, id, times);
    else this.otherFunctions += times;
  }

  /** Counts an access to a device register. */
  mmio(device: string): void {
    increment(this.devices, device);
  }

  /** All counts, to be put back by {@link restore}. */
  save(): CountsState {
    this.settle();
    const { tlbRefillData, tlbRefillFetch, walkStage1, walkStage2, otherFunctions } = this;
    return {
      fixed: [tlbRefillData, tlbRefillFetch, walkStage1, walkStage2, otherFunctions],
      named: new Map(this.named()),
      functions: new Map(this.functions),
      devices: new Map(this.devices),
    };
  }

  /** Goes back to saved counts. */
  restore(state: CountsState): void {
    [this.tlbRefillData, this.tlbRefillFetch, this.walkStage1, this.walkStage2, this.otherFunctions] = state.fixed;
    this.counted.fill(0);
    for (const [name, count] of state.named) {
      const event = eventNumber(name);
      if (event >= this.counted.length) this.grow(event);
      this.counted[event] = count;
    }
    refill(this.functions, state.functions);
    refill(this.devices, state.devices);
  }

  /** The counts so far. @param instructions started by all CPUs, which the engine counts */
  snapshot(instructions: number): Counts {
    this.settle();
    const entries: [string, number][] = [
      ['instructions', instructions],
      ['tlb.refill.data', this.tlbRefillData],
      ['tlb.refill.fetch', this.tlbRefillFetch],
      ['walk.stage1', this.walkStage1],
      ['walk.stage2', this.walkStage2],
      ['smc.other', this.otherFunctions],
      ...this.named(),
    ];
    for (const [id, count] of this.functions) {
      entries.push([`smc.0x${id.toString(16).padStart(ID_DIGITS, '0')}`, count]);
    }
    for (const [device, count] of this.devices) entries.push([`mmio.${device}`, count]);
    return Object.fromEntries(entries.filter(([, count]) => count > 0).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
