/** What a system is, for the lists and for composing a machine: its descriptor. One per folder of `monitor/`. */

/** Who may be malicious under a system's model. */
export interface TrustModel {
  readonly guest: boolean;
  readonly vmm: boolean;
  /** Host or device model. */
  readonly host: boolean;
  readonly tenants: boolean;
  readonly trustedBase: readonly string[];
}

/** One protection that can be switched off. */
export interface Ablation {
  readonly name: string;
  readonly meaning: string;
  /** Bit of the run configuration's ablation word. */
  readonly bit: number;
  /** The VMM runs in its plain build beneath the monitor: it writes its registers and tables itself. */
  readonly plainVmm?: boolean;
}

/** An alarm that a system's reports can carry. */
export interface AlarmKind {
  readonly id: string;
  /** The part of the system that raises it. */
  readonly component: string;
  readonly meaning: string;
}

/** A secure call that a system answers, by its function identifier (W0). */
export interface SecureCall {
  readonly id: number;
  readonly name: string;
}

export interface System {
  readonly name: string;
  readonly title: string;
  /** Where it was published. */
  readonly source: string;
  readonly architecture: 'arm64' | 'x64';
  readonly board: 'virt' | 'pc';
  readonly trust: TrustModel;
  /** What the source states. */
  readonly published: readonly string[];
  /** What fills a gap that no source fills: this project's own. */
  readonly ours: readonly string[];
  /** What it does not catch, by its own model. */
  readonly limits: readonly string[];
  readonly ablations: readonly Ablation[];
  /** Its parts, and what each does. */
  readonly components: readonly { readonly name: string; readonly meaning: string }[];
  readonly alarms: readonly AlarmKind[];
  /** Without those of PSCI. */
  readonly secureCalls: readonly SecureCall[];
  /** Where its reports leave the machine. */
  readonly reports: 'secure-uart' | 'console';
  /** Images, by the name of the build. */
  readonly images: { readonly el3: string; readonly vmm: string; readonly agent?: string };
}
