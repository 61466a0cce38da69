/** What accesses of system registers and system instructions ask first: the controls that may trap them. */
import type { Expr, Statement } from '../../ir/ir.ts';
import type { Site } from '../decode/encoding.ts';
import { HANDLER_BY_ENCODING, HANDLERS, type Handler, type TrapTest, trapsVmControl } from '../registers/handlers.ts';
import { EC } from '../syndrome.ts';
import { LiftMode } from '../system-calls.ts';
import { bigInt, binary, narrow } from './build.ts';

/** The handler of a system register or instruction; an encoding that is none has one that no level may use. */
export const handlerOf = (word: number): Handler => HANDLERS[HANDLER_BY_ENCODING[(word >>> 5) & 0xffff]];
export const levelOf = (site: Site): number => site.mode & LiftMode.elMask;

const HIGH_HALF = 32n;

const value = (slot: number): Expr => ({ kind: 'reg', slot, width: 64 });
const mask64 = (test: TrapTest): bigint => BigInt(test.mask >>> 0) << (test.high ? HIGH_HALF : 0n);

/** The checks for traps that apply at a level: where one may be taken, they leave to the system operation `call`. */
export function trapChecks(tests: readonly TrapTest[], site: Site, word: number, call: number): readonly Statement[] {
  const checks: Statement[] = [];
  for (const test of tests) {
    if (((test.from >> levelOf(site)) & 1) === 0) continue;
    // Code is lifted in this mode only where no trap of floating point applies.
    if (test.ec === EC.FP_ACCESS && (site.mode & LiftMode.fp) !== 0) continue;
    // Nor, outside its own mode, the one of HCR_EL2.TVM.
    if (trapsVmControl(test)) continue;
    const bits = binary('and', value(test.slot), bigInt(mask64(test), 64));
    checks.push({ kind: 'check', condition: test.ifZero ? narrow('eqz', bits) : bits, call, word });
  }
  return checks;
}
