/**
 * What tvmi must do with a secure call, by its arguments alone: written down from the contract of the calls
 * (`firmware/lib/include/rw/tvmi_smc.h`) and the memory map, without a look at EL3's code. For calls of `arm64.smc.fuzz`.
 */

/** A call and its answer. */
export interface SecureCall {
  readonly x: readonly [bigint, bigint, bigint, bigint];
  readonly answer: bigint;
}

/** What is due: an answer, or one of several, and an alarm where policy is broken. */
export interface Due {
  readonly answers: readonly bigint[];
  readonly alarm?: string;
}

const BASE = 0xc300_0000n;
const PAGE = 0x1000n;
const OK = 0n;
const UNKNOWN = -1n;
const DENIED = -2n;
const INVALID = -3n;
const BUSY = -4n;
const RAM = { start: 0x4000_0000n, end: 0x4800_0000n };
const CARVE_OUT = { start: 0x4600_0000n, end: 0x4700_0000n };
const TABLES = { start: 0x4080_0000n, end: 0x4100_0000n };
const MODULES = { start: 0x4100_0000n, end: 0x4200_0000n };
const STATUS_SIZE = 16n;
const LAST_VMID = 255n;
const EL2_REGISTERS = ['ttbr0', 'vbar', 'sctlr', 'hcr', 'vttbr', 'vtcr', 'tcr', 'mair'] as const;
const EL1_REGISTERS = 11n;
/** Answers of PSCI (Arm DEN 0022D, 5.2.2) to calls that bring nothing about. */
const PSCI_ANSWERS = [0n, -1n, -2n, -4n];

const inside = (at: bigint, { start, end }: { start: bigint; end: bigint }): boolean => at >= start && at < end;
const normal = (at: bigint): boolean => inside(at, RAM) && !inside(at, CARVE_OUT);
const denied = (alarm: string): Due => ({ answers: [DENIED], alarm });
const answers = (...all: bigint[]): Due => ({ answers: all });
const POINTER = denied('secure-call.pointer');

function store(own: boolean, at: bigint, otherRoot: bigint): Due {
  const table = at % 8n === 0n && inside(at, TABLES) && at - (at % PAGE) !== otherRoot;
  if (!table) return POINTER;
  // The only sound address that the payload stores to is guest 1's root, and then what it stores is a foreign block.
  return own ? denied('el2.stage2.denied') : POINTER;
}

type Rule = (x1: bigint, x2: bigint, x3: bigint, stage1Root: bigint) => Due;

/** By function number. */
const RULES: readonly Rule[] = [
  () => answers(1n),
  (which) =>
    which < BigInt(EL2_REGISTERS.length) ? denied(`el2.${EL2_REGISTERS[Number(which)]}.denied`) : answers(INVALID),
  (at) => store(false, at, 0n),
  (_root, vmid) => answers(vmid === 0n || vmid > LAST_VMID ? INVALID : BUSY),
  (at, _descriptor, _x3, stage1Root) => store(true, at, stage1Root),
  (frame, vmid) => (!normal(frame) || vmid === 0n || vmid > LAST_VMID ? answers(INVALID) : denied('el2.stage2.denied')),
  (base, code, total) => {
    if (base % PAGE !== 0n || code % PAGE !== 0n || code === 0n || code > total) return answers(INVALID);
    const fits = inside(base, MODULES) && total <= MODULES.end - base;
    return fits ? answers(BUSY) : POINTER;
  },
  (which) => (which < EL1_REGISTERS ? denied('guest.ttbr.denied') : answers(INVALID)),
  () => ({ answers: [OK], alarm: 'el2.fault' }),
  (at, size) => (size !== STATUS_SIZE || at % 8n !== 0n ? answers(INVALID) : POINTER),
];

/** @param stage1Root TTBR0_EL2 */
export function dueFor({ x }: SecureCall, stage1Root: bigint): Due {
  const [function_, x1, x2, x3] = x;
  if ((function_ & 0xffff_ffffn & ~0x4000_001fn) === 0x8400_0000n) return answers(...PSCI_ANSWERS);
  const number = function_ - BASE;
  if (number < 0n || number >= BigInt(RULES.length)) return answers(UNKNOWN);
  return RULES[Number(number)](x1, x2, x3, stage1Root);
}
