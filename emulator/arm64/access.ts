import type { Arm64Core } from './core.ts';
import { countTrap } from './counting.ts';
import { takeTrap, undefinedInstruction } from './exceptions.ts';
import { HANDLER_BY_ENCODING, HANDLERS, type Handler, type TrapTest } from './registers/handlers.ts';
import { genericName } from './registers/row.ts';
import { EC, systemIss } from './syndrome.ts';

/** MRS, MSR (register), SYS and SYSL: look up, check the level, check the traps, perform (Arm ARM D12.1). */

const RT_MASK = 31;
const ZERO_REGISTER = 31;

/** Takes the exception of the first trap that applies. @returns true if one did */
export function trapped(core: Arm64Core, tests: readonly TrapTest[], word: number): boolean {
  const el = core.el;
  for (const t of tests) {
    if (((t.from >> el) & 1) === 0 || !(core.secure ? t.secure : t.nonSecure)) continue;
    const bits = (t.high ? core.state.hi(t.slot) : core.state.lo(t.slot)) & t.mask;
    if ((bits === 0) !== t.ifZero) continue;
    takeTrap(core, t.to, t.ec, t.ec === EC.SYSTEM ? systemIss(word) : FP_ISS);
    countTrap(core, t.ec === EC.SYSTEM ? (word >>> 5) & 0xffff : FP_ACCESS, accessName);
    return true;
  }
  return false;
}

/** MSR (immediate) has op0 = 0; of those only the ones to DAIF trap. */
const IMMEDIATE_OP0 = 0;

/** Stands for FP and Advanced SIMD where an encoding stands otherwise: an encoding that is no register. */
const FP_ACCESS = 0;

/** What an instruction accesses, as the manual names it. */
function accessName(at: number): string {
  if (at === FP_ACCESS) return 'FP';
  if (at >>> 14 === IMMEDIATE_OP0) return 'DAIF';
  const index = HANDLER_BY_ENCODING[at];
  return index === 0 ? genericName(at) : HANDLERS[index].name;
}

/** CV = 1, COND = AL. */
const FP_ISS = (1 << 24) | (14 << 20);

/** The handler of an encoding, or undefined after the Unknown exception was taken (and the gap recorded). */
function find(core: Arm64Core, word: number): Handler | undefined {
  const at = (word >>> 5) & 0xffff;
  const index = HANDLER_BY_ENCODING[at];
  if (index !== 0) return HANDLERS[index];
  if (implementationDefinedTrap(core, at, word)) return undefined;
  core.recordGap('register', genericName(at), 'Arm ARM D12.1');
  undefinedInstruction(core);
  return undefined;
}

/** HCR_EL2.TIDCP traps the IMPLEMENTATION DEFINED space (op0 1 or 3, CRn 11 or 15) even where nothing stands. */
function implementationDefinedTrap(core: Arm64Core, at: number, word: number): boolean {
  const crn = (at >> 7) & 15;
  if ((crn !== 11 && crn !== 15) || ((at >> 14) & 1) === 0) return false;
  return trapped(core, HANDLERS[HANDLER_BY_ENCODING[IMPLEMENTATION_DEFINED_EXAMPLE]].writeTraps, word);
}
/** CPUACTLR_EL1, a register whose traps are those of the whole space. */
const IMPLEMENTATION_DEFINED_EXAMPLE = (3 << 14) | (1 << 11) | (15 << 7) | (2 << 3);

/** MRS, SYSL. */
export function readSystemRegister(core: Arm64Core, word: number): void {
  const h = find(core, word);
  if (h === undefined) return;
  if (core.el < h.readFrom || (h.present !== undefined && !h.present(core))) {
    undefinedInstruction(core);
    return;
  }
  if (h.readTraps.length !== 0 && trapped(core, h.readTraps, word)) return;
  const rt = word & RT_MASK;
  const { state } = core;
  if (h.read !== undefined) {
    h.read(core);
    if (rt !== ZERO_REGISTER) state.set(rt, core.valueLo, core.valueHi);
  } else if (rt !== ZERO_REGISTER) state.copy(rt, h.slot);
}

/** MSR (register), SYS. */
export function writeSystemRegister(core: Arm64Core, word: number): void {
  const h = find(core, word);
  if (h === undefined) return;
  if (core.el < h.writeFrom || (h.present !== undefined && !h.present(core))) {
    undefinedInstruction(core);
    return;
  }
  if (h.writeTraps.length !== 0 && trapped(core, h.writeTraps, word)) return;
  const rt = word & RT_MASK;
  const zero = rt === ZERO_REGISTER;
  if (h.event !== undefined) core.counts.add(h.event);
  store(core, h, zero ? 0 : core.state.lo(rt), zero ? 0 : core.state.hi(rt));
}

/** Writes a register past levels and traps. */
export function store(core: Arm64Core, h: Handler, lo: number, hi: number): void {
  if (h.write !== undefined) {
    h.write(core, lo, hi);
    return;
  }
  const { state } = core;
  state.set(h.slot, (state.lo(h.slot) & ~h.maskLo) | (lo & h.maskLo), (state.hi(h.slot) & ~h.maskHi) | (hi & h.maskHi));
  if (h.written !== undefined) h.written(core);
}
