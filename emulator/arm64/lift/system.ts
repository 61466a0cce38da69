/** Exception generation, system instructions, hints and barriers (Arm ARM C4.1.3): most leave to `SystemCall`. */
import type { OpExpr } from '../../ir/ir.ts';
import { Slot } from '../../ir/slots.ts';
import type { Lift } from '../decode/encoding.ts';
import { Rt } from '../decode/fields.ts';
import { SystemCall, type SystemCallNumber } from '../system-calls.ts';
import { binary, int, NOTHING, readZR, set, system, widen, writeZR } from './build.ts';

/** A system operation after which the block goes on. */
export const systemCall =
  (call: SystemCallNumber): Lift =>
  (word) =>
    system(call, word, false);

/** A system operation that redirects, or after which translated code may mean something else. */
export const systemCallEnds =
  (call: SystemCallNumber): Lift =>
  (word) =>
    system(call, word, true);

/**
 * Does nothing here: hints without a meaning on ARMv8.0, prefetches, DMB and DSB, since accesses are performed in program order and
 * one CPU runs at a time, and ISB, since whatever changes what instructions mean ends its block by itself.
 */
export const nothing: Lift = () => NOTHING;

/** An encoding that the manual leaves unallocated. */
export const unallocated: Lift = systemCallEnds(SystemCall.undefined);

/** CLREX. */
export const clearExclusive: Lift = () => [set(Slot.EXCLUSIVE_ADDRESS, int(-1, 64))];

/** Where the four flags lie in NZCV. */
const NZCV_SHIFT = 28;

const CURRENT_FLAGS: OpExpr = { kind: 'op', op: 'flags', width: 32, source: 32, args: [] };

/** MRS of NZCV. */
export const readNzcv: Lift = (word) =>
  writeZR(Rt(word), widen('zx32', binary('shl', CURRENT_FLAGS, int(NZCV_SHIFT, 32))));

/** MSR of NZCV. */
export const writeNzcv: Lift = (word) => [
  { kind: 'setFlags', value: binary('shru', readZR(Rt(word), 32), int(NZCV_SHIFT, 32)) },
];
