import type { InterruptLine } from '../devices/device.ts';
import type { Arm64Core } from './core.ts';
import type { InterruptName } from './counting.ts';
import { takeInterrupt, Vector } from './exceptions.ts';
import { PState } from './pstate.ts';
import { Sys } from './registers/slots.ts';
import { EC, syndrome } from './syndrome.ts';
import { Hcr, Scr } from './translation/regime.ts';

const { HCR_EL2, PSTATE, SCR_EL3, WIRES } = Sys;

/** Asynchronous exceptions: wires, routing, masks (Arm ARM D1.13, D1.14). */

/** Bits of the WIRES slot: levels of the CPU's interrupt inputs. */
export const Wire = { irq: 1, fiq: 2, virq: 4, vfiq: 8, serror: 16 } as const;
export type WireName = keyof typeof Wire;
/** HCR_EL2.VI, VF and VSE, as if they were wires. */
export const VIRTUAL_BITS = Hcr.VI | Hcr.VF | Hcr.VSE;

const NOT_TAKEN = 0;

/** One kind of physical interrupt: where its routing and mask bits stand. */
interface Kind {
  readonly name: InterruptName;
  readonly virtualName: InterruptName;
  readonly wire: number;
  readonly scr: number;
  readonly hcr: number;
  readonly mask: number;
  readonly vector: number;
  readonly virtualWire: number;
  readonly virtualHcr: number;
}

const IRQ: Kind = {
  name: 'irq',
  virtualName: 'virq',
  wire: Wire.irq,
  scr: Scr.IRQ,
  hcr: Hcr.IMO,
  mask: PState.I,
  vector: Vector.irq,
  virtualWire: Wire.virq,
  virtualHcr: Hcr.VI,
};
const FIQ: Kind = {
  name: 'fiq',
  virtualName: 'vfiq',
  wire: Wire.fiq,
  scr: Scr.FIQ,
  hcr: Hcr.FMO,
  mask: PState.F,
  vector: Vector.fiq,
  virtualWire: Wire.vfiq,
  virtualHcr: Hcr.VF,
};
const SERROR: Kind = {
  name: 'serror',
  virtualName: 'vserror',
  wire: Wire.serror,
  scr: Scr.EA,
  hcr: Hcr.AMO,
  mask: PState.A,
  vector: Vector.serror,
  virtualWire: 0,
  virtualHcr: Hcr.VSE,
};
/** In the order in which this CPU takes them when several are pending (D1.13.4 leaves it open). */
const KINDS: readonly Kind[] = [FIQ, IRQ, SERROR];

/** Level to which a physical interrupt goes now, or {@link NOT_TAKEN} (D1.13.1, table D1-13). */
function physicalTarget(core: Arm64Core, kind: Kind): number {
  const el = core.el;
  const masked = (core.state.lo(PSTATE) & kind.mask) !== 0;
  if ((core.state.lo(SCR_EL3) & kind.scr) !== 0) return el === 3 && masked ? NOT_TAKEN : 3;
  if (el === 3) return NOT_TAKEN;
  if (!core.secure && (core.state.lo(HCR_EL2) & (kind.hcr | Hcr.TGE)) !== 0) return el === 2 && masked ? NOT_TAKEN : 2;
  return el === 2 || masked ? NOT_TAKEN : 1;
}

/** A virtual interrupt is pending for the guest: by wire or by HCR_EL2, enabled by the routing bit. */
function virtualPending(core: Arm64Core, kind: Kind): boolean {
  const hcr = core.state.lo(HCR_EL2);
  if ((hcr & Hcr.TGE) !== 0 || (hcr & kind.hcr) === 0) return false;
  return (hcr & kind.virtualHcr) !== 0 || (core.state.lo(WIRES) & kind.virtualWire) !== 0;
}

function virtualTaken(core: Arm64Core, kind: Kind): boolean {
  if (core.el > 1 || core.secure || (core.state.lo(PSTATE) & kind.mask) !== 0) return false;
  return virtualPending(core, kind);
}

/** True if nothing asserts an interrupt of any kind. */
function quiet(core: Arm64Core): boolean {
  return core.state.lo(WIRES) === 0 && (core.state.lo(HCR_EL2) & VIRTUAL_BITS) === 0;
}

/** An interrupt would be taken before the next instruction. */
export function interruptPending(core: Arm64Core): boolean {
  if (quiet(core)) return false;
  const wires = core.state.lo(WIRES);
  for (const kind of KINDS) {
    if ((wires & kind.wire) !== 0 && physicalTarget(core, kind) !== NOT_TAKEN) return true;
    if (virtualTaken(core, kind)) return true;
  }
  return false;
}

/** Takes the first interrupt that can be taken. @returns true if one was */
export function takePendingInterrupt(core: Arm64Core): boolean {
  if (quiet(core)) return false;
  const wires = core.state.lo(WIRES);
  for (const kind of KINDS) {
    const target = (wires & kind.wire) !== 0 ? physicalTarget(core, kind) : NOT_TAKEN;
    if (target === NOT_TAKEN) continue;
    if (kind === SERROR) core.setWire('serror', false);
    takeInterrupt(core, target, kind.vector, kind.name, kind === SERROR ? syndrome(EC.SERROR) : undefined);
    return true;
  }
  for (const kind of KINDS) {
    if (!virtualTaken(core, kind)) continue;
    if (kind === SERROR) core.state.setLo(HCR_EL2, core.state.lo(HCR_EL2) & ~Hcr.VSE);
    takeInterrupt(core, 1, kind.vector, kind.virtualName, kind === SERROR ? syndrome(EC.SERROR) : undefined);
    return true;
  }
  return false;
}

/** WFI ends: a physical interrupt is pending, masked or not, or a virtual one for the running guest (D1.16.2). */
export function endsWfi(core: Arm64Core): boolean {
  if ((core.state.lo(WIRES) & (Wire.irq | Wire.fiq | Wire.serror)) !== 0) return true;
  return core.el <= 1 && !core.secure && KINDS.some((kind) => virtualPending(core, kind));
}

/** ISR_EL1: what is pending, the virtual interrupts where EL1 would see those (D12.2.61). */
export function interruptStatus(core: Arm64Core): number {
  const wires = core.state.lo(WIRES);
  const asGuest = core.el === 1 && !core.secure;
  let status = 0;
  for (const kind of KINDS) {
    const routed = asGuest && (core.state.lo(HCR_EL2) & kind.hcr) !== 0;
    if (routed ? virtualPending(core, kind) : (wires & kind.wire) !== 0) status |= kind.mask;
  }
  return status;
}

/** One interrupt input of a CPU, for the interrupt controller to drive. */
export function inputLine(core: Arm64Core, wire: WireName): InterruptLine {
  return { set: (level) => core.setWire(wire, level) };
}
