import { Slot } from '../../ir/slots.ts';
import type { Arm64Core } from '../core.ts';
import { takeException, takeFault } from '../exceptions.ts';
import { isLoadExclusive } from '../load-store.ts';
import { PState } from '../pstate.ts';
import { Sys } from '../registers/slots.ts';
import { AbortIss, EC, syndrome } from '../syndrome.ts';
import {
  anyWatchpoint,
  breakpointInPage,
  breakpointMatches,
  breakpointReach,
  Reach,
  type ReachKind,
  watchedPage,
  watchpointHit,
} from './comparators.ts';
import { debugTarget, Mdscr, masked, possibleFrom } from './enables.ts';

const { DEBUG_STEP, MDSCR_EL1, PSTATE } = Sys;

/** How far the engine may run before it asks {@link SelfHostedDebug.enter} again. */
export const Pace = { free: 0, block: 1, instruction: 2 } as const;
export type PaceKind = 0 | 1 | 2;

/** Bits of slot DEBUG_STEP: an instruction is being stepped; one was, and it was a load-exclusive. */
const Step = { running: 1, stepped: 2, exclusive: 4 } as const;
/** IFSC and DFSC of a debug exception; ISV and EX of a software step's ISS (D12.2.36). */
const DEBUG_STATUS = 0x22;
const STEP_ISV = 1 << 24;
const STEP_EX = 1 << 6;
/** Either makes debug exceptions possible. */
const ANY = Mdscr.SS | Mdscr.MDE;

/**
 * Self-hosted debug (Arm ARM D2): software step, breakpoints and watchpoints of one CPU. While MDSCR_EL1 enables none of
 * them, all of it is one test of {@link active}.
 */
export class SelfHostedDebug {
  /** Something may have to be done before the next instruction. */
  active = false;
  /** An enabled watchpoint keeps pages off the fast way. */
  watching = false;
  pace: PaceKind = Pace.free;
  private stepping = false;
  private reach: ReachKind = Reach.nothing;
  private readonly core: Arm64Core;

  constructor(core: Arm64Core) {
    this.core = core;
  }

  /** The level or the world changed: what was stepped is over. */
  levelChanged(): void {
    if (this.idle) return;
    this.core.state.setLo(DEBUG_STEP, 0);
    this.update();
  }

  /** HCR_EL2 may have changed, which decides where debug exceptions go. */
  contextChanged(): void {
    if (!this.idle) this.update();
  }

  /** Nothing is enabled, so that translated code may change levels by itself. */
  get idle(): boolean {
    return !this.active && (this.core.state.lo(MDSCR_EL1) & ANY) === 0;
  }

  /** A register changed on which debug exceptions depend. */
  update(): void {
    const { core } = this;
    const enables = core.state.lo(MDSCR_EL1);
    if ((enables & ANY) !== 0) core.watchLevels();
    const possible = (enables & ANY) !== 0 && possibleFrom(core, core.el, core.secure);
    this.stepping = possible && (enables & Mdscr.SS) !== 0;
    this.reach = possible && (enables & Mdscr.MDE) !== 0 ? breakpointReach(core) : Reach.nothing;
    this.active = this.stepping || this.reach !== Reach.nothing;
    if (!this.active) this.pace = Pace.free;
    if (!this.stepping) core.state.setLo(DEBUG_STEP, 0);
  }

  /** Works out again what is derived from the registers. */
  reload(): void {
    this.update();
    this.watching = anyWatchpoint(this.core);
  }

  /** A watchpoint was written: pages that it looks at, or looked at, lose their fast way. */
  watchpointsChanged(): void {
    this.watching = anyWatchpoint(this.core);
    if (this.watching) this.core.tlb.disarmAll();
  }

  private get masked(): boolean {
    const { core } = this;
    return masked(core, core.el, core.secure, core.state.lo(PSTATE));
  }

  /** An instruction that is being stepped has ended without an exception: software step is active-pending (D2.12.3). */
  instructionEnded(): void {
    const { state } = this.core;
    const step = state.lo(DEBUG_STEP);
    if ((step & Step.running) === 0) return;
    state.setLo(PSTATE, state.lo(PSTATE) & ~PState.SS);
    state.setLo(DEBUG_STEP, (step & Step.exclusive) | Step.stepped);
  }

  /** SVC, HVC and SMC end before their exception is taken: `SSAdvance`. */
  advance(): void {
    if (this.stepping && !this.masked) this.core.state.setLo(PSTATE, this.core.state.lo(PSTATE) & ~PState.SS);
  }

  /** Takes the Software Step exception if it is pending. It goes before all others of the instruction (D1.13.2). */
  takeStep(): boolean {
    const { core } = this;
    const { state } = core;
    // Whatever clears PSTATE.D comes back here before the next instruction.
    this.pace = this.masked ? Pace.free : this.stepping ? Pace.instruction : Pace.block;
    if (this.pace !== Pace.instruction) return false;
    if ((state.lo(PSTATE) & PState.SS) !== 0) {
      state.setLo(DEBUG_STEP, Step.running | (isLoadExclusive(core.instructionWord()) ? Step.exclusive : 0));
      return false;
    }
    const step = state.lo(DEBUG_STEP);
    const known = (step & Step.stepped) !== 0;
    const iss = DEBUG_STATUS | (known ? STEP_ISV : 0) | (known && (step & Step.exclusive) !== 0 ? STEP_EX : 0);
    this.take(EC.SOFTWARE_STEP_LOWER, EC.SOFTWARE_STEP, iss);
    return true;
  }

  /** Whether a breakpoint stands at the program counter; the fetch itself goes first. */
  atBreakpoint(): boolean {
    if (this.reach === Reach.nothing || this.pace === Pace.free) return false;
    const { core } = this;
    const pcLo = core.state.lo(Slot.PC);
    const pcHi = core.state.hi(Slot.PC);
    if (this.reach === Reach.everywhere || breakpointInPage(core, pcLo, pcHi)) this.pace = Pace.instruction;
    return breakpointMatches(core, pcLo, pcHi);
  }

  takeBreakpoint(): void {
    this.take(EC.BREAKPOINT_LOWER, EC.BREAKPOINT, DEBUG_STATUS);
  }

  /** An access to this page must not take the fast way. */
  watches(vaLo: number, vaHi: number): boolean {
    return this.watching && watchedPage(this.core, vaLo, vaHi);
  }

  /**
   * Takes the Watchpoint exception if one matches an access that has been translated.
   * @param cacheMaintenance the access is a DC's
   */
  takeWatchpoint(
    vaLo: number,
    vaHi: number,
    bytes: number,
    write: boolean,
    user: boolean,
    cacheMaintenance: boolean,
  ): boolean {
    const { core } = this;
    if ((core.state.lo(MDSCR_EL1) & Mdscr.MDE) === 0 || !possibleFrom(core, core.el, core.secure) || this.masked)
      return false;
    const at = watchpointHit(core, vaLo, vaHi, bytes, write, user);
    if (at < 0) return false;
    const lo = (vaLo >>> 0) + at;
    const iss = DEBUG_STATUS | (write ? AbortIss.WnR : 0) | (cacheMaintenance ? AbortIss.CM : 0);
    const target = debugTarget(core, core.secure);
    const ec = target > core.el ? EC.WATCHPOINT_LOWER : EC.WATCHPOINT;
    takeFault(core, target, syndrome(ec, iss), lo | 0, (vaHi + (lo > 0xffffffff ? 1 : 0)) | 0);
    return true;
  }

  private take(fromLower: number, fromSame: number, iss: number): void {
    const { core } = this;
    const target = debugTarget(core, core.secure);
    takeException(core, target, syndrome(target > core.el ? fromLower : fromSame, iss));
  }
}
