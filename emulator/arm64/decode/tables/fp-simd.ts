/**
 * Floating point and Advanced SIMD: Arm ARM C4.1.4 (loads and stores) and C4.1.6. Each leaves to `SystemCall.fpSimd`,
 * which applies the traps of CPACR_EL1 and CPTR_ELx.
 */
import { systemCallEnds } from '../../lift/system.ts';
import { SystemCall } from '../../system-calls.ts';
import { type Encoding, row } from '../encoding.ts';

const fpSimd = systemCallEnds(SystemCall.fpSimd);

export const FP_SIMD: readonly Encoding[] = [
  row('Data processing, scalar floating point and Advanced SIMD', 'xxx x111 xxxxxxxxxxxxxxxxxxxxxxxxx', fpSimd),
];
