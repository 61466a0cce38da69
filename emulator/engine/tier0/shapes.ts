/**
 * What tier 0's handlers are called. A handler does one statement whose expression trees have one particular *shape*; it is
 * written as a key, such as `load8.zero:add64(r,shl64(r,s))`, where `r` is a register (or a pooled constant) and `s` a
 * small constant in the record itself.
 */
import type { AccessSize, Extend, FlagKindName, ValueOp, Width } from '../../ir/ir.ts';
import type { VectorOp } from '../../ir/vector-ops.ts';

/** A node of a shape: a leaf, or an operation over nodes, or a condition. */
export type Shape =
  | { readonly leaf: 'r' | 's'; readonly width: Width }
  | { readonly op: ValueOp; readonly width: Width; readonly source: Width; readonly args: readonly Shape[] }
  /** `flags` null: the kind is not known at translation time. */
  | { readonly pair: number; readonly flags: FlagKindName | null };

/** What a handler does with its shapes. */
export type Action =
  | { readonly do: 'set'; readonly value: Shape; readonly width: Width }
  | { readonly do: 'constant' }
  /** One operation on 128-bit registers; without one, a copy. */
  | { readonly do: 'setVector'; readonly op: VectorOp | undefined }
  | {
      readonly do: 'load';
      readonly size: AccessSize;
      readonly extend: Extend;
      readonly address: Shape;
      readonly user: boolean;
    }
  | { readonly do: 'store'; readonly size: AccessSize; readonly address: Shape; readonly user: boolean }
  | { readonly do: 'loadPair'; readonly size: 4 | 8; readonly address: Shape }
  | { readonly do: 'storePair'; readonly size: 4 | 8; readonly address: Shape }
  | { readonly do: 'storeExclusive'; readonly size: AccessSize; readonly pair: boolean; readonly address: Shape }
  | {
      readonly do: 'flags';
      readonly flags: FlagKindName;
      readonly result: boolean;
      readonly a: Shape;
      readonly b?: Shape;
    }
  | { readonly do: 'setFlags'; readonly value: Shape }
  | { readonly do: 'branch'; readonly condition: Shape }
  /** Sets flags and branches on them. */
  | {
      readonly do: 'flagsBranch';
      readonly flags: FlagKindName;
      readonly pair: number;
      readonly result: boolean;
      readonly a: Shape;
      readonly b?: Shape;
    }
  | { readonly do: 'goto' }
  | { readonly do: 'jump'; readonly target: Shape }
  | { readonly do: 'jumpConstant' }
  | { readonly do: 'switch' }
  | { readonly do: 'system' }
  | { readonly do: 'check'; readonly condition: Shape }
  /** Zeroes a line, or asks for its being readable; leaves to a system operation where it may not. */
  | { readonly do: 'line'; readonly zero: boolean; readonly address: Shape }
  | { readonly do: 'leave' }
  /** Goes on in a compiled function, if the budget allows. */
  | { readonly do: 'region' }
  /** Two assignments that stand in two records one behind the other. */
  | { readonly do: 'two'; readonly first: SetAction; readonly second: SetAction }
  /** Goes on behind the record that was copied to the scratch place. */
  | { readonly do: 'resume' };

export type SetAction = { readonly do: 'set'; readonly value: Shape; readonly width: Width };

export interface Handler {
  readonly number: number;
  readonly key: string;
  /** See {@link Head}. */
  readonly head: string;
  /** The shapes of what it takes, in the order of their operand fields. */
  readonly operands: readonly Shape[];
  readonly action: Action;
  /** A function of its own, called from its case: for rare operations, to keep the loop small. */
  readonly outlined: boolean;
}

/** Name of an operation with the width of its operands. */
export const opName = (op: ValueOp, source: Width): string => `${op}${source}`;

/** The key of a shape. */
export function shapeKey(shape: Shape): string {
  if ('leaf' in shape) return shape.leaf;
  if ('pair' in shape) return conditionKey(shape.flags, shape.pair);
  return `${opName(shape.op, shape.source)}(${shape.args.map(shapeKey).join(',')})`;
}

export const conditionKey = (flags: FlagKindName | null, pair: number): string => `cond.${flags ?? 'any'}.${pair}`;

/** What stands before the operands in a handler's key: the statement with all that is not a value. */
export const Head = {
  leave: 'leave',
  region: 'region',
  resume: 'resume',
  constant: 'constant',
  goto: 'goto',
  jump: 'jump',
  jumpConstant: 'jumpConstant',
  switch: 'switch',
  system: 'system',
  setFlags: 'setFlags',
  branch: 'branch',
  check: (width: Width): string => `check${width}`,
  line: (zero: boolean): string => `line.${zero ? 'zero' : 'read'}`,
  set: (width: Width): string => `set${width}`,
  load: (size: number, extend: Extend, user: boolean): string => `load${size}.${extend}${user ? '.user' : ''}`,
  store: (size: number, user: boolean): string => `store${size}${user ? '.user' : ''}`,
  loadPair: (size: number): string => `loadPair${size}`,
  storePair: (size: number): string => `storePair${size}`,
  storeExclusive: (size: number, pair: boolean): string => `storeExclusive${size}${pair ? '.pair' : ''}`,
  flags: (kind: FlagKindName, result: boolean): string => `flags.${kind}${result ? '.d' : ''}`,
  flagsBranch: (kind: FlagKindName, pair: number, result: boolean): string =>
    `flagsBranch.${kind}.${pair}${result ? '.d' : ''}`,
  vector: (op: VectorOp | undefined): string => `vector.${op ?? 'copy'}`,
} as const;

/** A handler's key. */
export const handlerKey = (head: string, operands: readonly Shape[]): string =>
  operands.length === 0 ? head : `${head}:${operands.map(shapeKey).join(',')}`;
