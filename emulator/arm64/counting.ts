/** Names under which the events of an AArch64 CPU are counted; `emulator/cost/counts.ts` says what each one means. */
import type { Arm64Core } from './core.ts';
import { EC } from './syndrome.ts';
import { type Fault, FaultStatus, isExternal } from './translation/fault.ts';

const LEVELS = [0, 1, 2, 3] as const;

/** A name for each level that takes an exception. */
const byLevel = (kind: string): string[] => LEVELS.map((el) => `exception.${kind}.el${el}`);

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
  BRK: 'brk',
};
const EC_SHIFT = 26;
const SYNCHRONOUS: string[][] = [];
for (const [name, ec] of Object.entries(EC)) SYNCHRONOUS[ec] = byLevel(CLASS_NAMES[name as keyof typeof EC]);

/** Counts a synchronous exception. */
export function countSynchronous(core: Arm64Core, target: number, esr: number): void {
  core.counts.count(SYNCHRONOUS[esr >>> EC_SHIFT][target]);
}

/** Kinds of interrupts; `v` is a virtual one, which EL1 alone takes. */
export type InterruptName = 'irq' | 'fiq' | 'serror' | 'virq' | 'vfiq' | 'vserror';

const INTERRUPTS: Readonly<Record<InterruptName, readonly string[]>> = {
  irq: byLevel('irq'),
  fiq: byLevel('fiq'),
  serror: byLevel('serror'),
  virq: byLevel('virq'),
  vfiq: byLevel('vfiq'),
  vserror: byLevel('vserror'),
};

/** Counts an asynchronous exception. */
export function countInterrupt(core: Arm64Core, target: number, name: InterruptName): void {
  core.counts.count(INTERRUPTS[name][target]);
}

/** By level left, level reached, and security state of the latter. */
const RETURNS = LEVELS.map((from) =>
  LEVELS.map((to) => [`return.el${from}.el${to}`, `return.el${from}.${to < 2 ? 's' : ''}el${to}`] as const),
);

/** Counts an exception return. @param from the level that it left */
export function countReturn(core: Arm64Core, from: number): void {
  core.counts.count(RETURNS[from][core.el][core.secure ? 1 : 0]);
}

/** Counts a change of security state, if there was one. @param before the CPU was secure */
export function countWorld(core: Arm64Core, before: boolean): void {
  if (core.secure !== before) core.counts.count(before ? 'world.normal' : 'world.secure');
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

/** Counts an abort that is taken. */
export function countFault(core: Arm64Core, { status, secondStage }: Pick<Fault, 'status' | 'secondStage'>): void {
  const where = isExternal(status) ? 'bus' : secondStage ? 'stage2' : 'stage1';
  core.counts.count(`fault.${where}.${className(status)}`);
}
