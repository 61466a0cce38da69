import { Access, type AccessKind } from '../engine/core.ts';
import { EntryFlag } from '../memory/tlb.ts';
import type { Arm64Core } from './core.ts';
import { Sys } from './registers/slots.ts';
import { AbortSource, takeAbort } from './translation/aborts.ts';
import { isExternal } from './translation/fault.ts';
import { PAGE_SHIFT } from './translation/granule.ts';
import { Regime, type RegimeNumber, Scr, withoutTag } from './translation/regime.ts';

const { PAR_EL1, SCR_EL3 } = Sys;

/** Address translation operations (Arm ARM C5.4, D4.2.11): the result goes to PAR_EL1. */

const Par = { F: 1, FST_SHIFT: 1, PTW: 1 << 8, S: 1 << 9, SH_SHIFT: 7, NS: 1 << 9, RES1: 1 << 11 } as const;

/** What one operation translates as. */
interface Request {
  readonly regime: RegimeNumber | 'el10';
  readonly kind: AccessKind;
  readonly user: boolean;
  readonly bothStages: boolean;
}

function request(name: string): Request {
  const [, stages, level, access] = /^AT S(12?)E(\d)([RW])$/.exec(name) ?? [];
  return {
    regime: level === '2' ? Regime.el2 : level === '3' ? Regime.el3 : 'el10',
    kind: access === 'W' ? Access.write : Access.read,
    user: level === '0',
    bothStages: stages === '12',
  };
}

function fault(core: Arm64Core): void {
  const f = core.walker.fault;
  core.state.set(
    PAR_EL1,
    Par.F | Par.RES1 | (f.status << Par.FST_SHIFT) | (f.onStage1Walk ? Par.PTW : 0) | (f.secondStage ? Par.S : 0),
    0,
  );
}

function success(core: Arm64Core): void {
  const { walker } = core;
  const ns = (walker.flags & EntryFlag.secure) === 0 ? Par.NS : 0;
  core.state.set(
    PAR_EL1,
    (walker.page << PAGE_SHIFT) | Par.RES1 | ns | (walker.shareability << Par.SH_SHIFT),
    (walker.page >>> (32 - PAGE_SHIFT)) | (walker.attribute << 24),
  );
}

/** The action of an operation, by its full name. */
export function atAction(name: string): (core: Arm64Core, lo: number, hi: number) => void {
  const { regime: wanted, kind, user, bothStages } = request(name);
  return (core, lo, hi) => {
    const nonSecure = (core.state.lo(SCR_EL3) & Scr.NS) !== 0;
    const regime = wanted !== 'el10' ? wanted : nonSecure ? Regime.el10 : Regime.secureEl10;
    const { walker, state } = core;
    const untagged = withoutTag(state, regime, hi);
    if (walker.translate(regime, lo, untagged, kind, user, true, !bothStages)) {
      success(core);
      return;
    }
    const f = walker.fault;
    // An external abort is taken; so is, from EL1, a stage 2 fault of the stage 1 walk: the hypervisor mends its tables.
    if (isExternal(f.status) || (core.el === 1 && f.onStage1Walk)) {
      takeAbort(core, f, lo, hi, kind, AbortSource.cacheMaintenance);
      return;
    }
    fault(core);
  };
}
