/**
 * Cache maintenance without leaving translated code (Arm ARM C5.3): memory here is coherent, so that it comes down to the
 * traps, to whether the address may be reached, and to the zeros of DC ZVA. `cache-operations.ts` does all else.
 */

import { ZVA_BLOCK_SIZE } from '../cache-operations.ts';
import type { Lift } from '../decode/encoding.ts';
import { Rt } from '../decode/fields.ts';
import { handlerNamed } from '../registers/handlers.ts';
import { SystemCall } from '../system-calls.ts';
import { int, readZR, system, writeZR } from './build.ts';
import { handlerOf, levelOf, trapChecks } from './traps.ts';

const line =
  (zero: boolean): Lift =>
  (word, site) => {
    const call = SystemCall.sys;
    const address = readZR(Rt(word), 64);
    return [...trapChecks(handlerOf(word).writeTraps, site, word, call), { kind: 'line', zero, address, call, word }];
  };

/** DC ZVA. */
export const zeroLine = line(true);
/** DC CVAC, CVAU, CIVAC. */
export const cleanLine = line(false);

/** IC IALLU, IALLUIS, IVAU: code is kept coherent. */
export const invalidateInstructions: Lift = (word, site) => {
  const { writeFrom, writeTraps } = handlerOf(word);
  if (levelOf(site) < writeFrom) return system(SystemCall.sys, word, true);
  return trapChecks(writeTraps, site, word, SystemCall.sys);
};

const ZVA = handlerNamed('DC ZVA')!;

/** MRS of DCZID_EL0, which tells in another bit where DC ZVA would trap. */
export const readZeroingSize: Lift = (word, site) => [
  ...trapChecks(ZVA.writeTraps, site, word, SystemCall.mrs),
  ...writeZR(Rt(word), int(ZVA_BLOCK_SIZE, 64)),
];
