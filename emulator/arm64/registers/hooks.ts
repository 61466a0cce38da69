import { ZVA_BLOCK_SIZE } from '../cache-operations.ts';
import type { Arm64Core } from '../core.ts';
import { changeProcessState } from '../exceptions.ts';
import { interruptStatus } from '../interrupts.ts';
import { conditionFlags, PState, setConditionFlags } from '../pstate.ts';
import { stage1OfEl1Switched, stage1Switched } from '../tlbi.ts';
import { Hcr, Regime, type RegimeNumber, Scr, Sctlr } from '../translation/regime.ts';
import { BIG_ENDIAN as BIG_ENDIAN_BITS, CONTROL } from './control.ts';
import { DEBUG_HOOKS } from './debug-hooks.ts';
import type { Hooks } from './handlers.ts';
import { PMU_HOOKS } from './pmu-hooks.ts';
import { Sys } from './slots.ts';
import { TIMER_HOOKS } from './timer-hooks.ts';

/** What registers do beyond holding a value, by name. */

const BIG_ENDIAN = Number(BIG_ENDIAN_BITS);

const give = (core: Arm64Core, lo: number, hi = 0): void => {
  core.valueLo = lo;
  core.valueHi = hi;
};

const pstate = (core: Arm64Core): number => core.state.lo(Sys.PSTATE);

const ALL = -1;
/** CPACR_EL1.FPEN, CPTR_ELx.TFP: what decides whether FP and Advanced SIMD instructions are lifted or trap. */
const CPACR_FPEN = 3 << 20;
const CPTR_TFP = 1 << 10;
const ALL_REGIMES: readonly RegimeNumber[] = [Regime.el10, Regime.secureEl10, Regime.el2, Regime.el3];

/** A register on some bits of which the banks of regimes depend. */
function governs(name: keyof typeof CONTROL, bitsLo: number, bitsHi: number, regimes: readonly RegimeNumber[]): Hooks {
  const slot = Sys[name];
  const { mask } = CONTROL[name];
  const maskLo = Number(BigInt.asIntN(32, mask));
  const maskHi = Number(BigInt.asIntN(32, mask >> 32n));
  return {
    actsOn: mask & ((BigInt(bitsHi >>> 0) << 32n) | BigInt(bitsLo >>> 0)),
    write: (core, lo, hi) => {
      const { state } = core;
      const changedLo = (state.lo(slot) ^ lo) & maskLo;
      const changedHi = (state.hi(slot) ^ hi) & maskHi;
      state.set(slot, state.lo(slot) ^ changedLo, state.hi(slot) ^ changedHi);
      if (((changedLo & bitsLo) | (changedHi & bitsHi)) !== 0) core.contextChanged(regimes);
    },
  };
}

/** SCTLR_ELx. @param switched called when M changes */
function sctlr(
  name: 'SCTLR_EL1' | 'SCTLR_EL2' | 'SCTLR_EL3',
  regimes: readonly RegimeNumber[],
  switched: (core: Arm64Core, on: boolean) => void,
): Hooks {
  const slot = Sys[name];
  const writable = Number(CONTROL[name].mask);
  return {
    actsOn: CONTROL[name].mask | BIG_ENDIAN_BITS,
    write: (core, lo) => {
      const { state } = core;
      const before = state.lo(slot);
      const after = (before & ~writable) | (lo & writable);
      state.setLo(slot, after);
      if (((before ^ after) & Sctlr.M) !== 0) switched(core, (after & Sctlr.M) !== 0);
      if ((lo & ~writable & BIG_ENDIAN) !== 0) core.recordGap('mode', 'big-endian data', 'Arm ARM B2.6');
      if (before !== after) core.contextChanged(regimes);
    },
  };
}

const isGuest = (core: Arm64Core): boolean => core.el === 1 && !core.secure;

/** CSSELR_EL1: level 1 data (0), level 1 instruction (1), level 2 unified (2); others read as zero. */
const CACHE_SIZES = [0x701fe00a, 0x201fe012, 0x70ffe07a];

const SCTLR_DZE = 1 << 14;
const HCR_TDZ = 1 << 28;
const DCZID_DZP = 1 << 4;

/** DCZID_EL0.DZP tells that DC ZVA would trap here. */
function zeroingProhibited(core: Arm64Core): boolean {
  if (core.el === 0 && (core.state.lo(Sys.SCTLR_EL1) & SCTLR_DZE) === 0) return true;
  return core.el < 2 && !core.secure && (core.state.lo(Sys.HCR_EL2) & HCR_TDZ) !== 0;
}

const EL1_REGIMES = [Regime.secureEl10, Regime.el10] as const;
/** ASID or VMID in a TTBR's high half. */
const ID_BITS = 0xffff << 16;

const SECURE_FETCH = governs('SCR_EL3', Scr.SIF, 0, [Regime.secureEl10, Regime.el3]);

const CONTROL_HOOKS: Readonly<Record<string, Hooks>> = {
  SCTLR_EL1: sctlr('SCTLR_EL1', EL1_REGIMES, stage1OfEl1Switched),
  SCTLR_EL2: sctlr('SCTLR_EL2', [Regime.el2], (core, on) => stage1Switched(core, Regime.el2, on)),
  SCTLR_EL3: sctlr('SCTLR_EL3', [Regime.el3], (core, on) => stage1Switched(core, Regime.el3, on)),
  TCR_EL1: governs('TCR_EL1', ALL, ALL, EL1_REGIMES),
  TCR_EL2: governs('TCR_EL2', ALL, ALL, [Regime.el2]),
  TCR_EL3: governs('TCR_EL3', ALL, ALL, [Regime.el3]),
  TTBR0_EL1: governs('TTBR0_EL1', 0, ID_BITS, EL1_REGIMES),
  TTBR1_EL1: governs('TTBR1_EL1', 0, ID_BITS, EL1_REGIMES),
  VTTBR_EL2: governs('VTTBR_EL2', 0, ID_BITS, [Regime.el10]),
  VTCR_EL2: governs('VTCR_EL2', ALL, ALL, [Regime.el10]),
  // Other bits than these route interrupts: a write is never plain.
  HCR_EL2: { write: governs('HCR_EL2', Hcr.VM | Hcr.PTW | Hcr.DC | Hcr.TGE | Hcr.TVM, 0, [Regime.el10]).write! },
  SCR_EL3: {
    write: (core, lo, hi) => {
      core.settleCounts();
      SECURE_FETCH.write?.(core, lo, hi);
      core.worldChanged();
    },
  },
  CPACR_EL1: governs('CPACR_EL1', CPACR_FPEN, 0, EL1_REGIMES),
  CPTR_EL2: governs('CPTR_EL2', CPTR_TFP, 0, [Regime.el10, Regime.el2]),
  CPTR_EL3: governs('CPTR_EL3', CPTR_TFP, 0, ALL_REGIMES),
  FPCR: { written: (core) => core.contextChanged(ALL_REGIMES) },
  RMR_EL3: {
    write: (core, lo) => {
      if ((lo & 2) !== 0) core.warmReset();
    },
  },
};

const IDENTITY_HOOKS: Readonly<Record<string, Hooks>> = {
  MIDR_EL1: {
    read: (core) => give(core, core.state.lo(isGuest(core) ? Sys.VPIDR_EL2 : Sys.MIDR_EL1)),
  },
  MPIDR_EL1: {
    read: (core) => {
      const slot = isGuest(core) ? Sys.VMPIDR_EL2 : Sys.MPIDR_EL1;
      give(core, core.state.lo(slot), core.state.hi(slot));
    },
  },
  CCSIDR_EL1: { read: (core) => give(core, CACHE_SIZES[core.state.lo(Sys.CSSELR_EL1)] ?? 0) },
  DCZID_EL0: { read: (core) => give(core, ZVA_BLOCK_SIZE | (zeroingProhibited(core) ? DCZID_DZP : 0)) },
  L2CTLR_EL1: { read: (core) => give(core, (core.siblings.length - 1) << 24) },
};

/** The registers that show process state. */
const SPECIAL_HOOKS: Readonly<Record<string, Hooks>> = {
  SP_EL0: { present: (core) => (pstate(core) & PState.SP) !== 0 },
  SPSel: {
    shows: PState.SP,
    write: (core, lo) => changeProcessState(core, (pstate(core) & ~PState.SP) | (lo & PState.SP)),
  },
  CurrentEL: { shows: PState.EL_MASK },
  DAIF: {
    shows: PState.DAIF,
    write: (core, lo) => core.state.setLo(Sys.PSTATE, (pstate(core) & ~PState.DAIF) | (lo & PState.DAIF)),
  },
  NZCV: {
    read: (core) => give(core, conditionFlags(core.state) << PState.NZCV_SHIFT),
    write: (core, lo) => setConditionFlags(core.state, lo >>> PState.NZCV_SHIFT),
  },
  ISR_EL1: { read: (core) => give(core, interruptStatus(core)) },
};

export const HOOKS: Readonly<Record<string, Hooks>> = {
  ...CONTROL_HOOKS,
  ...IDENTITY_HOOKS,
  ...SPECIAL_HOOKS,
  ...TIMER_HOOKS,
  ...DEBUG_HOOKS,
  ...PMU_HOOKS,
};
