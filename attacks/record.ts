/** What is known about an attack before it runs: its record. The words are those of docs/how-to-add-an-attack.md. */

export const EFFECTS = ['succeeded', 'blocked', 'no-effect'] as const;
/** First axis of a verdict: what the attack reached, by the machine's own state. */
export type Effect = (typeof EFFECTS)[number];

export const DETECTIONS = ['detected', 'missed', 'silent', 'false-alarm'] as const;
/** Second axis of a verdict: what the monitor noticed. `silent` and `false-alarm` belong to runs without an attack. */
export type Detection = (typeof DETECTIONS)[number];

export const POSITIONS = [
  'guest-user',
  'guest-kernel',
  'vmm',
  'host-user',
  'device',
  'tenant',
  'second-cpu',
  'boot',
] as const;
/** Where the attacker's code runs when the attack begins; `boot`: it was written to flash before reset. */
export type Position = (typeof POSITIONS)[number];

export const LAYERS = ['guest', 'vmm', 'monitor', 'secure-world', 'channel'] as const;
/** What is attacked. */
export type Layer = (typeof LAYERS)[number];

export type Architecture = 'arm64' | 'x64' | 'any';

export type Stride =
  | 'spoofing'
  | 'tampering'
  | 'repudiation'
  | 'information disclosure'
  | 'denial of service'
  | 'elevation of privilege';

/** Where an attack was described first, or `ours` where it comes from this project's own model. */
export interface Source {
  readonly kind: 'paper' | 'CVE' | 'XSA' | 'ours';
  readonly reference: string;
}

/** One way to carry the attack out: its own payload or its own argument of the payload. */
export interface Variant {
  readonly name: string;
  /** Name of the payload image, without its suffix: `payload` or `payload-<variant>`. */
  readonly payload: string;
  /** In a sentence. */
  readonly title: string;
  /** Where its code runs, if that is not the record's own position. */
  readonly position?: Position;
  /** It meets the VMM's build with the bugs left in; without this word, the hardened one. */
  readonly vulnerable?: boolean;
}

/** What a verdict should be, and why. */
export interface Expectation {
  /** A system's name, or `none` where no monitor runs. */
  readonly system: string;
  /** The ablations in force; the rule holds where exactly these are off. Empty: the whole system. */
  readonly ablations: readonly string[];
  /** The variants for which it holds; absent: for all that no other rule names. */
  readonly variants?: readonly string[];
  readonly effect: Effect;
  readonly detection: Detection;
  /** A race: what other interleavings, with other seeds, give instead; as good as `detection`. */
  readonly orElse?: Detection;
  /** Where the run does not go on until its power-off: the boot ends before the VMM starts, or what is left of the system falls over. */
  readonly end?: 'boot-stopped' | 'crash';
  readonly reason: string;
}

/**
 * The protection whose absence lets the attack succeed: with it the attack is stopped, or it is noticed; without it, it
 * succeeds, and where it was only noticed before, unseen.
 */
export interface Unlock {
  readonly system: string;
  readonly ablation: string;
  /** The variant that it lets through, where not all. */
  readonly variant?: string;
}

export { ATTACK_VERSION } from './techniques.ts';

export interface AttackRecord {
  /** Our own stable key, such as `arm64.vttbr.swap`; also the name of the attack's folder. */
  readonly id: string;
  readonly title: string;
  readonly sources: readonly Source[];
  readonly architecture: Architecture;
  readonly layer: Layer;
  readonly position: Position;
  readonly mechanism: string;
  readonly prerequisites: readonly string[];
  readonly steps: readonly string[];
  readonly effect: string;
  /** The predicate over the machine's state that decides, in words; `truth.ts` beside the record is the same in code. */
  readonly groundTruth: string;
  /** The first variant is the one that runs where none is named. */
  readonly variants: readonly [Variant, ...Variant[]];
  /** Position `boot`: the code of an image that the payload is written over, from a symbol on. */
  readonly implant?: { readonly image: 'vmm'; readonly symbol: string };
  /** Why it cannot succeed where no monitor runs, if what it attacks is a part of one. */
  readonly meaninglessAlone?: string;
  readonly expectations: readonly Expectation[];
  readonly unlockedBy: readonly Unlock[];
  /** What it leaves out, and why; forms of it that the expectations do not speak of. */
  readonly limits?: readonly string[];
  readonly stability: string;
  readonly idempotence: string;
  /** The nearest MITRE ATT&CK technique, and the ATT&CK version it was read from. */
  readonly attack: { readonly id: string; readonly name: string; readonly version: string };
  readonly stride: Stride;
}

/** A variant by its name; the first one where none is named or known. */
export function variantNamed(record: AttackRecord, name: string | undefined): Variant {
  return record.variants.find((variant) => variant.name === name) ?? record.variants[0];
}

/** Where the code of a variant runs when the attack begins. */
export function positionOf(record: AttackRecord, variant: string | undefined): Position {
  return variantNamed(record, variant).position ?? record.position;
}

/**
 * The expectation that applies to a run.
 *
 * The rule for exactly these ablations is taken; without one, the rule of the whole system, since an ablation that the
 * record does not name must not change the result. A rule that names the variant goes before one that names none.
 */
export function expectationFor(
  record: AttackRecord,
  system: string,
  ablations: readonly string[],
  variant: string,
): Expectation | undefined {
  const wanted = [...ablations].sort().join();
  const ofSystem = record.expectations.filter(
    (rule) => rule.system === system && (!rule.variants || rule.variants.includes(variant)),
  );
  const exact = ofSystem.filter((rule) => [...rule.ablations].sort().join() === wanted);
  const whole = ofSystem.filter((rule) => rule.ablations.length === 0);
  for (const rules of [exact, whole]) {
    const rule = rules.find((candidate) => candidate.variants) ?? rules[0];
    if (rule) return rule;
  }
  return undefined;
}
