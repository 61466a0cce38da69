import { Slot } from '../ir/slots.ts';
import { store } from './access.ts';
import type { Arm64Core } from './core.ts';
import { stackSlot } from './exceptions.ts';
import { PState, processState, setConditionFlags } from './pstate.ts';
import { handlerNamed } from './registers/handlers.ts';
import { REGISTERS, Sys } from './registers/slots.ts';

/** Registers by name, past all levels and traps: for debuggers, ground truth and tests. */

const GENERAL = /^X([0-9]|[12][0-9]|30)$/;
/** Process state as an SPSR would hold it. */
const PSTATE = 'PSTATE';
const SP_EL3 = 'SP_EL3';

/** Names that {@link readRegister} takes: X0-X30, SP, PC, PSTATE, SP_EL3 and every system register. */
export const registerNames: readonly string[] = [
  ...Array.from({ length: 31 }, (_, n) => `X${n}`),
  'SP',
  'PC',
  PSTATE,
  SP_EL3,
  ...Object.keys(REGISTERS),
];

/** Slot of a register that is plain state; a banked stack pointer that is in use stands in slot SP. */
function plainSlot(core: Arm64Core, name: string): number | undefined {
  const general = GENERAL.exec(name);
  if (general) return Number(general[1]);
  if (name === 'SP') return Slot.SP;
  if (name === 'PC') return Slot.PC;
  if (name === SP_EL3 || /^SP_EL[012]$/.test(name)) {
    const slot = Sys[name as 'SP_EL3'];
    return stackSlot(core.state.lo(Sys.PSTATE)) === slot ? Slot.SP : slot;
  }
  return undefined;
}

function unknownName(name: string): Error {
  return new Error(`no register is named ${name}; registerNames lists them`);
}

/** Value of a register. @throws Error on an unknown name */
export function readRegister(core: Arm64Core, name: string): bigint {
  const { state } = core;
  if (name === PSTATE) return BigInt(processState(state) >>> 0);
  const slot = plainSlot(core, name);
  if (slot !== undefined) return state.big(slot);
  const h = handlerNamed(name);
  if (h === undefined || !(name in REGISTERS)) throw unknownName(name);
  if (h.read === undefined) return state.big(h.slot);
  h.read(core);
  return (BigInt(core.valueHi >>> 0) << 32n) | BigInt(core.valueLo >>> 0);
}

/** Writes a register, with what the write brings about (contexts, timers). @throws Error on an unknown name */
export function writeRegister(core: Arm64Core, name: string, value: bigint): void {
  const { state } = core;
  const slot = plainSlot(core, name);
  if (slot !== undefined) {
    state.setBig(slot, value);
    return;
  }
  const lo = Number(BigInt.asIntN(32, value));
  if (name === PSTATE) {
    core.setProcessState(lo & ~(15 << PState.NZCV_SHIFT));
    setConditionFlags(state, lo >>> PState.NZCV_SHIFT);
    return;
  }
  const h = handlerNamed(name);
  if (h === undefined || !(name in REGISTERS)) throw unknownName(name);
  store(core, h, lo, Number(BigInt.asIntN(32, value >> 32n)));
}
