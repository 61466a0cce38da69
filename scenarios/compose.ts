/** From a scenario to what the machine starts with: its ROM, and what was put into it. */
import { createHash } from 'node:crypto';
import { attackNamed } from '../attacks/index.ts';
import { type Position, positionOf, type Variant, variantNamed } from '../attacks/record.ts';
import { type BuiltImage, symbol } from '../attacks/truth.ts';
import { systemNamed } from '../monitor/index.ts';
import type { System } from '../monitor/system.ts';
import type { Anchor } from './anchor.ts';
import { type BundleEntry, type BundleKind, mapRom, packBundle } from './bundle.ts';
import { encodeConfig, FIRMWARE_MONITORS, TVMI_ABLATIONS } from './config.ts';
import type { FirmwareImage, FirmwareStore } from './images.ts';
import { LAYOUT } from './layout.ts';
import type { Scenario } from './schema.ts';

/** The payload's code in a CPU's address space. */
export interface HostileRange {
  readonly level: 1 | 2;
  readonly va: bigint;
  /** Physical address. */
  readonly pa: number;
  /** Bytes of code. */
  readonly bytes: bigint;
}

export interface Composition {
  /** What stands at address 0. */
  readonly rom: Uint8Array;
  /** The image that stands at its beginning. */
  readonly el3: BuiltImage;
  /** Images as ground truth knows them, by their part: `el3`, `vmm`, `guest`, `agent`, `payload`, `secret`. */
  readonly images: ReadonlyMap<string, BuiltImage>;
  /** SHA-256 of everything in the ROM, by name. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly hostile: HostileRange | undefined;
  /** What the verifier and the machine agreed on beforehand. */
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
}

/** One image of a run. */
interface Part {
  /** Its part in the run. */
  readonly role: string;
  /** Name of the build. */
  readonly image: string;
  readonly kind: BundleKind;
  readonly load: bigint;
}

const PLAIN = { el3: 'el3-plain', vmm: 'vmm-plain' } as const;
const GUEST_IMAGE = 'guest';
const SECOND_CPU = 1;
/** A multiple of 32. */
const SECRET_BYTES = 256;
const NONCE_BYTES = 16;
const INSTRUCTION_BYTES = 4;

function systemOf(scenario: Scenario): System | undefined {
  return systemNamed(scenario.monitor);
}

function soundVmm(scenario: Scenario): string {
  if (scenario.vmm !== 'auto') return `vmm-${scenario.vmm}`;
  const system = systemOf(scenario);
  if (!system) return PLAIN.vmm;
  const plain = system.ablations.some((ablation) => ablation.plainVmm && scenario.ablations.includes(ablation.name));
  return plain ? PLAIN.vmm : system.images.vmm;
}

function vmmBuild(scenario: Scenario): string {
  return variantOf(scenario)?.vulnerable ? `${soundVmm(scenario)}-vulnerable` : soundVmm(scenario);
}

/** The variant of the scenario's attack, if it has one. */
function variantOf(scenario: Scenario): Variant | undefined {
  return scenario.attack === undefined
    ? undefined
    : variantNamed(attackNamed(scenario.attack)!.record, scenario.variant);
}

/** Name of the payload's image, if the scenario has an attack. */
export function payloadImage(scenario: Scenario): string | undefined {
  const variant = variantOf(scenario);
  return variant && `attacks/${scenario.attack}/${variant.payload}`;
}

function attackPosition(scenario: Scenario): Position | undefined {
  return scenario.attack === undefined ? undefined : positionOf(attackNamed(scenario.attack)!.record, scenario.variant);
}

/** Where the payload is written over an image, if it is no image of its own. */
function implantOf(scenario: Scenario) {
  return scenario.attack === undefined ? undefined : attackNamed(scenario.attack)!.record.implant;
}

function inGuest(scenario: Scenario): boolean {
  return attackPosition(scenario) === 'guest-kernel';
}

function partsOf(scenario: Scenario): Part[] {
  const parts: Part[] = [{ role: 'vmm', image: vmmBuild(scenario), kind: 'vmm', load: LAYOUT.vmm }];
  for (const [number, ram] of LAYOUT.guests.entries()) {
    const role = number === 0 ? 'guest' : `guest${number}`;
    parts.push({ role, image: GUEST_IMAGE, kind: 'guestKernel', load: ram + LAYOUT.guestImage });
  }
  const agent = systemOf(scenario)?.images.agent;
  if (agent) parts.push({ role: 'agent', image: agent, kind: 'agent', load: LAYOUT.secureCarveOut });
  const payload = payloadImage(scenario);
  if (payload && !implantOf(scenario)) {
    parts.push(
      inGuest(scenario)
        ? { role: 'payload', image: payload, kind: 'guestModule', load: LAYOUT.guests[0] + LAYOUT.guestModules }
        : { role: 'payload', image: payload, kind: 'vmmModule', load: LAYOUT.vmmModules },
    );
  }
  return parts;
}

/** Names of the images that a scenario needs. */
export function imagesOf(scenario: Scenario): string[] {
  const el3 = systemOf(scenario)?.images.el3 ?? PLAIN.el3;
  return [el3, ...new Set(partsOf(scenario).map((part) => part.image))];
}

/** Bytes that follow from the seed: keys and challenges of a run, the same in every repetition. */
function derived(purpose: string, scenario: Scenario): Uint8Array {
  return new Uint8Array(createHash('sha256').update(`ringwarden ${purpose} ${scenario.seed}`).digest());
}

function derivedBytes(purpose: string, scenario: Scenario, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 32) bytes.set(derived(`${purpose} ${at}`, scenario), at);
  return bytes;
}

function nonceOf(scenario: Scenario, session: number): Uint8Array {
  return derived(session === 0 ? 'nonce' : `nonce ${session}`, scenario).subarray(0, NONCE_BYTES);
}

function configuration(scenario: Scenario): Uint8Array {
  return encodeConfig({
    seed: BigInt(scenario.seed),
    workload: scenario.workload,
    runTicks: scenario.runTicks,
    attackTick: scenario.attack === undefined ? 0 : scenario.attackTick,
    monitor: FIRMWARE_MONITORS.find((name) => name === scenario.monitor) ?? 'none',
    ablations: TVMI_ABLATIONS.filter((name) => scenario.ablations.includes(name)),
    secureTimerPeriod: scenario.secureTimerPeriod,
    cpus: scenario.cpus,
    vmmTickPeriod: scenario.vmmTickPeriod,
    guestTickPeriod: scenario.guestTickPeriod,
    workloadRounds: scenario.workloadRounds,
    attackRounds: scenario.attackRounds,
    attackCpu: attackPosition(scenario) === 'second-cpu' ? SECOND_CPU : 0,
  });
}

function built(image: FirmwareImage, load: bigint): BuiltImage {
  return { name: image.name, bytes: image.bytes, load: Number(load), symbols: image.symbols };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function hostileRange(scenario: Scenario, image: FirmwareImage, implanted: BuiltImage | undefined): HostileRange {
  const bytes = BigInt(Math.min(image.bytes.length, LAYOUT.moduleData));
  if (implanted) {
    return { level: 2, va: BigInt(implanted.load), pa: implanted.load, bytes: BigInt(implanted.bytes.length) };
  }
  return inGuest(scenario)
    ? { level: 1, va: LAYOUT.guestModuleVa, pa: Number(LAYOUT.guests[0] + LAYOUT.guestModules), bytes }
    : { level: 2, va: LAYOUT.vmmModules, pa: Number(LAYOUT.vmmModules), bytes };
}

/** What the secure world keeps to itself: the first bytes of its carve-out, whoever filled it. */
function secretOf(scenario: Scenario, agent: FirmwareImage | undefined): BuiltImage {
  const bytes = agent?.bytes.subarray(0, SECRET_BYTES) ?? derivedBytes('secret', scenario, SECRET_BYTES);
  return { name: 'secret', bytes, load: Number(LAYOUT.secureCarveOut), symbols: new Map() };
}

/** Two protections do not lie in code: without them there is no challenge, or what is measured decides nothing. */
function anchorOf({ ablations }: Scenario, key: Uint8Array, nonce: Uint8Array): Anchor {
  return {
    key,
    nonce: ablations.includes('no-nonce') ? undefined : nonce,
    measured: !ablations.includes('no-measured-boot'),
  };
}

/** What sets one run of a machine apart from another of the same one. */
export interface CompositionOptions {
  /** Number of the session: the key is the machine's own and stays, the challenge is another one in each. */
  readonly session?: number;
}

/** The payload as it stands in the image that it is written over: its code, without the zeroes that fill up its page. */
function implanted(scenario: Scenario, images: ReadonlyMap<string, BuiltImage>, payload: FirmwareImage) {
  const implant = implantOf(scenario);
  if (!implant) return undefined;
  const used = payload.bytes.findLastIndex((byte) => byte !== 0) + 1;
  const bytes = payload.bytes.subarray(0, Math.ceil(used / INSTRUCTION_BYTES) * INSTRUCTION_BYTES);
  return { ...built(payload, symbol(images.get(implant.image)!, implant.symbol)), bytes };
}

/** Alters a finished ROM as an attacker with access to flash does: the directory keeps the hash of the sound image. */
function alterFlash(rom: Uint8Array, host: BuiltImage, implant: BuiltImage): void {
  rom.set(implant.bytes, mapRom(rom).payloads.get('vmm')!.offset + implant.load - host.load);
}

/** Puts a run's images together. @throws Failure `unavailable` for an image that was not built */
export function compose(scenario: Scenario, store: FirmwareStore, options: CompositionOptions = {}): Composition {
  const parts = partsOf(scenario);
  const nonce = nonceOf(scenario, options.session ?? 0);
  const key = derived('key', scenario);
  const config = configuration(scenario);
  const [el3] = imagesOf(scenario);
  const entries: BundleEntry[] = parts.map(({ role, image, kind, load }) => {
    return { name: role, kind, bytes: store.image(image).bytes, load, entry: load };
  });
  entries.push({ name: 'config', kind: 'configuration', bytes: config });
  const images = new Map(parts.map(({ role, image, load }) => [role, built(store.image(image), load)]));
  const agent = parts.find((part) => part.role === 'agent');
  const secret = secretOf(scenario, agent && store.image(agent.image));
  if (!agent) entries.push({ name: 'secret', kind: 'secret', bytes: secret.bytes, load: LAYOUT.secureCarveOut });
  images.set('secret', secret);
  images.set('el3', built(store.image(el3), 0n));
  const payload = payloadImage(scenario);
  const names = [el3, ...parts.map((part) => part.image), ...(payload === undefined ? [] : [payload])];
  const named = names.map((name) => [name, store.image(name).sha256]);
  const implant = payload === undefined ? undefined : implanted(scenario, images, store.image(payload));
  const rom = packBundle(store.image(el3).bytes, entries, anchorOf(scenario, key, nonce));
  if (implant) {
    images.set('payload', implant);
    alterFlash(rom, images.get('vmm')!, implant);
  }
  return {
    rom,
    el3: images.get('el3')!,
    images,
    hashes: { ...Object.fromEntries(named), configuration: sha256(config) },
    hostile: payload === undefined ? undefined : hostileRange(scenario, store.image(payload), implant),
    key,
    nonce,
  };
}
