import { EntryFlag, type TlbBank } from '../memory/tlb.ts';
import type { Arm64Core } from './core.ts';
import { Sys } from './registers/slots.ts';
import { currentVmid } from './translation/contexts.ts';
import { Regime, type RegimeNumber } from './translation/regime.ts';

const { EL1_OFF_BY, HCR_EL2, SCR_EL3, TCR_EL1 } = Sys;

/** TLB maintenance (Arm ARM D4.10). A bank holds one regime, VMID and ASID, so most operations choose banks. */

/** Any VMID, any ASID. */
const ANY = -1;

/** Which banks and entries go: one object, filled for each operation. */
class Scope {
  regime: RegimeNumber = Regime.el10;
  /** Only banks of this VMID, or of {@link ANY}. */
  vmid = ANY;
  /** Only entries of this ASID, or of {@link ANY}; where an address is given, global ones of any bank too. */
  asid = ANY;
  /** Only the translation of this address. */
  byAddress = false;
  vaLo = 0;
  vaHi = 0;

  /** Everything of a regime. */
  all(regime: RegimeNumber): this {
    this.regime = regime;
    this.vmid = ANY;
    this.asid = ANY;
    this.byAddress = false;
    return this;
  }

  /** EL1 operations: on the security state of SCR_EL3.NS, and there on the current VMID. */
  el1(core: Arm64Core): this {
    if ((core.state.lo(SCR_EL3) & SCR_NS) === 0) return this.all(Regime.secureEl10);
    this.all(Regime.el10);
    this.vmid = currentVmid(core.state);
    return this;
  }

  ofAsid(asid: number): this {
    this.asid = asid;
    return this;
  }

  /** Xt[43:0] is VA[55:12]; VA[63:56] repeat bit 55 in EL1&0 and are zero at EL2 and EL3. */
  ofAddress(lo: number, hi: number): this {
    const top = (hi << 12) | (lo >>> 20);
    this.byAddress = true;
    this.vaLo = lo << 12;
    this.vaHi = this.regime < Regime.el2 ? (top << 8) >> 8 : top & 0xffffff;
    return this;
  }
}

const SCR_NS = 1;
const scope = new Scope();

function flushBank(bank: TlbBank): void {
  const { asid } = scope;
  const mine = asid === ANY || bank.key.asid === asid;
  // By ASID: what is global stays (D4.10.2).
  if (!scope.byAddress) {
    if (asid === ANY) bank.flush();
    else if (mine) bank.flush(EntryFlag.global, 0);
  } else if (mine) bank.flushAddress(scope.vaLo, scope.vaHi);
  else bank.flushAddress(scope.vaLo, scope.vaHi, EntryFlag.global, EntryFlag.global);
}

/** Removes what {@link scope} says. */
function flush(core: Arm64Core): void {
  const { regime, vmid } = scope;
  const { banks, inUse } = core.tlb;
  for (let i = 0; i < inUse; i++) {
    const bank = banks[i];
    const { key } = bank;
    if (key.regime === regime && (vmid === ANY || key.vmid === vmid)) flushBank(bank);
  }
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
  if (on && state.lo(EL1_OFF_BY) === world) {
    scope.el1(core);
    flush(core);
  }
  state.setLo(EL1_OFF_BY, on ? 0 : world);
}

/** SCTLR_EL2.M or SCTLR_EL3.M changed: as {@link stage1OfEl1Switched}, in the one world that has this level. */
export function stage1Switched(core: Arm64Core, regime: RegimeNumber, on: boolean): void {
  if (!on) return;
  scope.all(regime);
  flush(core);
}

/** Fills {@link scope} with what an operation removes. */
type Scoper = (core: Arm64Core, lo: number, hi: number) => Scope;

const vmalle1: Scoper = (core) => scope.el1(core);
const vae1: Scoper = (core, lo, hi) => scope.el1(core).ofAddress(lo, hi).ofAsid(asidOf(core, hi));
const vaae1: Scoper = (core, lo, hi) => scope.el1(core).ofAddress(lo, hi);
const aside1: Scoper = (core, _lo, hi) => scope.el1(core).ofAsid(asidOf(core, hi));
const alle1: Scoper = (core) => scope.all((core.state.lo(SCR_EL3) & SCR_NS) !== 0 ? Regime.el10 : Regime.secureEl10);
const alle2: Scoper = () => scope.all(Regime.el2);
const vae2: Scoper = (_core, lo, hi) => scope.all(Regime.el2).ofAddress(lo, hi);
const alle3: Scoper = () => scope.all(Regime.el3);
const vae3: Scoper = (_core, lo, hi) => scope.all(Regime.el3).ofAddress(lo, hi);

/**
 * What each operation removes, by name without `TLBI` and `IS`. Those by intermediate physical address are not here: they work on
 * what is kept of stage 2 alone, and this CPU keeps only both stages combined, which they need not remove (D4.10.4):
 * software follows them with VMALLE1.
 */
const SCOPES: Readonly<Record<string, Scoper>> = {
  VMALLE1: vmalle1,
  VAE1: vae1,
  VALE1: vae1,
  VAAE1: vaae1,
  VAALE1: vaae1,
  ASIDE1: aside1,
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
  if (scoper === undefined) return () => {};
  return (core, lo, hi) => {
    scoper(core, lo, hi);
    const held = core.holdsOwnCode();
    const forced = core.el === 1 && !core.secure && (core.state.lo(HCR_EL2) & HCR_FB) !== 0;
    if (shareable || forced) for (const cpu of core.siblings) flush(cpu);
    else flush(core);
    if (held && !core.holdsOwnCode()) core.fetchAgain();
  };
}

const HCR_FB = 1 << 9;
