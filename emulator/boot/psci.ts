/** Power State Coordination Interface, Arm DEN 0022D, for images that were booted without firmware. */

/** Function identifiers, 32-bit calling convention (5.1); the 64-bit ones have bit 30 set too. */
export const PsciFunction = {
  PSCI_VERSION: 0x8400_0000,
  CPU_SUSPEND: 0x8400_0001,
  CPU_OFF: 0x8400_0002,
  CPU_ON: 0x8400_0003,
  AFFINITY_INFO: 0x8400_0004,
  MIGRATE: 0x8400_0005,
  MIGRATE_INFO_TYPE: 0x8400_0006,
  SYSTEM_OFF: 0x8400_0008,
  SYSTEM_RESET: 0x8400_0009,
  PSCI_FEATURES: 0x8400_000a,
} as const;

/** Return codes, 5.2.2. */
export const PsciReturn = {
  SUCCESS: 0,
  NOT_SUPPORTED: -1,
  INVALID_PARAMETERS: -2,
  DENIED: -3,
  ALREADY_ON: -4,
  INVALID_ADDRESS: -9,
} as const;

/** Version 1.1: major in the upper, minor in the lower half (5.1.1). */
const VERSION = (1 << 16) | 1;
/** Bit 30 of a function identifier: the 64-bit calling convention. */
export const SMC64 = 0x4000_0000;
/** AFFINITY_INFO's answers (5.1.5). */
const AFFINITY_ON = 0;
const AFFINITY_OFF = 1;
/** No trusted OS that would have to migrate (5.1.7). */
const MIGRATION_NOT_REQUIRED = 2;
/** power_state bit 16: power down rather than stand by (5.4.2). */
const POWER_DOWN = 1 << 16;
/** Affinity fields of MPIDR_EL1: Aff3 in bits 39:32, Aff2-0 in 23:0. */
const AFFINITY_LOW = 0x00ff_ffff;

/** A 64-bit register in halves, each as int32. */
export interface Halves {
  readonly lo: number;
  readonly hi: number;
}

/** What PSCI does to the machine. */
export interface PsciHost {
  /** Number of CPUs. CPU n has affinity 0.0.0.n. */
  readonly cpus: number;
  isOff(cpu: number): boolean;
  /** Starts a CPU at `entry`, at the level at which the first one started, with `context` in X0. */
  start(cpu: number, entry: Halves, context: Halves): void;
  /** Turns the calling CPU off: the call does not return. */
  turnOff(cpu: number): void;
  /** The calling CPU waits for an interrupt. */
  standBy(cpu: number): void;
  systemOff(): void;
  systemReset(): void;
}

type Handler = (caller: number, args: readonly Halves[], wide: boolean) => number | undefined;

export class Psci {
  private readonly host: PsciHost;
  private readonly handlers: ReadonlyMap<number, Handler>;

  constructor(host: PsciHost) {
    this.host = host;
    this.handlers = new Map<number, Handler>([
      [PsciFunction.PSCI_VERSION, () => VERSION],
      [PsciFunction.CPU_SUSPEND, (caller, args) => this.cpuSuspend(caller, args)],
      [PsciFunction.CPU_OFF, (caller) => this.cpuOff(caller)],
      [PsciFunction.CPU_ON, (_, args, wide) => this.cpuOn(args, wide)],
      [PsciFunction.AFFINITY_INFO, (_, args, wide) => this.affinityInfo(args, wide)],
      [PsciFunction.MIGRATE_INFO_TYPE, () => MIGRATION_NOT_REQUIRED],
      [PsciFunction.SYSTEM_OFF, () => this.end(() => this.host.systemOff())],
      [PsciFunction.SYSTEM_RESET, () => this.end(() => this.host.systemReset())],
      [PsciFunction.PSCI_FEATURES, (_, args) => this.features(args[0].lo >>> 0)],
    ]);
  }

  /**
   * Answers a call. A function that does not exist is not supported (SMC calling convention, Arm DEN 0028, 5.2).
   * @param caller number of the calling CPU @param id W0 as uint32 @param args X1 to X3
   * @returns what goes to X0 (sign-extended), or undefined where the call does not return
   */
  call(caller: number, id: number, args: readonly Halves[]): number | undefined {
    const wide = (id & SMC64) !== 0;
    const base = (id & ~SMC64) >>> 0;
    if (wide && !WIDE.has(base)) return PsciReturn.NOT_SUPPORTED;
    const handler = this.handlers.get(base);
    return handler ? handler(caller, args, wide) : PsciReturn.NOT_SUPPORTED;
  }

  private end(action: () => void): undefined {
    action();
    return undefined;
  }

  private target(affinity: Halves, wide: boolean): number | undefined {
    const cpu = affinity.lo & AFFINITY_LOW;
    const aff3 = wide ? affinity.hi & 0xff : 0;
    return aff3 === 0 && cpu < this.host.cpus ? cpu : undefined;
  }

  /** 5.1.4. */
  private cpuOn(args: readonly Halves[], wide: boolean): number {
    const cpu = this.target(args[0], wide);
    if (cpu === undefined) return PsciReturn.INVALID_PARAMETERS;
    if (!this.host.isOff(cpu)) return PsciReturn.ALREADY_ON;
    const [entry, context] = [args[1], args[2]].map((a) => (wide ? a : { lo: a.lo, hi: 0 }));
    if (entry.lo & 3) return PsciReturn.INVALID_ADDRESS;
    this.host.start(cpu, entry, context);
    return PsciReturn.SUCCESS;
  }

  /** 5.1.3. */
  private cpuOff(caller: number): undefined {
    this.host.turnOff(caller);
    return undefined;
  }

  /** 5.1.2: only standby is there, so a CPU keeps its state. */
  private cpuSuspend(caller: number, args: readonly Halves[]): number {
    if (args[0].lo & POWER_DOWN) return PsciReturn.INVALID_PARAMETERS;
    this.host.standBy(caller);
    return PsciReturn.SUCCESS;
  }

  /** 5.1.5: affinity levels above 0 hold the caller and are on. */
  private affinityInfo(args: readonly Halves[], wide: boolean): number {
    const level = args[1].lo;
    if (level > 0 && level <= 3) return AFFINITY_ON;
    const cpu = this.target(args[0], wide);
    if (level !== 0 || cpu === undefined) return PsciReturn.INVALID_PARAMETERS;
    return this.host.isOff(cpu) ? AFFINITY_OFF : AFFINITY_ON;
  }

  /** 5.1.14. */
  private features(id: number): number {
    const base = (id & ~SMC64) >>> 0;
    const known = this.handlers.has(base) && ((id & SMC64) === 0 || WIDE.has(base));
    return known ? PsciReturn.SUCCESS : PsciReturn.NOT_SUPPORTED;
  }
}

/** Functions that have a 64-bit form. */
const WIDE: ReadonlySet<number> = new Set([PsciFunction.CPU_SUSPEND, PsciFunction.CPU_ON, PsciFunction.AFFINITY_INFO]);
