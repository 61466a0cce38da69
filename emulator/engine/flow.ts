/** Where control goes from an instruction that ends a block, as far as the instruction alone tells. */
import { addressOf, highOf, lowOf } from '../ir/address.ts';
import type { Expr, LiftedInstruction } from '../ir/ir.ts';

export interface Flow {
  /** Constant targets, unsigned 64 bits: one of a `goto`, two of a branch, none of a jump through a register. */
  readonly targets: readonly bigint[];
  /** The slot in which a call leaves its successor's address, so that control will come back; -1 if it is no call. */
  readonly link: number;
  /** The slot that a jump goes through, or -1. */
  readonly through: number;
}

const isConstant = (e: Expr, value: bigint): boolean => e.kind === 'imm' && BigInt.asUintN(64, e.value) === value;

/** {@link Flow.link} of an instruction that ends a block. @param next address behind it, unsigned 64 bits */
export function linkOf({ statements }: LiftedInstruction, next: bigint): number {
  // A plain branch is no call, and nothing to look at.
  for (let i = statements.length - 2; i >= 0; i--) {
    const s = statements[i];
    if (s.kind === 'set' && isConstant(s.value, next)) return s.slot;
  }
  return -1;
}

/** {@link Flow.through} of an instruction that ends a block. */
export function throughOf({ statements }: LiftedInstruction): number {
  const last = statements[statements.length - 1];
  return last.kind === 'jump' && last.target.kind === 'reg' ? last.target.slot : -1;
}

/** @param next address behind the instruction, unsigned 64 bits */
export function flowOf(instruction: LiftedInstruction, next: bigint): Flow {
  if (!instruction.ends) return { targets: [next], link: -1, through: -1 };
  const { statements } = instruction;
  const last = statements[statements.length - 1];
  const link = linkOf(instruction, next);
  switch (last.kind) {
    case 'branch':
      return { targets: [BigInt.asUintN(64, last.taken), BigInt.asUintN(64, last.otherwise)], link, through: -1 };
    case 'goto':
      return { targets: [BigInt.asUintN(64, last.target)], link, through: -1 };
    default:
      return { targets: [], link, through: throughOf(instruction) };
  }
}

/** As {@link Flow}, with those targets alone that share the high half of the address: their low halves, unsigned. */
export interface NearFlow {
  readonly targets: readonly number[];
  /** Control may go either way. */
  readonly isBranch: boolean;
  readonly link: number;
  readonly through: number;
}

/** @param pc low half of the instruction's address, unsigned @param pcHi high half */
export function nearFlowOf(instruction: LiftedInstruction, pc: number, pcHi: number): NearFlow {
  const next = (pc + instruction.length) >>> 0;
  if (!instruction.ends) return { targets: next === 0 ? [] : [next], isBranch: false, link: -1, through: -1 };
  const { targets, link, through } = flowOf(instruction, addressOf(pc, pcHi) + BigInt(instruction.length));
  const near: number[] = [];
  for (const target of targets) if (highOf(target) === (pcHi | 0)) near.push(lowOf(target) >>> 0);
  return { targets: near, isBranch: targets.length > 1, link, through };
}
