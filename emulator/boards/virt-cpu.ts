import type { Arm64Core } from '../arm64/core.ts';
import { slotOf } from '../arm64/registers/slots.ts';
import type { ResetTarget } from '../arm64/reset.ts';
import type { BoardShape } from './virt-boot.ts';

/** Exception level fields of ID_AA64PFR0_EL1 (Arm ARM D12.2.53). */
const PFR0_EL2 = 0xf << 8;
const PFR0_EL3 = 0xf << 12;

const ID_AA64PFR0_EL1 = slotOf('ID_AA64PFR0_EL1');

/** Resets a CPU and starts it; its ID registers claim the levels that the board has. */
export function startCpu(core: Arm64Core, target: ResetTarget, shape: BoardShape): void {
  core.reset(target);
  core.redirected = false;
  const absent = (shape.secure ? 0 : PFR0_EL3) | (shape.virtualization ? 0 : PFR0_EL2);
  core.state.setLo(ID_AA64PFR0_EL1, core.state.lo(ID_AA64PFR0_EL1) & ~absent);
}
