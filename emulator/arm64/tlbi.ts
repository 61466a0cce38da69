import { EntryFlag, type TlbBank } from '../memory/tlb.ts';
import type { Arm64Core } from './core.ts';
import { Sys } from './registers/slots.ts';
import { currentVmid } from './translation/contexts.ts';
import { Regime, type RegimeNumber } from './translation/regime.ts';

const { EL1_OFF_BY, HCR_EL2, SCR_EL3, TCR_EL1 } = Sys;

/** TLB maintenance (Arm ARM D4.10). A bank holds one regime, VMID and ASID, so most operations choose banks. */

/** Which banks and entries go. */
interface Scope {
  readonly regime: RegimeNumber;
  /** Only banks of this VMID, or of any. */
  readonly vmid?: number;
  /** Only entries of this ASID; where an address is given, global ones of any bank too. */
  readonly asid?: number;
  /** Only the translation of this address. */
  readonly va?: { readonly lo: number; readonly hi: number };
}

function flushBank(bank: TlbBank, scope: Scope): void {
  const { asid, va } = scope;
  if (va === undefined) {
    // By ASID: what is global stays (D4.10.2).
    if (asid === undefined) bank.flush();
    else if (bank.key.asid === asid) bank.flush(EntryFlag.global, 0);
    return;
  }
  if (asid === undefined || bank.key.asid === asid) bank.flushAddress(va.lo, va.hi);
  else bank.flushAddress(va.lo, va.hi, EntryFlag.global, EntryFlag.global);
}

function flush(core: Arm64Core, scope: Scope): void {
  for (const bank of core.tlb.banks) {
    const { key } = bank;
    if (key.regime !== scope.regime || (scope.vmid !== undefined && key.vmid !== scope.vmid)) continue;
    flushBank(bank, scope);
  }
}

const SCR_NS = 1;

/** EL1 operations: on the security state of SCR_EL3.NS, and there on the current VMID. */
function el1Scope(core: Arm64Core, more: Omit<Scope, 'regime' | 'vmid'> = {}): Scope {
  const nonSecure = (core.state.lo(SCR_EL3) & SCR_NS) !== 0;
  return nonSecure
    ? { regime: Regime.el10, vmid: currentVmid(core.state), ...more }
    : { regime: Regime.secureEl10, ...more };
}

/** Xt[43:0] is VA[55:12]; VA[63:56] repeat bit 55 in EL1&0 and are zero at EL2 and EL3. */
function address(lo: number, hi: number, signed: boolean): { lo: number; hi: number } {
  const top = (hi << 12) | (lo >>> 20);
  return { lo: lo << 12, hi: signed ? (top << 8) >> 8 : top & 0xffffff };
}

/** Xt[63:48]; with TCR_EL1.AS = 0 the upper half is ignored. */
function asidOf(core: Arm64Core, hi: number): number {
  const wide = (core.state.hi(TCR_EL1) & (1 << 4)) !== 0;
  return (hi >>> 16) & (wide ? 0xffff : 0xff);
}

/** What EL1_OFF_BY holds for the secure world; a VMID of the normal world is counted from the next number on. */
const SECURE_WORLD = 1;

/**
 * SCTLR_EL1.M changed. Stage 1 that is switched on by the world (security state and VMID) that had switched it off starts
 * from an empty TLB: hardware may drop entries at any time (D4.8.1), and software that sets up tables anew seldom
 * asks for it. A switch between worlds keeps everything.
 */
export function stage1OfEl1Switched(core: Arm64Core, on: boolean): void {
  const { state } = core;
  const nonSecure = (state.lo(SCR_EL3) & SCR_NS) !== 0;
  const world = nonSecure ? SECURE_WORLD + 1 + currentVmid(state) : SECURE_WORLD;
  if (on && state.lo(EL1_OFF_BY) === world) flush(core, el1Scope(core));
  state.setLo(EL1_OFF_BY, on ? 0 : world);
}

/** SCTLR_EL2.M or SCTLR_EL3.M changed: as {@link stage1OfEl1Switched}, in the one world that has this level. */
export function stage1Switched(core: Arm64Core, regime: RegimeNumber, on: boolean): void {
  if (on) flush(core, { regime });
}

type Scoper = (core: Arm64Core, lo: number, hi: number) => readonly Scope[];

const ALL_EL1: readonly Scope[] = [{ regime: Regime.el10 }];
const ALL_SECURE_EL1: readonly Scope[] = [{ regime: Regime.secureEl10 }];

const vmalle1: Scoper = (core) => [el1Scope(core)];
const vae1: Scoper = (core, lo, hi) => [el1Scope(core, { va: address(lo, hi, true), asid: asidOf(core, hi) })];
const vaae1: Scoper = (core, lo, hi) => [el1Scope(core, { va: address(lo, hi, true) })];
const aside1: Scoper = (core, _lo, hi) => [el1Scope(core, { asid: asidOf(core, hi) })];
const alle1: Scoper = (core) => ((core.state.lo(SCR_EL3) & SCR_NS) !== 0 ? ALL_EL1 : ALL_SECURE_EL1);
const alle2: Scoper = () => [{ regime: Regime.el2 }];
const vae2: Scoper = (_core, lo, hi) => [{ regime: Regime.el2, va: address(lo, hi, false) }];
const alle3: Scoper = () => [{ regime: Regime.el3 }];
const vae3: Scoper = (_core, lo, hi) => [{ regime: Regime.el3, va: address(lo, hi, false) }];
/**
 * By intermediate physical address: on what is kept of stage 2 alone. This CPU keeps only both stages combined, which
 * these operations need not remove (D4.10.4): software follows them with VMALLE1.
 */
const ipas2e1: Scoper = () => [];

/** What each operation removes, by name without `TLBI` and `IS`. */
const SCOPES: Readonly<Record<string, Scoper>> = {
  VMALLE1: vmalle1,
  VAE1: vae1,
  VALE1: vae1,
  VAAE1: vaae1,
  VAALE1: vaae1,
  ASIDE1: aside1,
  IPAS2E1: ipas2e1,
  IPAS2LE1: ipas2e1,
  ALLE1: alle1,
  VMALLS12E1: vmalle1,
  ALLE2: alle2,
  VAE2: vae2,
  VALE2: vae2,
  ALLE3: alle3,
  VAE3: vae3,
  VALE3: vae3,
};

/**
 * The action of an operation, by its full name. One that ends in IS reaches every CPU (all of them are in one inner shareable
 * domain); HCR_EL2.FB makes the others do so from EL1 of the normal world.
 */
export function tlbiAction(name: string): (core: Arm64Core, lo: number, hi: number) => void {
  const short = name.replace('TLBI ', '');
  const shareable = short.endsWith('IS');
  const scoper = SCOPES[shareable ? short.slice(0, -2) : short];
  return (core, lo, hi) => {
    const scopes = scoper(core, lo, hi);
    const forced = core.el === 1 && !core.secure && (core.state.lo(HCR_EL2) & HCR_FB) !== 0;
    for (const scope of scopes) {
      if (shareable || forced) for (const cpu of core.siblings) flush(cpu, scope);
      else flush(core, scope);
    }
  };
}

const HCR_FB = 1 << 9;
