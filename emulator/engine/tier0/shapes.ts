/**
 * The closed list of tier 0's handlers. A handler does one statement whose expression trees have one particular
 * *shape*; a shape is written as a key, such as `load8.zero:add64(r,shl64(r,s))`, where `r` is a register (or a pooled
 * constant) and `s` a small constant in the record itself. Which shapes have a handler is policy: address modes,
 * shifted operands and compare-and-branch pay, in this order. Whatever is not listed is split by the lowering into
 * shapes that are; the list always holds the plain form of each operation, so splitting ends.
 */
import type { AccessSize, CareOp, Extend, FlagKindName, ValueOp, Width } from '../../ir/ir.ts';
import { BINARY_OPS, CARE_OPS, COMPARE_OPS, FLOAT_UNARY_OPS, UNARY_OPS } from '../../ir/ir.ts';
import { VECTOR_ROWS, type VectorOp } from '../../ir/vector-ops.ts';
import { CONDITION_PAIRS, isDirect, kindWidth } from '../conditions.ts';

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
  | { readonly do: 'leave' }
  /** Goes on in a compiled function, if the budget allows. */
  | { readonly do: 'region' }
  /** Two assignments that stand in two records one behind the other. */
  | { readonly do: 'two'; readonly first: SetAction; readonly second: SetAction }
  /** Goes on behind the record that was copied to the scratch place. */
  | { readonly do: 'resume' };

type SetAction = { readonly do: 'set'; readonly value: Shape; readonly width: Width };

export interface Handler {
  readonly number: number;
  readonly key: string;
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

/** Keys of statements, apart from their shapes. */
export const StatementKey = {
  set: (width: Width, value: string): string => `set${width}:${value}`,
  load: (size: number, extend: Extend, user: boolean, address: string): string =>
    `load${size}.${extend}${user ? '.user' : ''}:${address}`,
  store: (size: number, user: boolean, address: string): string => `store${size}${user ? '.user' : ''}:${address}`,
  loadPair: (size: number, address: string): string => `loadPair${size}:${address}`,
  storePair: (size: number, address: string): string => `storePair${size}:${address}`,
  storeExclusive: (size: number, pair: boolean): string => `storeExclusive${size}${pair ? '.pair' : ''}`,
  flags: (kind: FlagKindName, result: boolean, operands: string): string =>
    `flags.${kind}${result ? '.d' : ''}:${operands}`,
  setFlags: 'setFlags',
  branch: (condition: string): string => `branch:${condition}`,
  flagsBranch: (kind: FlagKindName, pair: number, result: boolean, operands: string): string =>
    `flagsBranch.${kind}.${pair}${result ? '.d' : ''}:${operands}`,
  vector: (op: VectorOp | undefined): string => `vector:${op ?? ''}`,
  check: (condition: string): string => `check:${condition}`,
} as const;

const r = (width: Width = 64): Shape => ({ leaf: 'r', width });
const s = (width: Width = 64): Shape => ({ leaf: 's', width });
const node = (op: ValueOp, width: Width, args: readonly Shape[], source: Width = width): Shape => ({
  op,
  width,
  source,
  args,
});
const WIDTHS: readonly Width[] = [32, 64];
const SHIFTS = ['shl', 'shru', 'shrs'] as const;
const ACCESSES: readonly [AccessSize, Extend][] = [
  [1, 'zero'],
  [1, 'sign32'],
  [1, 'sign64'],
  [2, 'zero'],
  [2, 'sign32'],
  [2, 'sign64'],
  [4, 'zero'],
  [4, 'sign64'],
  [8, 'zero'],
];
const ADDRESSES: readonly Shape[] = [
  r(),
  node('add', 64, [r(), r()]),
  node('add', 64, [r(), node('shl', 64, [r(), s()])]),
  node('add', 64, [r(), node('shl', 64, [node('zx32', 64, [r(32)], 32), s()])]),
  node('add', 64, [r(), node('shl', 64, [node('sx32', 64, [r(32)], 32), s()])]),
];
const KINDS: readonly FlagKindName[] = ['sub32', 'sub64', 'add32', 'add64', 'log32', 'log64'];

interface Entry {
  readonly key: string;
  readonly action: Action;
  readonly outlined?: boolean;
}

/** Values that `set` computes in one record, hot ones. */
function* hotValues(): Generator<Shape> {
  for (const w of WIDTHS) {
    yield r(w);
    for (const name of BINARY_OPS) yield node(name, w, [r(w), r(w)]);
    for (const name of [...SHIFTS, 'rotr'] as const) yield node(name, w, [r(w), s(w)]);
    for (const name of ['add', 'sub', 'and', 'or', 'xor'] as const) {
      for (const shift of SHIFTS) yield node(name, w, [r(w), node(shift, w, [r(w), s(w)])]);
    }
    for (const name of ['and', 'or', 'xor'] as const) {
      yield node(name, w, [r(w), node('not', w, [r(w)])]);
      yield node(name, w, [r(w), node('rotr', w, [r(w), s(w)])]);
    }
    yield node('not', w, [r(w)]);
    yield node('neg', w, [r(w)]);
    yield node('exu', w, [r(w), s(w), s(w)]);
    yield node('exs', w, [r(w), s(w), s(w)]);
    yield node('dep', w, [r(w), r(w), s(w), s(w)]);
    yield node('extr', w, [r(w), r(w), s(w)]);
    yield node('add', w, [r(w), node('mul', w, [r(w), r(w)])]);
    yield node('sub', w, [r(w), node('mul', w, [r(w), r(w)])]);
    yield node('sel', w, [r(32), r(w), r(w)]);
    for (const condition of conditions()) yield node('sel', w, [condition, r(w), r(w)]);
  }
  for (const widen of ['zx32', 'sx32'] as const) {
    const wide = node(widen, 64, [r(32)], 32);
    yield wide;
    yield node('add', 64, [r(), wide]);
    yield node('add', 64, [r(), node('shl', 64, [wide, s()])]);
    yield node('add', 64, [r(), node('mul', 64, [wide, wide])]);
  }
}

/** Floating-point values, hot ones. */
function* floatValues(): Generator<Shape> {
  for (const w of WIDTHS) {
    for (const name of ['fadd', 'fsub', 'fmul', 'fdiv'] as const) yield node(name, w, [r(w), r(w)]);
    yield node('fma', w, [r(w), r(w), r(w)]);
    yield node('fcmp', 32, [r(w), r(w)], w);
  }
}

/** Floating-point values in functions of their own. */
function* rareFloatValues(): Generator<Shape> {
  for (const w of WIDTHS) {
    for (const name of FLOAT_UNARY_OPS) yield node(name, w, [r(w)]);
    for (const name of ['fmin', 'fmax'] as const) yield node(name, w, [r(w), r(w)]);
    for (const name of CARE_OPS) if (careCovers(name, w)) yield careOf(name, w);
    for (const to of WIDTHS) {
      for (const name of ['ofS', 'ofU', 'toS', 'toU'] as const) yield node(name, to, [r(w)], w);
    }
    yield node('fcvt', w === 64 ? 32 : 64, [r(w)], w);
  }
}

/** Operands of a care operation besides the status. */
const CARE_OPERANDS: Partial<Record<CareOp, number>> = { careRoot: 2, careNarrow: 1, careRounded: 2 };
const careOf = (name: CareOp, w: Width): Shape =>
  node(name, 32, [r(32), ...new Array<Shape>(CARE_OPERANDS[name] ?? 3).fill(r(w))], w);
const careCovers = (name: CareOp, w: Width): boolean => name !== 'careNarrow' || w === 64;

/** Values in functions of their own. */
function* rareValues(): Generator<Shape> {
  for (const w of WIDTHS) {
    for (const name of UNARY_OPS) {
      if (name !== 'not' && name !== 'neg' && !(name === 'rev32' && w === 32)) yield node(name, w, [r(w)]);
    }
    for (const name of COMPARE_OPS) yield node(name, 32, [r(w), r(w)], w);
    for (const name of ['eqz', 'nez'] as const) yield node(name, 32, [r(w)], w);
    yield node('bit', 32, [r(w), s(w)], w);
    yield node('bit', 32, [r(w), r(w)], w);
    for (const name of ['udiv', 'sdiv'] as const) yield node(name, w, [r(w), r(w)]);
    yield node('flagsAdc', 32, [r(w), r(w), r(32)], w);
    yield node('flagsSub', 32, [r(w), r(w)], w);
    yield node('flagsAdd', 32, [r(w), r(w)], w);
    yield node('flagsLog', 32, [r(w)], w);
    yield node('exu', w, [r(w), r(w), r(w)]);
    yield node('exs', w, [r(w), r(w), r(w)]);
  }
  for (const name of ['umulh', 'smulh'] as const) yield node(name, 64, [r(), r()]);
  for (const name of ['crc32b', 'crc32h', 'crc32w', 'crc32cb', 'crc32ch', 'crc32cw'] as const) {
    yield node(name, 32, [r(32), r(32)]);
  }
  for (const name of ['crc32x', 'crc32cx'] as const) yield node(name, 32, [r(32), r()], 64);
  yield node('flags', 32, [], 32);
  yield* conditions();
}

function* conditions(): Generator<Shape> {
  for (let pair = 0; pair < CONDITION_PAIRS; pair++) {
    yield { pair, flags: null };
    for (const flags of KINDS) if (isDirect(flags, pair)) yield { pair, flags };
  }
}

const HOT_VECTOR: ReadonlySet<string> = new Set(['and', 'or', 'xor', 'low', 'eq8', 'add32', 'add64', 'splat8']);
const HOT_CARE = ['careSum', 'careDifference', 'careProduct', 'careQuotient', 'careFused'] as const;

const widthOf = (shape: Shape): Width => ('pair' in shape ? 32 : shape.width);

function* entries(): Generator<Entry> {
  const K = StatementKey;
  yield { key: 'leave', action: { do: 'leave' } };
  yield { key: 'region', action: { do: 'region' } };
  yield { key: 'resume', action: { do: 'resume' } };
  yield { key: 'constant', action: { do: 'constant' } };
  for (const value of [...hotValues(), ...floatValues()]) {
    const width = widthOf(value);
    yield { key: K.set(width, shapeKey(value)), action: { do: 'set', value, width } };
  }
  for (const value of [...rareValues(), ...rareFloatValues()]) {
    const width = widthOf(value);
    yield { key: K.set(width, shapeKey(value)), action: { do: 'set', value, width }, outlined: true };
  }
  yield { key: K.vector(undefined), action: { do: 'setVector', op: undefined } };
  for (const { op } of VECTOR_ROWS) {
    yield { key: K.vector(op), action: { do: 'setVector', op }, outlined: !HOT_VECTOR.has(op) };
  }
  for (const address of ADDRESSES) {
    const a = shapeKey(address);
    for (const [size, extend] of ACCESSES)
      yield { key: K.load(size, extend, false, a), action: { do: 'load', size, extend, address, user: false } };
    for (const size of [1, 2, 4, 8] as const)
      yield { key: K.store(size, false, a), action: { do: 'store', size, address, user: false } };
  }
  for (const [size, extend] of ACCESSES) {
    yield {
      key: K.load(size, extend, true, 'r'),
      action: { do: 'load', size, extend, address: r(), user: true },
      outlined: true,
    };
  }
  for (const size of [1, 2, 4, 8] as const) {
    yield { key: K.store(size, true, 'r'), action: { do: 'store', size, address: r(), user: true }, outlined: true };
    yield {
      key: K.storeExclusive(size, false),
      action: { do: 'storeExclusive', size, pair: false, address: r() },
      outlined: true,
    };
  }
  for (const size of [4, 8] as const) {
    yield {
      key: K.storeExclusive(size, true),
      action: { do: 'storeExclusive', size, pair: true, address: r() },
      outlined: true,
    };
    for (const address of ADDRESSES.slice(0, 2)) {
      const a = shapeKey(address);
      yield { key: K.loadPair(size, a), action: { do: 'loadPair', size, address } };
      yield { key: K.storePair(size, a), action: { do: 'storePair', size, address } };
    }
  }
  for (const flags of KINDS) {
    const w = kindWidth(flags);
    const logical = flags.startsWith('log');
    const both = node('and', w, [r(w), r(w)]);
    for (const result of [false, true]) {
      const forms: [Shape, Shape | undefined][] = logical
        ? [
            [both, undefined],
            [r(w), undefined],
          ]
        : [[r(w), r(w)]];
      for (const [a, b] of forms) {
        const operands = b ? `${shapeKey(a)},${shapeKey(b)}` : shapeKey(a);
        const rest = b ? { a, b } : { a };
        yield { key: K.flags(flags, result, operands), action: { do: 'flags', flags, result, ...rest } };
        for (let pair = 0; pair < CONDITION_PAIRS; pair++) {
          if (!isDirect(flags, pair)) continue;
          yield {
            key: K.flagsBranch(flags, pair, result, operands),
            action: { do: 'flagsBranch', flags, pair, result, ...rest },
          };
        }
      }
    }
  }
  yield { key: K.setFlags, action: { do: 'setFlags', value: r(32) } };
  for (const condition of conditions())
    yield { key: K.branch(shapeKey(condition)), action: { do: 'branch', condition } };
  for (const w of WIDTHS) {
    for (const condition of [node('eqz', 32, [r(w)], w), node('bit', 32, [r(w), s(w)], w)]) {
      yield { key: K.branch(shapeKey(condition)), action: { do: 'branch', condition } };
    }
    yield { key: K.check(`r${w}`), action: { do: 'check', condition: r(w) } };
    for (const name of HOT_CARE) {
      const condition = careOf(name, w);
      yield { key: K.check(shapeKey(condition)), action: { do: 'check', condition } };
    }
  }
  yield { key: K.branch('r'), action: { do: 'branch', condition: r(32) } };
  const absent = node('eqz', 32, [r()], 64);
  yield { key: K.check(shapeKey(absent)), action: { do: 'check', condition: absent } };
  yield { key: K.check('and64(r,r)'), action: { do: 'check', condition: node('and', 64, [r(), r()]) } };
  yield { key: 'goto', action: { do: 'goto' } };
  yield { key: 'jump', action: { do: 'jump', target: r() } };
  yield { key: 'jumpConstant', action: { do: 'jumpConstant' } };
  yield { key: 'switch', action: { do: 'switch' } };
  yield { key: 'system', action: { do: 'system' } };
}

/** Assignments that one handler does in pairs: what unrolled integer code is made of. */
const PAIRED: readonly SetAction[] = [
  { do: 'set', width: 32, value: node('add', 32, [r(32), r(32)]) },
  { do: 'set', width: 32, value: node('xor', 32, [r(32), r(32)]) },
  { do: 'set', width: 32, value: node('rotr', 32, [r(32), s(32)]) },
  { do: 'set', width: 64, value: node('add', 64, [r(), r()]) },
];
const setKey = (action: SetAction): string => StatementKey.set(action.width, shapeKey(action.value));

function* pairs(): Generator<Entry> {
  for (const first of PAIRED) {
    for (const second of PAIRED)
      yield { key: `${setKey(first)};${setKey(second)}`, action: { do: 'two', first, second } };
  }
}

/** All handlers, in the order of their numbers. */
export const HANDLERS: readonly Handler[] = [...entries(), ...pairs()].map((entry, number) => ({
  number,
  key: entry.key,
  action: entry.action,
  outlined: entry.outlined ?? false,
}));

/** Handlers by key. */
export const HANDLER_BY_KEY: ReadonlyMap<string, Handler> = new Map(HANDLERS.map((h) => [h.key, h]));

const PAIRS: ReadonlyMap<number, number> = new Map(
  PAIRED.flatMap((first) =>
    PAIRED.map((second): [number, number] => {
      const [a, b] = [setKey(first), setKey(second)].map((key) => HANDLER_BY_KEY.get(key)!.number);
      return [a * HANDLERS.length + b, HANDLER_BY_KEY.get(`${setKey(first)};${setKey(second)}`)!.number];
    }),
  ),
);

/** The handler that does the work of two handlers one after the other, or undefined. */
export const pairOf = (first: number, second: number): number | undefined =>
  PAIRS.get(first * HANDLERS.length + second);
