/** The run configuration that the firmware reads (`struct rw_config` of `firmware/lib/include/rw/config.h`). */

/** "RWC1" (`RW_CONFIG_MAGIC`). */
export const CONFIG_MAGIC = 0x3143_5752;
export const CONFIG_VERSION = 1;
/** Size of the structure in 32-bit words. */
export const CONFIG_WORDS = 32;

/** Guest workloads, in the order of `enum rw_workload`. */
export const WORKLOADS = [
  'mixed',
  'null-syscall',
  'context-switch',
  'page-fault',
  'pipe',
  'copy',
  'compute',
  'module',
] as const;
export type Workload = (typeof WORKLOADS)[number];

/** Ablations of `tvmi`, in the order of their bits (`RW_ABLATION_*`). */
export const TVMI_ABLATIONS = [
  'no-secure-memory',
  'no-smc-rewrite',
  'no-tvm',
  'writable-stage2',
  'polling-only',
  'no-nonce',
  'no-argument-check',
  'no-measured-boot',
  'no-hold',
] as const;
export type TvmiAblation = (typeof TVMI_ABLATIONS)[number];

/** Monitors that EL3 may be told of (`enum rw_monitor`). */
export const FIRMWARE_MONITORS = ['none', 'tvmi', 'hostvmi'] as const;
export type FirmwareMonitor = (typeof FIRMWARE_MONITORS)[number];

/** A run's parameters. Counts are unsigned 32-bit numbers; periods are ticks of the generic counter (CNTFRQ_EL0). */
export interface RunConfig {
  /** Unsigned, 64 bits. */
  readonly seed: bigint;
  readonly workload: Workload;
  /** VMM timer ticks until the VMM ends the run although guests still run. */
  readonly runTicks: number;
  /** VMM timer tick at which modules are loaded; 0: never. */
  readonly attackTick: number;
  readonly monitor: FirmwareMonitor;
  readonly ablations: readonly TvmiAblation[];
  readonly secureTimerPeriod: number;
  readonly cpus: number;
  /** Counter ticks from one VMM timer tick to the next. */
  readonly vmmTickPeriod: number;
  /** Counter ticks from one timer tick of the guest kernel to the next. */
  readonly guestTickPeriod: number;
  /** How often a workload repeats its unit of work. */
  readonly workloadRounds: number;
  /** CPU that loads the VMM's modules. */
  readonly attackCpu: number;
  /** How often an attack that repeats itself does so; 0: as its payload likes. */
  readonly attackRounds: number;
}

/** Parameters of a benign run of a few million instructions. */
export const DEFAULT_RUN_CONFIG: RunConfig = {
  seed: 1n,
  workload: 'mixed',
  runTicks: 2000,
  attackTick: 0,
  monitor: 'none',
  ablations: [],
  secureTimerPeriod: 16_384,
  cpus: 1,
  vmmTickPeriod: 4096,
  guestTickPeriod: 2048,
  workloadRounds: 4,
  attackCpu: 0,
  attackRounds: 0,
};

/** Lays a configuration out as the firmware reads it. */
export function encodeConfig(config: RunConfig): Uint8Array {
  const words = [
    CONFIG_MAGIC,
    CONFIG_VERSION,
    Number(config.seed & 0xffff_ffffn),
    Number((config.seed >> 32n) & 0xffff_ffffn),
    WORKLOADS.indexOf(config.workload),
    config.runTicks,
    config.attackTick,
    FIRMWARE_MONITORS.indexOf(config.monitor),
    config.ablations.reduce((mask, ablation) => mask | (1 << TVMI_ABLATIONS.indexOf(ablation)), 0),
    config.secureTimerPeriod,
    config.cpus,
    config.vmmTickPeriod,
    config.guestTickPeriod,
    config.workloadRounds,
    config.attackCpu,
    config.attackRounds,
  ];
  const bytes = new Uint8Array(CONFIG_WORDS * 4);
  const view = new DataView(bytes.buffer);
  words.forEach((word, index) => {
    view.setUint32(index * 4, word, true);
  });
  return bytes;
}
