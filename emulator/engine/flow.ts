/** Where control goes from an instruction that ends a block, as far as the instruction alone tells. */
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

/** @param next address behind the instruction, unsigned 64 bits */
export function flowOf(instruction: LiftedInstruction, next: bigint): Flow {
  if (!instruction.ends) return { targets: [next], link: -1, through: -1 };
  const last = instruction.statements[instruction.statements.length - 1];
  let link = -1;
  for (const s of instruction.statements) if (s.kind === 'set' && isConstant(s.value, next)) link = s.slot;
  switch (last.kind) {
    case 'branch':
      return { targets: [BigInt.asUintN(64, last.taken), BigInt.asUintN(64, last.otherwise)], link, through: -1 };
    case 'goto':
      return { targets: [BigInt.asUintN(64, last.target)], link, through: -1 };
    case 'jump':
      return { targets: [], link, through: last.target.kind === 'reg' ? last.target.slot : -1 };
    default:
      return { targets: [], link, through: -1 };
  }
}
