/**
 * Random A64 streams: weighted over the rows of the A64 table, fields filled with interesting values, memory operands
 * steered into the data window by an ADR before the access, branches kept inside the code.
 */
import { A64_TABLE, type Encoding } from '../../emulator/arm64/decode/index.ts';
import { parsePattern } from '../../emulator/arm64/decode/pattern.ts';
import { liftA64 } from '../../emulator/arm64/lift/index.ts';
import { LiftMode, SystemCall } from '../../emulator/arm64/system-calls.ts';
import type { Statement } from '../../emulator/ir/ir.ts';
import { Random } from './random.ts';
import { DATA_BASE, DATA_BYTES, ENTRY, FPSR, NZCV, REGISTER_COUNT, SP, type Stream, VECTORS } from './stream.ts';

/** Writes a row's encoding from field values; fields that are not given come from `fill`. */
export function encode(
  row: Encoding,
  given: Readonly<Record<string, number>>,
  fill: (name: string, width: number) => number,
) {
  const { value, shouldBeOnes, fields } = parsed(row);
  let word = value | shouldBeOnes;
  for (const { name, low, width } of fields) {
    const bits = given[name] ?? fill(name, width);
    word |= (bits & ((1 << width) - 1)) << low;
  }
  return word >>> 0;
}

const patterns = new Map<Encoding, ReturnType<typeof parsePattern>>();
function parsed(row: Encoding) {
  let pattern = patterns.get(row);
  if (!pattern) {
    pattern = parsePattern(row.pattern);
    patterns.set(row, pattern);
  }
  return pattern;
}

const hasField = (row: Encoding, name: string): boolean => parsed(row).fields.some((field) => field.name === name);
const named =
  (pattern: RegExp) =>
  (row: Encoding): boolean =>
    pattern.test(row.name);

/** Cache maintenance, and what a trap may stop: at EL0 without system registers it always leaves. */
const asksForTraps = (s: Statement): boolean =>
  s.kind === 'line' || (s.kind === 'check' && (s.call === SystemCall.sys || s.call === SystemCall.mrs));
const isPrivileged = (s: Statement): boolean => s.kind === 'system' || s.kind === 'switch' || asksForTraps(s);

/** Rows that leave translated code, or whose meaning depends on privilege, are not for random streams. */
const leavesTranslatedCode = (row: Encoding): boolean => {
  const word = encode(row, { option: 3 }, () => 0);
  return liftA64(word, 0, 0, 0).statements.some(isPrivileged);
};
const usable = A64_TABLE.filter((row) => !leavesTranslatedCode(row) || /^(AND|ORR|EOR) .*immediate/.test(row.name));

/** Bits that a pattern leaves open and that belong to no field. */
export function openBits(form: Encoding): number {
  const { mask, shouldBeOnes, fields } = parsed(form);
  return ~fields.reduce((bits, { low, width }) => bits | ((2 ** width - 1) << low), mask | shouldBeOnes);
}

const staysInTranslatedCode = (word: number, mode: number): boolean =>
  liftA64(word, 0, 0, mode).statements.every((s) => !isPrivileged(s));

/** Rows of FP and Advanced SIMD of which at least some encodings have a fast form. */
const FP_MODE = LiftMode.fp | LiftMode.fpDefault;
const floating = A64_TABLE.filter((row) => {
  const { value, shouldBeOnes } = parsed(row);
  if (!leavesTranslatedCode(row)) return false;
  const open = openBits(row);
  for (let tried = open; ; tried = (tried - 1) & open) {
    if (staysInTranslatedCode((value | shouldBeOnes | tried) >>> 0, FP_MODE)) return true;
    if (tried === 0) return false;
  }
});

/** LDAR, STLR: their address must be aligned. */
const isOrdered = named(/^(LDAR|STLR)/);
const isExclusive = named(/^(LDA?X|STL?X)/);
const isBranch = named(/^(B|BL|B\.cond|CBN?Z|TBN?Z|BR|BLR|RET)$/);
const isMemory = named(/^(LD|ST|PRF)/);
const exclusiveLoads = usable.filter(named(/^LDA?X/));
const branches = usable.filter(isBranch);
export const memory = usable.filter((row) => isMemory(row) && !isExclusive(row));
const plain = usable.filter((row) => !isBranch(row) && !isMemory(row));
export const floatingMemory = floating.filter(isMemory);
export const floatingPlain = floating.filter((row) => !isMemory(row));
/** FPSR.IXC: an inexact result has been seen. */
const IXC = 1 << 4;

export const row = (name: string): Encoding => {
  const found = A64_TABLE.find((r) => r.name === name);
  if (!found) throw new Error(`the A64 table has no row ${name}`);
  return found;
};
const ADR = row('ADR');
const ADD = row('ADD (immediate)');
const MOVZ = row('MOVZ 64-bit');
const MOVN = row('MOVN 64-bit');
const MOVK = row('MOVK 64-bit');
const CLREX = row('CLREX');

export const ZR_OR_SP = 31;
/** opc<0> of a load or store. */
const LOAD_BIT = 1 << 22;
export const none = (): number => 0;

/** A piece of a stream: words that belong together, made once its address is known. */
export type Item = { readonly length: number; words(index: number, targetOf: (item: number) => number): number[] };

/** Words between a place and a place in the data window. */
export const toData = (index: number, offset: number): number => Number(DATA_BASE - ENTRY) + offset - 4 * index;

export const adr = (register: number, distance: number): number =>
  encode(ADR, { immlo: distance & 3, immhi: distance >> 2, Rd: register }, none);

const INTERESTING = [
  0n,
  1n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x7fffffffffffffffn,
  0x8000000000000000n,
  0xffffffffffffffffn,
  0xffffffff80000000n,
];

export class Generator {
  protected readonly random: Random;
  protected readonly mode: number;

  constructor(random: Random, mode: number) {
    this.random = random;
    this.mode = mode;
  }

  /** Half of a vector register: a double, two singles, or bits. */
  half(): bigint {
    const kind = this.random.below(8);
    if (kind < 2) return this.value();
    const wide = kind < 5;
    const small = this.random.chance(0.3);
    const number = (): number =>
      small ? this.random.between(-64, 64) : (this.random.next() - 2 ** 31) * 2 ** this.random.between(-60, 40);
    if (wide) return new BigUint64Array(new Float64Array([number()]).buffer)[0]!;
    return new BigUint64Array(new Float32Array([number(), number()]).buffer)[0]!;
  }

  /** A register's first value: an edge, a small number, or random bits. */
  value(): bigint {
    const kind = this.random.below(4);
    if (kind === 0) return this.random.pick(INTERESTING);
    if (kind === 1) return BigInt.asUintN(64, BigInt(this.random.between(-64, 64)));
    return (BigInt(this.random.next()) << 32n) | BigInt(this.random.next());
  }

  private lastRegister = 0;

  /** A field's value: edges of immediates, register 31 and equal registers (the aliases) more often. */
  private readonly field = (name: string, width: number): number => {
    const r = this.random;
    if (/^R/.test(name)) {
      if (r.chance(0.1)) return ZR_OR_SP;
      if (!r.chance(0.1)) this.lastRegister = r.below(32);
      return this.lastRegister;
    }
    if (r.chance(0.5)) return r.below(2 ** width);
    const edges = [0, 1, 2 ** width - 1, 2 ** (width - 1), 2 ** (width - 1) - 1, 2 ** r.below(width)];
    return r.pick(edges);
  };

  protected register(...except: number[]): number {
    for (;;) {
      const n = this.random.below(31);
      if (!except.includes(n)) return n;
    }
  }

  item(items: number, self: number): Item {
    const kind = this.random.below(100);
    if ((this.mode & LiftMode.fp) !== 0 && kind < 82 && this.random.chance(0.7)) {
      return kind < 60 ? this.floating() : this.memory(floatingMemory);
    }
    if (kind < 55) return this.plain();
    if (kind < 82) return this.memory(memory);
    if (kind < 88) return this.exclusive();
    return this.branch(items, self);
  }

  /** Open bits of a class are random; a form that has no fast way is another try. */
  private floating(): Item {
    for (;;) {
      const form = this.random.pick(floatingPlain);
      const word = (encode(form, {}, this.field) | (this.random.next() & openBits(form))) >>> 0;
      if (staysInTranslatedCode(word, this.mode)) return { length: 1, words: () => [word] };
    }
  }

  protected plain(): Item {
    for (;;) {
      const word = encode(this.random.pick(plain), {}, this.field);
      // A reserved value of a field: another try.
      if (liftA64(word, 0, 0, 0).statements.some(isPrivileged)) continue;
      return { length: 1, words: () => [word] };
    }
  }

  /** An instruction that makes `register` an address in the data window; SP needs two. */
  protected pointer(register: number, offset: number): Item {
    if (register !== ZR_OR_SP) return { length: 1, words: (index) => [adr(register, toData(index, offset))] };
    const scratch = this.register();
    const move = encode(ADD, { sf: 1, sh: 0, imm12: 0, Rn: scratch, Rd: ZR_OR_SP }, none);
    return { length: 2, words: (index) => [adr(scratch, toData(index, offset)), move] };
  }

  private memory(forms: readonly Encoding[]): Item {
    const r = this.random;
    const form = r.pick(forms);
    if (hasField(form, 'imm19')) return this.literal(form);
    const base = r.below(32);
    // Room for every offset: at most 512 bytes down, 32760 up.
    const near = r.chance(0.7) ? 0x1000 + r.below(64) : r.between(0x1000, 0x6fff);
    const offset = isOrdered(form) ? near & ~7 : near;
    const pointer = this.pointer(base, offset);
    if (hasField(form, 'S')) return this.indexed(form, base, pointer);
    const word = this.access(form, base);
    return { length: pointer.length + 1, words: (i, t) => [...pointer.words(i, t), word] };
  }

  protected access(form: Encoding, base: number): number {
    const r = this.random;
    const isFloating = floatingMemory.includes(form);
    const near = isFloating || r.chance(0.5) ? { imm12: r.below(16) } : {};
    const open = isFloating ? openBits(form) : 0;
    for (;;) {
      const word = (encode(form, { Rn: base, ...near }, this.field) | (r.next() & open)) >>> 0;
      if (!isFloating || staysInTranslatedCode(word, this.mode)) return word;
    }
  }

  private literal(form: Encoding): Item {
    const offset = this.random.below(DATA_BYTES / 8) * 4;
    const t = this.random.below(32);
    return {
      length: 1,
      words: (index) => [encode(form, { imm19: toData(index, offset) >> 2, Rt: t, prfop: t }, none)],
    };
  }

  /** Register offset: the index is small, and its upper half arbitrary where the extension drops it. */
  private indexed(form: Encoding, base: number, pointer: Item): Item {
    const r = this.random;
    const m = r.chance(0.1) ? ZR_OR_SP : this.register(base);
    const option = r.pick([2, 3, 6, 7]);
    const negative = option !== 2 && r.chance(0.3);
    const words: number[] = [];
    if (m !== ZR_OR_SP) {
      words.push(encode(negative ? MOVN : MOVZ, { imm16: r.below(negative ? 0x180 : 0x800), hw: 0, Rd: m }, none));
      if ((option & 1) === 0) words.push(encode(MOVK, { imm16: r.next(), hw: r.pick([2, 3]), Rd: m }, none));
    }
    // `option`'s middle bit is literal in the pattern, the outer ones are "any".
    const access = (encode(form, { Rn: base, Rm: m }, this.field) | (option << 13) | this.loadBit(form)) >>> 0;
    return {
      length: words.length + pointer.length + 1,
      words: (i, t) => [...words, ...pointer.words(i + words.length, t), access],
    };
  }

  /** Rows of vector registers leave open whether they load or store. */
  private loadBit(form: Encoding): number {
    return floatingMemory.includes(form) ? this.random.next() & LOAD_BIT & openBits(form) : 0;
  }

  /** A load-exclusive and, mostly, its store after a few other instructions. */
  private exclusive(): Item {
    const r = this.random;
    const load = r.pick(exclusiveLoads);
    const store = row(load.name.replace(/^LDA?X/, r.chance(0.5) ? 'STX' : 'STLX'));
    const base = r.below(32);
    const pointer = this.pointer(base, 0x1000 + 16 * r.below(8));
    const others = Array.from({ length: r.below(3) }, () => this.plain());
    const again = this.pointer(base, 0x1000 + 16 * r.below(r.chance(0.8) ? 1 : 8));
    const [t, t2] = [r.below(32), r.below(32)];
    const loadWord = encode(load, { Rn: base, Rt: t, Rt2: t2 }, none);
    const status = this.register(base, t, t2);
    const storeWord = encode(store, { Rn: base, Rt: t, Rt2: t2, Rs: status }, none);
    const samePlace = r.chance(0.8);
    const parts: Item[] = [
      pointer,
      { length: 1, words: () => [loadWord] },
      ...others,
      samePlace ? pointer : again,
      { length: 1, words: () => [storeWord] },
    ];
    return joined(parts);
  }

  protected branch(items: number, self: number): Item {
    const r = this.random;
    const form = r.pick(branches);
    const target = r.chance(0.1)
      ? r.between(Math.max(0, self - 6), self)
      : r.between(self + 1, Math.min(items, self + 6));
    if (hasField(form, 'Rn')) {
      const n = this.register();
      const word = encode(form, { Rn: n }, none);
      return { length: 2, words: (index, targetOf) => [adr(n, 4 * (targetOf(target) - index)), word] };
    }
    const offset = parsed(form).fields.find((field) => field.name.startsWith('imm'))!;
    const filled = encode(form, { [offset.name]: 0 }, this.field);
    return {
      length: 1,
      words: (index, targetOf) => {
        const distance = (targetOf(target) - index) & (2 ** offset.width - 1);
        return [(filled | (distance << offset.low)) >>> 0];
      },
    };
  }
}

export function joined(parts: readonly Item[]): Item {
  return {
    length: parts.reduce((sum, part) => sum + part.length, 0),
    words(index, targetOf) {
      const words: number[] = [];
      for (const part of parts) words.push(...part.words(index + words.length, targetOf));
      return words;
    },
  };
}

/** Items in a stream, and instructions after which it is stopped (a backward branch may loop). */
const ITEMS = 24;
const LIMIT = 120;

/**
 * The stream of a seed. It begins with CLREX: no executor remembers an earlier stream's monitor.
 * @param modes lift modes, one of which is taken
 */
export function randomStream(seed: number, modes: readonly number[]): Stream {
  const random = new Random(seed);
  const mode = random.pick(modes);
  const generator = new Generator(random, mode);
  const items: Item[] = [{ length: 1, words: () => [encode(CLREX, { CRm: 15 }, none)] }];
  for (let i = 1; i < ITEMS; i++) items.push(generator.item(ITEMS, i));
  const starts: number[] = [0];
  for (const item of items) starts.push(starts[starts.length - 1]! + item.length);
  const code = items.flatMap((item, i) => item.words(starts[i]!, (target) => starts[target]!));
  const registers = new BigUint64Array(REGISTER_COUNT);
  for (let i = 0; i <= SP; i++) registers[i] = generator.value();
  registers[NZCV] = BigInt(random.below(16));
  if ((mode & LiftMode.fp) !== 0) {
    for (let i = VECTORS; i < FPSR; i++) registers[i] = generator.half();
    registers[FPSR] = BigInt(random.chance(0.8) ? IXC : 0);
  }
  // Some stop early, so that the end of a budget falls on every place of a block.
  const limit = random.chance(0.3) ? random.between(1, LIMIT / 2) : LIMIT;
  return { code, registers, dataSeed: random.next() | 1, limit, mode };
}
