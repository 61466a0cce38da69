import { runsGuest } from '../guest.ts';
import { foreignValue } from '../truth.ts';

/** VTTBR_EL2.BADDR; the VMID above it is no part of the root. */
const ROOT = 0x0000_ffff_ffff_fffen;
const HCR_VM = 1n;

/** Sampled: the root in force while guest instructions run. */
export const truth = foreignValue(5_000, (cpu) =>
  runsGuest(cpu) && (cpu.register('HCR_EL2') & HCR_VM) !== 0n ? cpu.register('VTTBR_EL2') & ROOT : undefined,
);
