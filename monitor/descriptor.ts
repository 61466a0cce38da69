/**
 * What every monitor says about itself, for `list`, `show`, `check` and the reports. A descriptor holds no behaviour:
 * what a monitor does is done by its firmware.
 */

/** The paper or thesis that a monitor reproduces. */
export interface Source {
  readonly title: string;
  readonly authors: string;
  readonly venue: string;
  readonly year: number;
  readonly doi?: string;
}

/** One protection that can be taken away, and what is left then. */
export interface Ablation {
  /** Its name on the command line. */
  readonly id: string;
  /** One sentence: what is off, and what that opens. */
  readonly sentence: string;
  /** Bit in the run configuration's `ablations` word. */
  readonly bit: number;
  /** VMM image that takes the place of {@link Firmware.vmm}, where the protection lives in the VMM's binary. */
  readonly vmm?: string;
}

/** An alarm that a monitor can raise. */
export interface AlarmKind {
  readonly id: string;
  /** Which component raises it. */
  readonly component: string;
  readonly sentence: string;
}

/** Images of `dist/firmware` that a run under this monitor is composed of. */
export interface Firmware {
  /** Where the machine starts. */
  readonly boot: string;
  readonly vmm: string;
  readonly guest: string;
  /** The monitor's own further images. */
  readonly monitor: readonly string[];
}

/** Everything about one system. */
export interface MonitorDescriptor {
  readonly id: string;
  readonly title: string;
  readonly source: Source;
  readonly architecture: 'arm64' | 'x64';
  readonly board: 'virt' | 'pc';
  /** What the source itself says, a sentence each. */
  readonly published: readonly string[];
  /** What fills a gap that the source leaves, a sentence each. */
  readonly ours: readonly string[];
  readonly components: readonly { readonly id: string; readonly sentence: string }[];
  readonly ablations: readonly Ablation[];
  readonly alarms: readonly AlarmKind[];
  readonly firmware: Firmware;
  /** What the system cannot see or stop, a sentence each. */
  readonly limits: readonly string[];
}
