/**
 * The closed list of tier 0's handlers. Which shapes have one is policy: address modes, shifted operands and
 * compare-and-branch pay, in this order. Whatever is not listed is split by the lowering into shapes that are; the list
 * always holds the plain form of each operation, so splitting ends.
 */
import type { AccessSize, CareOp, Extend, FlagKindName, ValueOp, Width } from '../../ir/ir.ts';
import { BINARY_OPS, CARE_OPS, COMPARE_OPS, FLOAT_UNARY_OPS, UNARY_OPS } from '../../ir/ir.ts';
import { VECTOR_ROWS } from '../../ir/vector-ops.ts';
import { CONDITION_PAIRS, isDirect, kindWidth } from '../conditions.ts';
import { type Action, type Handler, Head, handlerKey, type SetAction, type Shape } from './shapes.ts';

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
const SIZES: readonly AccessSize[] = [1, 2, 4, 8];
const KINDS: readonly FlagKindName[] = ['sub32', 'sub64', 'add32', 'add64', 'log32', 'log64'];

type Entry = Pick<Handler, 'head' | 'operands' | 'action'> & { readonly outlined?: boolean };

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

const plain = (head: string, action: Action, outlined = false): Entry => ({ head, operands: [], action, outlined });

function* assignments(values: Iterable<Shape>, outlined: boolean): Generator<Entry> {
  for (const value of values) {
    const width = widthOf(value);
    yield { head: Head.set(width), operands: [value], action: { do: 'set', value, width }, outlined };
  }
}

function* accesses(): Generator<Entry> {
  for (const address of ADDRESSES) {
    const operands = [address];
    for (const [size, extend] of ACCESSES) {
      const action: Action = { do: 'load', size, extend, address, user: false };
      yield { head: Head.load(size, extend, false), operands, action };
    }
    for (const size of SIZES) {
      yield { head: Head.store(size, false), operands, action: { do: 'store', size, address, user: false } };
    }
  }
  for (const size of [4, 8] as const) {
    for (const address of ADDRESSES.slice(0, 2)) {
      yield { head: Head.loadPair(size), operands: [address], action: { do: 'loadPair', size, address } };
      yield { head: Head.storePair(size), operands: [address], action: { do: 'storePair', size, address } };
    }
  }
}

/** Accesses with EL0's permissions, and exclusive stores. */
function* rareAccesses(): Generator<Entry> {
  const address = r();
  const rare = { operands: [address], outlined: true };
  for (const [size, extend] of ACCESSES) {
    yield { ...rare, head: Head.load(size, extend, true), action: { do: 'load', size, extend, address, user: true } };
  }
  for (const size of SIZES) {
    yield { ...rare, head: Head.store(size, true), action: { do: 'store', size, address, user: true } };
    for (const pair of size < 4 ? [false] : [false, true]) {
      yield plain(Head.storeExclusive(size, pair), { do: 'storeExclusive', size, pair, address }, true);
    }
  }
}

/** Operands of what sets flags: for a logical result, the result or the two that it is the conjunction of. */
function flagOperands(flags: FlagKindName): { a: Shape; b?: Shape }[] {
  const w = kindWidth(flags);
  if (!flags.startsWith('log')) return [{ a: r(w), b: r(w) }];
  return [{ a: node('and', w, [r(w), r(w)]) }, { a: r(w) }];
}

function* flagSetters(): Generator<Entry> {
  for (const flags of KINDS) {
    for (const result of [false, true]) {
      for (const { a, b } of flagOperands(flags)) {
        const operands = b ? [a, b] : [a];
        const rest = b ? { a, b } : { a };
        yield { head: Head.flags(flags, result), operands, action: { do: 'flags', flags, result, ...rest } };
        for (let pair = 0; pair < CONDITION_PAIRS; pair++) {
          if (!isDirect(flags, pair)) continue;
          const action: Action = { do: 'flagsBranch', flags, pair, result, ...rest };
          yield { head: Head.flagsBranch(flags, pair, result), operands, action };
        }
      }
    }
  }
}

/** What branches on a value, or leaves where it is not zero. */
function* tests(): Generator<Entry> {
  const branch = (condition: Shape): Entry => ({
    head: Head.branch,
    operands: [condition],
    action: { do: 'branch', condition },
  });
  const check = (condition: Shape): Entry => ({
    head: Head.check(widthOf(condition)),
    operands: [condition],
    action: { do: 'check', condition },
  });
  for (const condition of conditions()) yield branch(condition);
  for (const w of WIDTHS) {
    yield branch(node('eqz', 32, [r(w)], w));
    yield branch(node('bit', 32, [r(w), s(w)], w));
    for (const name of HOT_CARE) yield check(careOf(name, w));
  }
  yield branch(r(32));
  yield check(r(32));
  yield check(r(64));
  yield check(node('eqz', 32, [r()], 64));
  yield check(node('and', 64, [r(), r()]));
}

function* entries(): Generator<Entry> {
  yield plain(Head.leave, { do: 'leave' });
  yield plain(Head.region, { do: 'region' });
  yield plain(Head.resume, { do: 'resume' });
  yield plain(Head.constant, { do: 'constant' });
  yield* assignments(hotValues(), false);
  yield* assignments(floatValues(), false);
  yield* assignments(rareValues(), true);
  yield* assignments(rareFloatValues(), true);
  yield plain(Head.vector(undefined), { do: 'setVector', op: undefined });
  for (const { op } of VECTOR_ROWS) yield plain(Head.vector(op), { do: 'setVector', op }, !HOT_VECTOR.has(op));
  yield* accesses();
  yield* rareAccesses();
  yield* flagSetters();
  yield plain(Head.setFlags, { do: 'setFlags', value: r(32) });
  yield* tests();
  for (const zero of [false, true]) yield plain(Head.line(zero), { do: 'line', zero, address: r() });
  yield plain(Head.goto, { do: 'goto' });
  yield plain(Head.jump, { do: 'jump', target: r() });
  yield plain(Head.jumpConstant, { do: 'jumpConstant' });
  yield plain(Head.switch, { do: 'switch' });
  yield plain(Head.system, { do: 'system' });
}

/** Assignments that one handler does in pairs: what unrolled integer code is made of. */
const PAIRED: readonly SetAction[] = [
  { do: 'set', width: 32, value: node('add', 32, [r(32), r(32)]) },
  { do: 'set', width: 32, value: node('xor', 32, [r(32), r(32)]) },
  { do: 'set', width: 32, value: node('rotr', 32, [r(32), s(32)]) },
  { do: 'set', width: 64, value: node('add', 64, [r(), r()]) },
];

const setKey = (action: SetAction): string => handlerKey(Head.set(action.width), [action.value]);
const pairHead = (first: SetAction, second: SetAction): string => `${setKey(first)};${setKey(second)}`;

function* pairs(): Generator<Entry> {
  for (const first of PAIRED) {
    for (const second of PAIRED) yield plain(pairHead(first, second), { do: 'two', first, second });
  }
}

/** All handlers, in the order of their numbers. */
export const HANDLERS: readonly Handler[] = [...entries(), ...pairs()].map((entry, number) => ({
  number,
  key: handlerKey(entry.head, entry.operands),
  head: entry.head,
  operands: entry.operands,
  action: entry.action,
  outlined: entry.outlined ?? false,
}));

const BY_KEY: ReadonlyMap<string, Handler> = new Map(HANDLERS.map((h) => [h.key, h]));

/** The number of the handler with a key. @throws Error if there is none */
export function handlerOf(key: string): number {
  const handler = BY_KEY.get(key);
  if (!handler) throw new Error(`no handler for ${key}`);
  return handler.number;
}

const PAIRS: ReadonlyMap<number, number> = new Map(
  PAIRED.flatMap((first) =>
    PAIRED.map((second): [number, number] => {
      const [a, b] = [handlerOf(setKey(first)), handlerOf(setKey(second))];
      return [a * HANDLERS.length + b, handlerOf(pairHead(first, second))];
    }),
  ),
);

/** The handler that does the work of two handlers one after the other, or undefined. */
export const pairOf = (first: number, second: number): number | undefined =>
  PAIRS.get(first * HANDLERS.length + second);
