import { Access, type AccessKind } from '../../engine/core.ts';
import type { Arm64Core } from '../core.ts';
import { countFault } from '../counting.ts';
import { defaultTarget, takeFault } from '../exceptions.ts';
import { instructionSyndrome } from '../load-store.ts';
import { Sys } from '../registers/slots.ts';
import { AbortIss, EC, syndrome } from '../syndrome.ts';
import { type Fault, isExternal } from './fault.ts';
import { Scr } from './regime.ts';

const { HPFAR_EL2, SCR_EL3 } = Sys;

/** Data and Instruction Aborts (Arm ARM D1.10.4, `AArch64.Abort`). */

/** What the access was, where it was no plain load, store or fetch. */
export const AbortSource = { access: 0, cacheMaintenance: AbortIss.CM } as const;

/** HPFAR_EL2.FIPA holds bits 47:12 of an intermediate physical address in bits 39:4. */
function recordIpa(core: Arm64Core, page: number): void {
  core.state.set(HPFAR_EL2, page << 4, page >>> 28);
}

/** Level that takes an abort. */
function abortTarget(core: Arm64Core, fault: Fault): number {
  if (isExternal(fault.status) && (core.state.lo(SCR_EL3) & Scr.EA) !== 0) return 3;
  const target = defaultTarget(core);
  return fault.secondStage && target < 2 ? 2 : target;
}

/**
 * Takes the abort that a fault describes.
 * @param source bits of {@link AbortSource}
 */
export function takeAbort(
  core: Arm64Core,
  fault: Fault,
  vaLo: number,
  vaHi: number,
  kind: AccessKind,
  source: number = AbortSource.access,
): void {
  const target = abortTarget(core, fault);
  const lower = target > core.el;
  countFault(core, fault);
  if (fault.secondStage) recordIpa(core, fault.ipaPage);
  let iss = fault.status | (fault.onStage1Walk ? AbortIss.S1PTW : 0);
  if (kind === Access.fetch) {
    takeFault(core, target, syndrome(lower ? EC.INSTRUCTION_ABORT_LOWER : EC.INSTRUCTION_ABORT, iss), vaLo, vaHi);
    return;
  }
  iss |= source | (kind === Access.write || source === AbortSource.cacheMaintenance ? AbortIss.WnR : 0);
  const instructionKnown = fault.secondStage && !fault.onStage1Walk && source === AbortSource.access && target === 2;
  if (instructionKnown) iss |= instructionSyndrome(core.instructionWord());
  takeFault(core, target, syndrome(lower ? EC.DATA_ABORT_LOWER : EC.DATA_ABORT, iss), vaLo, vaHi);
}
