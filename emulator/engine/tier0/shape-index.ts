/**
 * Finds the handler of a statement without writing its key: from the state of the statement's head, each node of its operands'
 * trees, a node before its operands, leads to a next state, and the last one to the handler.
 */
import type { FlagKindName, ValueOp, Width } from '../../ir/ir.ts';
import { FlagKind } from '../../ir/ir.ts';
import { CONDITION_PAIRS } from '../conditions.ts';
import { HANDLERS } from './handlers.ts';
import type { Shape } from './shapes.ts';

/** The state that leads nowhere. */
export const DEAD = 0;
export const REGISTER = 0;
export const SMALL = 1;
const FIRST_CONDITION = 2;
const FIRST_OPERATION = FIRST_CONDITION + Object.keys(FlagKind).length * CONDITION_PAIRS;
/** More than there are symbols. */
const SYMBOLS = 1024;

/** By operation, the symbol of its 32-bit form; the 64-bit form's is one more. */
const OPERATIONS = new Map<string, number>();
/** By state and symbol. */
const STEPS = new Map<number, number>();
const STARTS = new Map<string, number>();
/** By state; -1 where more is to come. */
const ENDS: number[] = [-1];

/** Symbol of a condition pair under a kind of the flags; `null`: not known. */
export const conditionSymbol = (flags: FlagKindName | null, pair: number): number =>
  FIRST_CONDITION + (flags === null ? 0 : FlagKind[flags]) * CONDITION_PAIRS + pair;

/** Symbol of an operation, or -1 if no handler does it. */
export function operationSymbol(op: ValueOp, source: Width): number {
  const symbol = OPERATIONS.get(op);
  return symbol === undefined ? -1 : symbol + (source >> 6);
}

/** The state in which a statement's operands begin. @throws Error if no handler has this head */
export function startOf(head: string): number {
  const state = STARTS.get(head);
  if (state === undefined) throw new Error(`no handler begins with ${head}`);
  return state;
}

/** Follows one symbol. @returns {@link DEAD} if no handler goes on like this */
export const step = (state: number, symbol: number): number => STEPS.get(state * SYMBOLS + symbol) ?? DEAD;

/** The handler that a state completes, or -1. */
export const endOf = (state: number): number => ENDS[state];

function newState(): number {
  ENDS.push(-1);
  return ENDS.length - 1;
}

/** Adds the way of one tree. @returns the state behind it */
function add(from: number, shape: Shape): number {
  const next = addSymbol(from, symbolOf(shape));
  return 'args' in shape ? shape.args.reduce(add, next) : next;
}

function addSymbol(from: number, symbol: number): number {
  const key = from * SYMBOLS + symbol;
  const known = STEPS.get(key);
  if (known !== undefined) return known;
  const fresh = newState();
  STEPS.set(key, fresh);
  return fresh;
}

function symbolOf(shape: Shape): number {
  if ('leaf' in shape) return shape.leaf === 'r' ? REGISTER : SMALL;
  if ('pair' in shape) return conditionSymbol(shape.flags, shape.pair);
  let first = OPERATIONS.get(shape.op);
  if (first === undefined) {
    first = FIRST_OPERATION + OPERATIONS.size * 2;
    OPERATIONS.set(shape.op, first);
  }
  return first + (shape.source >> 6);
}

for (const { head, operands, number } of HANDLERS) {
  const start = STARTS.get(head) ?? newState();
  STARTS.set(head, start);
  ENDS[operands.reduce(add, start)] = number;
}
