import { FlagKind } from '../ir/ir.ts';
import { type CpuState, Slot } from '../ir/slots.ts';
import { Sys } from './registers/slots.ts';

const { PSTATE } = Sys;

/** Process state, in the layout of SPSR_ELx (Arm ARM C5.2.18). The slot PSTATE holds all of it but N, Z, C and V. */
export const PState = {
  SP: 1,
  /** M[1] of an SPSR: reserved in AArch64. */
  M1: 1 << 1,
  EL_SHIFT: 2,
  EL_MASK: 3 << 2,
  /** The state saved is AArch32. */
  nRW: 1 << 4,
  F: 1 << 6,
  I: 1 << 7,
  A: 1 << 8,
  D: 1 << 9,
  DAIF: 15 << 6,
  DAIF_SHIFT: 6,
  IL: 1 << 20,
  SS: 1 << 21,
  NZCV_SHIFT: 28,
} as const;

/** The condition flags as N=8 Z=4 C=2 V=1. */
export function conditionFlags(state: CpuState): number {
  state.packFlags();
  return state.lo(Slot.FLAGS) & 15;
}

/** Sets the condition flags, N=8 Z=4 C=2 V=1. */
export function setConditionFlags(state: CpuState, nzcv: number): void {
  state.setLo(Slot.FLAG_KIND, FlagKind.packed);
  state.setLo(Slot.FLAGS, nzcv & 15);
}

/** The whole process state as an SPSR would save it. */
export function processState(state: CpuState): number {
  return state.lo(PSTATE) | (conditionFlags(state) << PState.NZCV_SHIFT);
}
