/** Ground truth of an escape from a guest: its own code runs at EL2. */
import { type Stage1Registers, translate } from '../vmi/arm64/walk.ts';
import { GUEST_RAM_BYTES, GUEST0_RAM } from './layout.ts';
import { type CpuView, type MachineView, readU64, type Truth } from './truth.ts';

const SCTLR_M = 1n;
/** EL2 has no stage 2. */
const FLAT = { vttbr: 0n, vtcr: 0n, enabled: false } as const;

/** Physical address of the instruction that a CPU is about to run at EL2, or undefined where it is not there. */
function el2Instruction(view: MachineView, cpu: CpuView): number | undefined {
  if (cpu.level !== 2 || cpu.secure) return undefined;
  const stage1: Stage1Registers = {
    ttbr0: cpu.register('TTBR0_EL2'),
    ttbr1: 0n,
    tcr: cpu.register('TCR_EL2'),
    enabled: (cpu.register('SCTLR_EL2') & SCTLR_M) !== 0n,
  };
  return translate((at) => readU64(view, at), stage1, FLAT, cpu.pc);
}

function inGuest0(pa: number | undefined): boolean {
  return pa !== undefined && pa >= GUEST0_RAM && pa < GUEST0_RAM + GUEST_RAM_BYTES;
}

/**
 * Sampled: a CPU at EL2 is at an instruction that stands in guest 0's RAM. The payload attempts nothing else, so where it
 * ran and that was never seen, it was stopped, by the VMM itself or by who watches it.
 */
export const escaped: Truth = {
  interval: 1_000,
  observe() {
    let seen = false;
    return {
      sample(view) {
        if (!seen && view.firstHostileInstruction !== undefined)
          seen = view.cpus.some((cpu) => inGuest0(el2Instruction(view, cpu)));
        return seen;
      },
      conclude: (view) => (seen ? 'succeeded' : view.firstHostileInstruction === undefined ? 'no-effect' : 'blocked'),
    };
  },
};
