import { type CpuState, Slot } from '../ir/slots.ts';
import { PState } from './pstate.ts';
import { REGISTERS, Sys, slotOf } from './registers/slots.ts';
import { Scr } from './translation/regime.ts';

/** Where a CPU starts. */
export interface ResetTarget {
  readonly entry: bigint;
  readonly el: 1 | 2 | 3;
  /** Security state of a level below EL3. */
  readonly secure: boolean;
}

const MPIDR_RES1 = 0x80000000;
/** CPUs of a cluster: the affinity level 0 counts to 7 (as QEMU numbers CPUs under GICv2). */
const CLUSTER = 8;

/** MPIDR_EL1 of a CPU by number. */
export function affinity(number: number): number {
  return (number % CLUSTER) | (Math.floor(number / CLUSTER) << 8);
}

/** All registers as after power-on, then what firmware above `target.el` would have set up (Arm ARM D1.9). */
export function resetRegisters(state: CpuState, number: number, target: ResetTarget): void {
  for (let slot = 0; slot < Slot.TEMP; slot++) state.set(slot, 0, 0);
  for (let slot = Slot.VECTOR; slot < Slot.VECTOR + 64; slot++) state.set(slot, 0, 0);
  const wires = state.lo(Sys.WIRES);
  for (const [name, row] of Object.entries(REGISTERS)) state.setBig(slotOf(name), row.reset);
  state.set(Sys.EVENT_REGISTER, 0, 0);
  state.set(Sys.SP_EL3, 0, 0);
  state.setLo(Sys.WIRES, wires);
  const mpidr = MPIDR_RES1 | affinity(number);
  state.set(Sys.MPIDR_EL1, mpidr, 0);
  state.set(Sys.VMPIDR_EL2, mpidr, 0);
  state.set(Slot.EXCLUSIVE_ADDRESS, -1, -1);
  state.setBig(Slot.PC, target.entry);
  if (target.el === 3) state.setBig(Sys.RVBAR_EL3, target.entry);
  else {
    const ns = target.secure ? 0 : Scr.NS;
    state.setLo(Sys.SCR_EL3, state.lo(Sys.SCR_EL3) | ns | Scr.HCE);
  }
  state.set(Sys.PSTATE, PState.DAIF | (target.el << PState.EL_SHIFT) | PState.SP, 0);
}
