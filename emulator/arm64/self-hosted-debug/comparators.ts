import type { Arm64Core } from '../core.ts';
import { BREAKPOINTS, CONTEXT_BREAKPOINTS, WATCHPOINTS } from '../registers/debug.ts';
import { Sys, slotOf } from '../registers/slots.ts';
import { currentVmid } from '../translation/contexts.ts';

/** What breakpoints and watchpoints match (Arm ARM D2.9, D2.10, shared pseudocode `AArch64.BreakpointMatch` and `WatchpointMatch`). */

const ENABLE = 1;
/** Fields of DBGBCR<n>_EL1 and DBGWCR<n>_EL1. HMC, SSC and LBN stand at the same place in both. */
const privilegeOf = (control: number): number => (control >>> 1) & 3;
const highModeOf = (control: number): number => (control >>> 13) & 1;
const securityOf = (control: number): number => (control >>> 14) & 3;
const linkOf = (control: number): number => (control >>> 16) & 15;
const typeOf = (control: number): number => (control >>> 20) & 15;
const loadStoreOf = (control: number): number => (control >>> 3) & 3;
const bytesOf = (control: number): number => (control >>> 5) & 0xff;
const isLinkedWatchpoint = (control: number): boolean => ((control >>> 20) & 1) !== 0;
const maskOf = (control: number): number => (control >>> 24) & 31;

/** DBGBCR<n>_EL1.BT, less its lowest bit, which says that the breakpoint is linked. Mismatches are AArch32's alone. */
const Type = { address: 0, context: 2, vmid: 8, vmidAndContext: 10 } as const;
const LINKED = 1;

interface Comparator {
  readonly control: number;
  readonly value: number;
}
const comparator = (kind: 'B' | 'W', n: number): Comparator => ({
  control: slotOf(`DBG${kind}CR${n}_EL1`),
  value: slotOf(`DBG${kind}VR${n}_EL1`),
});
const BREAK = Array.from({ length: BREAKPOINTS }, (_, n) => comparator('B', n));
const WATCH = Array.from({ length: WATCHPOINTS }, (_, n) => comparator('W', n));
/** Context-aware breakpoints are those with the highest numbers. */
const FIRST_CONTEXT_AWARE = BREAKPOINTS - CONTEXT_BREAKPOINTS;

/** HMC, SSC and PMC or PAC as one number of 5 bits. */
const stateControl = (control: number): number =>
  (highModeOf(control) << 4) | (securityOf(control) << 2) | privilegeOf(control);
/** Reserved combinations, which never match here, one of the behaviours that D2.9.3 allows. */
const RESERVED = new Set(
  Array.from({ length: 32 }, (_, bits) => bits).filter((bits) => {
    const [hmc, ssc, pxc] = [bits >> 4, (bits >> 2) & 3, bits & 3];
    if (hmc === 0) return ssc === 3 || pxc === 0;
    if (ssc === 0 || ssc === 1) return (pxc & 1) === 0;
    return ssc === 2 ? pxc === 2 : pxc !== 0;
  }),
);

/** `AArch64.StateMatch` without the link. @param user the access is made with EL0's permissions (LDTR) */
function stateMatches(core: Arm64Core, control: number, user: boolean): boolean {
  if (RESERVED.has(stateControl(control))) return false;
  const high = highModeOf(control) === 1;
  const ssc = securityOf(control);
  const pxc = privilegeOf(control);
  const byLevel = [(pxc & 2) !== 0, (pxc & 1) !== 0, high, high && (ssc & 1) === 0];
  if (!byLevel[user ? 0 : core.el]) return false;
  return ssc === 0 || ssc === 3 || (ssc === 2) === core.secure;
}

/** `BreakpointValueMatch` of the types that compare a context. */
function contextMatches(core: Arm64Core, { control, value }: Comparator): boolean {
  const { state } = core;
  if (core.el > 1) return false;
  const type = typeOf(state.lo(control)) & ~LINKED;
  const context = state.lo(Sys.CONTEXTIDR_EL1) === state.lo(value);
  const vmid = !core.secure && currentVmid(state) === (state.hi(value) & 0xff);
  if (type === Type.context) return context;
  if (type === Type.vmid) return vmid;
  return type === Type.vmidAndContext && context && vmid;
}

/** The linked breakpoint of an address comparator matches: it must be context-aware, enabled and of a linked type. */
function linkMatches(core: Arm64Core, control: number): boolean {
  const link = linkOf(control);
  if (link < FIRST_CONTEXT_AWARE || link >= BREAKPOINTS) return false;
  const linked = core.state.lo(BREAK[link].control);
  if ((linked & ENABLE) === 0 || (typeOf(linked) & LINKED) === 0) return false;
  return contextMatches(core, BREAK[link]);
}

/** What breakpoints ask of the instructions of the current context. */
export const Reach = { nothing: 0, somePages: 1, everywhere: 2 } as const;
export type ReachKind = 0 | 1 | 2;

/** How far the breakpoints reach that may match at the current level. */
export function breakpointReach(core: Arm64Core): ReachKind {
  let reach: ReachKind = Reach.nothing;
  BREAK.forEach(({ control }, n) => {
    const word = core.state.lo(control);
    if ((word & ENABLE) === 0 || !stateMatches(core, word, false)) return;
    const type = typeOf(word);
    if ((type & ~LINKED) === Type.address) reach = Math.max(reach, Reach.somePages) as ReachKind;
    else if ((type & LINKED) === 0 && n >= FIRST_CONTEXT_AWARE) reach = Reach.everywhere;
  });
  return reach;
}

/** An enabled address breakpoint lies in the page of an address. */
export function breakpointInPage(core: Arm64Core, pcLo: number, pcHi: number): boolean {
  const { state } = core;
  return BREAK.some(
    ({ control, value }) =>
      (state.lo(control) & ENABLE) !== 0 &&
      (typeOf(state.lo(control)) & ~LINKED) === Type.address &&
      ((state.lo(value) ^ pcLo) & ~0xfff) === 0 &&
      sameHigh(state.hi(value), pcHi),
  );
}

/** A comparator holds bits 48:2 of an address; the rest are copies of bit 48. */
function sameHigh(value: number, vaHi: number): boolean {
  return ((value ^ vaHi) & 0x1ffff) === 0;
}

/** A breakpoint matches the instruction at an address: `AArch64.BreakpointMatch` of any. */
export function breakpointMatches(core: Arm64Core, pcLo: number, pcHi: number): boolean {
  const { state } = core;
  return BREAK.some((own, n) => {
    const control = state.lo(own.control);
    if ((control & ENABLE) === 0 || !stateMatches(core, control, false)) return false;
    const type = typeOf(control);
    if ((type & ~LINKED) !== Type.address)
      return (type & LINKED) === 0 && n >= FIRST_CONTEXT_AWARE && contextMatches(core, own);
    if (((state.lo(own.value) ^ pcLo) & ~3) !== 0 || !sameHigh(state.hi(own.value), pcHi)) return false;
    return (type & LINKED) === 0 || linkMatches(core, control);
  });
}

const TWO_32 = 0x1_0000_0000;
const ADDRESS_MODULUS = 2 ** 49;

/** Bits 48:0 of an address as a number. */
function low49(lo: number, hi: number): number {
  return (hi & 0x1ffff) * TWO_32 + (lo >>> 0);
}

interface Range {
  readonly start: number;
  readonly bytes: number;
}

/** The aligned stretch in which a watchpoint may match, or undefined where its fields contradict each other. */
function stretchOf(core: Arm64Core, { control, value }: Comparator): Range | undefined {
  const word = core.state.lo(control);
  const at = low49(core.state.lo(value), core.state.hi(value));
  const mask = maskOf(word);
  if (mask === 0) {
    const bytes = (at & 4) !== 0 ? 4 : 8;
    return { start: at - (at % bytes), bytes };
  }
  // MASK of 1 and 2 is reserved, and BAS must be all ones (D2.10.4): such a watchpoint never matches here.
  if (mask < 3 || bytesOf(word) !== 0xff) return undefined;
  const bytes = 2 ** mask;
  return { start: at - (at % bytes), bytes };
}

/** Some enabled watchpoint looks at the page of an address: no access there may take the fast way. */
export function watchedPage(core: Arm64Core, vaLo: number, vaHi: number): boolean {
  const page = low49(vaLo & ~0xfff, vaHi);
  return WATCH.some((own) => {
    if ((core.state.lo(own.control) & ENABLE) === 0) return false;
    const range = stretchOf(core, own);
    return range !== undefined && range.start < page + 4096 && page < range.start + range.bytes;
  });
}

/** Any watchpoint is enabled, whether or not it may match now. */
export function anyWatchpoint(core: Arm64Core): boolean {
  return WATCH.some(({ control }) => (core.state.lo(control) & ENABLE) !== 0);
}

/**
 * Where a watchpoint matches an access: the distance from its address to the first byte that matches, or -1.
 * @param user the access is made with EL0's permissions (LDTR, STTR)
 */
export function watchpointHit(
  core: Arm64Core,
  vaLo: number,
  vaHi: number,
  bytes: number,
  write: boolean,
  user: boolean,
): number {
  const at = low49(vaLo, vaHi);
  let first = -1;
  for (const own of WATCH) {
    const control = core.state.lo(own.control);
    if ((control & ENABLE) === 0 || (loadStoreOf(control) & (write ? 2 : 1)) === 0) continue;
    const range = stretchOf(core, own);
    if (range === undefined) continue;
    for (let i = 0; i < bytes && (first < 0 || i < first); i++) {
      const byte = ((at + i) % ADDRESS_MODULUS) - range.start;
      if (byte < 0 || byte >= range.bytes || (range.bytes <= 8 && ((bytesOf(control) >> byte) & 1) === 0)) continue;
      if (stateMatches(core, control, user) && (!isLinkedWatchpoint(control) || linkMatches(core, control))) first = i;
      break;
    }
  }
  return first;
}
