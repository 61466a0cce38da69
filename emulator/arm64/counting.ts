/** Names under which the events of an AArch64 CPU are counted; `emulator/cost/counts.ts` says what each one means. */
import { eventNumber } from '../cost/counts.ts';
import type { Arm64Core } from './core.ts';
import { EC } from './syndrome.ts';
import { type Fault, FaultStatus, isExternal } from './translation/fault.ts';

const LEVELS = [0, 1, 2, 3] as const;

/** An event for each level that takes an exception. */
const byLevel = (kind: string): number[] => LEVELS.map((el) => eventNumber(`exception.${kind}.el${el}`));

/** Exception classes by the names they are counted under. */
const CLASS_NAMES: Readonly<Record<keyof typeof EC, string>> = {
  UNKNOWN: 'undefined',
  WFX: 'wfx',
  FP_ACCESS: 'fp-access',
  ILLEGAL_STATE: 'illegal-state',
  SVC: 'svc',
  HVC: 'hvc',
  SMC: 'smc',
  SYSTEM: 'system-register',
  INSTRUCTION_ABORT_LOWER: 'instruction-abort',
  INSTRUCTION_ABORT: 'instruction-abort',
  PC_ALIGNMENT: 'pc-alignment',
  DATA_ABORT_LOWER: 'data-abort',
  DATA_ABORT: 'data-abort',
  SP_ALIGNMENT: 'sp-alignment',
  SERROR: 'serror',
  BREAKPOINT_LOWER: 'breakpoint',
  BREAKPOINT: 'breakpoint',
  SOFTWARE_STEP_LOWER: 'software-step',
  SOFTWARE_STEP: 'software-step',
  WATCHPOINT_LOWER: 'watchpoint',
  WATCHPOINT: 'watchpoint',
  BRK: 'brk',
};
const EC_SHIFT = 26;
const SYNCHRONOUS: number[][] = [];
for (const [name, ec] of Object.entries(EC)) SYNCHRONOUS[ec] = byLevel(CLASS_NAMES[name as keyof typeof EC]);

/** Counts a synchronous exception. */
export function countSynchronous(core: Arm64Core, target: number, esr: number): void {
  core.counts.add(SYNCHRONOUS[esr >>> EC_SHIFT][target]);
}

/** Kinds of interrupts; `v` is a virtual one, which EL1 alone takes. */
export type InterruptName = 'irq' | 'fiq' | 'serror' | 'virq' | 'vfiq' | 'vserror';

const INTERRUPTS: Readonly<Record<InterruptName, readonly number[]>> = {
  irq: byLevel('irq'),
  fiq: byLevel('fiq'),
  serror: byLevel('serror'),
  virq: byLevel('virq'),
  vfiq: byLevel('vfiq'),
  vserror: byLevel('vserror'),
};

/** Counts an asynchronous exception. */
export function countInterrupt(core: Arm64Core, target: number, name: InterruptName): void {
  core.counts.add(INTERRUPTS[name][target]);
}

/** By level left, level reached, and security state of the latter. */
const RETURNS = LEVELS.map((from) =>
  LEVELS.map(
    (to) =>
      [eventNumber(`return.el${from}.el${to}`), eventNumber(`return.el${from}.${to < 2 ? 's' : ''}el${to}`)] as const,
  ),
);

/** Counts an exception return. @param from the level that it left */
export function countReturn(core: Arm64Core, from: number): void {
  core.counts.add(RETURNS[from][core.el][core.secure ? 1 : 0]);
}

const TO_NORMAL = eventNumber('world.normal');
const TO_SECURE = eventNumber('world.secure');

/** Counts synchronous exceptions of one kind. @param ec their exception class */
export function countExceptions(core: Arm64Core, ec: number, target: number, times: number): void {
  core.counts.add(SYNCHRONOUS[ec][target], times);
}

/** Counts exception returns. @param nonSecure the levels below EL3 belong to the normal world */
export function countReturns(core: Arm64Core, from: number, to: number, nonSecure: boolean, times: number): void {
  core.counts.add(RETURNS[from][to][nonSecure ? 0 : 1], times);
}

/** Counts changes of security state. */
export function countWorlds(core: Arm64Core, toSecure: boolean, times: number): void {
  core.counts.add(toSecure ? TO_SECURE : TO_NORMAL, times);
}

/** Counts a change of security state, if there was one. @param before the CPU was secure */
export function countWorld(core: Arm64Core, before: boolean): void {
  if (core.secure !== before) core.counts.add(before ? TO_NORMAL : TO_SECURE);
}

/** Fault status codes without their level (D12.2.36). */
const FAULT_NAMES = new Map<number, string>([
  [FaultStatus.ADDRESS_SIZE, 'address-size'],
  [FaultStatus.TRANSLATION, 'translation'],
  [FaultStatus.ACCESS_FLAG, 'access-flag'],
  [FaultStatus.PERMISSION, 'permission'],
]);
const FAULT_LEVEL = 3;

function className(status: number): string {
  if (status === FaultStatus.ALIGNMENT) return 'alignment';
  if (status === FaultStatus.EXTERNAL) return 'external';
  return FAULT_NAMES.get(status & ~FAULT_LEVEL) ?? 'external-on-walk';
}

/** By status (6 bits) and, in bit 6, stage. */
const FAULTS = Array.from({ length: 128 }, (_, i) => {
  const status = i & 63;
  const where = isExternal(status) ? 'bus' : i < 64 ? 'stage1' : 'stage2';
  return eventNumber(`fault.${where}.${className(status)}`);
});

/** Counts an abort that is taken. */
export function countFault(core: Arm64Core, { status, secondStage }: Pick<Fault, 'status' | 'secondStage'>): void {
  core.counts.add(FAULTS[secondStage ? status | 64 : status]);
}

/** Events of {@link countTrap}, by level and access. */
const traps = new Map<number, number>();
const LEVEL_SHIFT = 16;

/**
 * Counts a trap.
 * @param access number of what was accessed, below 2^16 @param name its name, asked for when it is met first
 */
export function countTrap(core: Arm64Core, access: number, name: (access: number) => string): void {
  const key = (core.el << LEVEL_SHIFT) | access;
  let event = traps.get(key);
  if (event === undefined) {
    event = eventNumber(`trap.el${core.el}.${name(access)}`);
    traps.set(key, event);
  }
  core.counts.add(event);
}
