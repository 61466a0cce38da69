/**
 * Random programs for a {@link createWorld}: the streams' instructions, and between them what only a whole machine has: code that writes
 * code, page tables that change with and without a TLB invalidation, faults of every kind, calls to every level, aliases, a device.
 */
import { LiftMode } from '../../emulator/arm64/system-calls.ts';
import { a64, load32 } from '../../emulator/boards/a64-words.ts';
import {
  adr,
  encode,
  floatingMemory,
  floatingPlain,
  Generator,
  type Item,
  joined,
  memory,
  openBits,
  toData,
} from './a64-random.ts';
import { Random } from './random.ts';
import { FPSR, NZCV, REGISTER_COUNT, SP, VECTORS } from './stream.ts';
import {
  ALIAS_BITS,
  CODE_WORDS,
  DESCRIPTORS,
  DEVICE,
  moveRegister,
  type PageKind,
  type WorldProgram,
} from './world.ts';

const ISB = 0xd5033fdf;
const DSB = 0xd5033b9f;
const BR = 0xd61f0000;
const word = (...words: readonly number[]): Item => ({ length: words.length, words: () => [...words] });
/** EOR Xd, Xd, #(1 << bit) */
const flip = (d: number, bit: number): number => (0xd2400000 | (((64 - bit) & 63) << 16) | (d << 5) | d) >>> 0;
const shiftRight = (d: number, by: number): number => (0xd340fc00 | (by << 16) | (d << 5) | d) >>> 0;

/** Words without operands: barriers, hints, whole-TLB and whole-cache maintenance. */
const BARE = [ISB, DSB, 0xd5033bbf, 0xd508871f, 0xd508751f, 0xd503203f, 0xd503205f, 0xd503209f, 0xd50320bf, 0xd5033f5f];
const WAITS = [0xd503207f, 0xd503205f];
/** SYS operations by address: DC ZVA, CVAC, CVAU, CIVAC, IC IVAU, AT S1E1R, S1E1W, S1E0R, S1E0W. */
const BY_ADDRESS = [
  0xd50b7420, 0xd50b7a20, 0xd50b7b20, 0xd50b7e20, 0xd50b7520, 0xd5087800, 0xd5087820, 0xd5087840, 0xd5087860,
];
const often = <T>(list: readonly T[]): T[] => [...list, ...list, ...list, ...list];
/** SVC, HVC, SMC; BRK, HLT, UDF, ERET from where it is not due. */
const CALLS = [...often([0xd4000001, 0xd4000002, 0xd4000003]), 0xd4200000, 0xd4400000, 0x00000000, 0xd69f03e0];
/** TLBI VAE1, VAAE1, VALE1, VAALE1, ASIDE1, by the address in a register. */
const TLBI = [...often([0xd5088720]), 0xd5088760, 0xd50887a0, 0xd50887e0, 0xd5088740];
/** Registers of which single bits are turned over. */
const TOGGLES: readonly (readonly [name: string, bits: readonly number[]])[] = [
  ['SCTLR_EL1', [1, 3, 4, 14, 15, 16, 18, 19, 26]],
  ['CPACR_EL1', [20, 21]],
  ['FPCR', [22, 23, 24, 25]],
  ['FPSR', [0, 4, 27]],
  ...often([['TTBR0_EL1', [48]]] as const),
  ['TCR_EL1', [37]],
  ['CNTP_CTL_EL0', [1]],
  ['CNTKCTL_EL1', [0, 9]],
  ['SPSR_EL1', [28, 30]],
  ['PMCR_EL0', [0, 3]],
];
const READS = [
  'CNTVCT_EL0',
  'CNTPCT_EL0',
  'PMCCNTR_EL0',
  'FPSR',
  'NZCV',
  'ISR_EL1',
  'ESR_EL1',
  'FAR_EL1',
  'PAR_EL1',
  'CTR_EL0',
];
/** Bits of a level 3 descriptor: valid, attribute, AP, AF, nG, the address, PXN, UXN. */
const DESCRIPTOR_BITS = [0, 2, 6, 7, 10, 11, 12, 13, 53, 54];
/** From here on the device refuses every access. */
const REFUSED = 0xf00;
/** Level 3 entries of the first page of code and of data. */
const FIRST_CODE = 256;
const FIRST_DATA = 320;

class WorldGenerator extends Generator {
  private readonly wildness: number;
  private readonly loops: number;

  /** @param wildness share of what only a whole machine has, 0: registers and branches alone @param loops share of branches back that are taken a few times */
  constructor(random: Random, mode: number, wildness: number, loops: number) {
    super(random, mode);
    this.wildness = wildness;
    this.loops = loops;
  }

  override item(items: number, self: number): Item {
    const r = this.random;
    if (self > 1 && r.chance(this.loops)) return this.loopEnd(self);
    if (this.loops > 0 && r.chance(this.loops / 4)) return this.turnOver(items, self);
    if (this.wildness === 0) return r.chance(0.8) ? this.plain() : this.branch(items, self);
    if (!r.chance(this.wildness)) return super.item(items, self);
    const kinds = [
      () => this.overwrite(items, self),
      () => this.turnOver(items, self),
      () => this.turnOver(items, self),
      () => this.changeDescriptor(),
      () => this.invalidate(),
      () => word(r.pick(BARE)),
      () => word(r.pick(CALLS)),
      () => word(r.pick(CALLS)),
      () => this.toggle(),
      () => this.toggle(),
      () => word(moveRegister('mrs', r.pick(READS), this.register())),
      () => this.device(),
      () => this.device(),
      () => this.aliasBranch(items, self),
      () => this.aliasAccess(),
      () => this.maintain(),
      () => this.mask(),
      () => this.anyFloating(),
      () => (r.chance(0.2) ? word(r.pick(WAITS)) : word(r.next())),
    ];
    return r.pick(kinds)();
  }

  /** Any encoding of a floating-point class, those without a fast form and those that are undefined included. */
  private anyFloating(): Item {
    const form = this.random.pick(floatingPlain);
    return word((encode(form, {}, () => this.random.next()) | (this.random.next() & openBits(form))) >>> 0);
  }

  private pageAddress(register: number, offset: number): Item {
    return { length: 1, words: (index) => [adr(register, toData(index, offset))] };
  }

  /** Writes another instruction over one of the stream's, mostly one that comes soon; with or without what makes it visible. */
  private overwrite(items: number, self: number): Item {
    const r = this.random;
    const at = this.register();
    const value = this.register(at);
    const target = r.chance(0.7) ? r.between(self + 1, Math.min(items, self + 4)) : r.below(items);
    const fresh = r.chance(0.1) ? r.next() : this.plain().words(0, () => 0)[0]!;
    const within = r.below(2);
    const clean = r.chance(0.4) ? [0xd50b7b20 | at, DSB, 0xd50b7520 | at, DSB, ISB] : [];
    const words = (index: number, targetOf: (item: number) => number): number[] => [
      ...load32(value, fresh),
      adr(at, 4 * (targetOf(target) + within - index - 2)),
      a64.str(value, at),
      ...clean.map((w) => w >>> 0),
    ];
    return { length: 4 + clean.length, words };
  }

  /** The end of a loop of 1 to 16 rounds: what runs between may be left early, entered anywhere, and nested. */
  private loopEnd(self: number): Item {
    const r = this.random;
    const counter = this.register();
    const start = r.between(Math.max(0, self - 8), self - 1);
    // AND with 3, 7 or 15.
    const mask = r.pick([0x92400400, 0x92400800, 0x92400c00]);
    return {
      length: 3,
      words: (index, targetOf) => [
        (0xd1000400 | (counter << 5) | counter) >>> 0,
        (mask | (counter << 5) | counter) >>> 0,
        (0xb5000000 | (((targetOf(start) - index - 2) & 0x7ffff) << 5) | counter) >>> 0,
      ],
    };
  }

  /** Now and then turns over bits of an instruction's operands, so that code that was hot becomes other code. */
  private turnOver(items: number, self: number): Item {
    const r = this.random;
    const at = this.register();
    const value = this.register(at);
    const target = r.chance(0.5) ? r.between(Math.max(0, self - 6), Math.min(items, self + 6)) : r.below(items);
    const clean = r.chance(0.4) ? [0xd50b7b20 | at, DSB, 0xd50b7520 | at, DSB, ISB] : [];
    const bit = r.pick([0, 1, 5, 10, 12, 16]);
    // AND with 31 or 127: zero in one round of as many.
    const rare = r.pick([0x92401000, 0x92401800]);
    const body = 4 + clean.length;
    return {
      length: 3 + body,
      words: (index, targetOf) => [
        moveRegister('mrs', 'CNTVCT_EL0', value),
        (rare | (value << 5) | value) >>> 0,
        (0xb5000000 | ((body + 1) << 5) | value) >>> 0,
        adr(at, 4 * (targetOf(target) - index - 3)),
        a64.ldr(value, at),
        flip(value, bit),
        a64.str(value, at),
        ...clean.map((w) => w >>> 0),
      ],
    };
  }

  /** Turns over a bit of a page's descriptor; whether the TLB is told is another matter. */
  private changeDescriptor(): Item {
    const r = this.random;
    const at = this.register();
    const value = this.register(at);
    const page = r.chance(0.85) ? r.below(16) : r.below(16) - (FIRST_DATA - FIRST_CODE);
    const entry = DESCRIPTORS + (FIRST_DATA + page) * 8;
    const load = (0xf9400000 | (at << 5) | value) >>> 0;
    const change: Item = joined([
      this.pageAddress(at, entry),
      word(load, flip(value, r.pick(DESCRIPTOR_BITS)), a64.strx(value, at)),
    ]);
    return r.chance(0.6) ? joined([change, word(DSB), this.invalidate(page), word(DSB, ISB)]) : change;
  }

  private invalidate(page = this.random.below(16)): Item {
    const r = this.random;
    if (r.chance(0.3)) return word(0xd508871f);
    const at = this.register();
    const operation = (r.pick(TLBI) | at) >>> 0;
    return joined([this.pageAddress(at, page * 4096), word(shiftRight(at, 12), operation)]);
  }

  private toggle(): Item {
    const r = this.random;
    const [name, bits] = r.pick(TOGGLES);
    const t = this.register();
    const change = [moveRegister('mrs', name, t), flip(t, r.pick(bits)), moveRegister('msr', name, t)];
    return word(...change, ...(r.chance(0.5) ? [ISB] : []));
  }

  /** MSR DAIFSet or DAIFClr: interrupts off or, mostly, on. */
  private mask(): Item {
    return word(this.random.chance(0.3) ? 0xd50342df : 0xd50342ff);
  }

  private device(): Item {
    const r = this.random;
    const base = this.register();
    const offset = DEVICE + r.pick([4 * r.below(64), 8 * r.below(64), r.below(0x1000), REFUSED + 16 * r.below(16)]);
    const forms = this.mode !== 0 && r.chance(0.2) ? floatingMemory : memory;
    return joined([this.pointer(base, offset), word(this.access(r.pick(forms), base))]);
  }

  /** Goes on at the same code under another virtual address. */
  private aliasBranch(items: number, self: number): Item {
    const r = this.random;
    const n = this.register();
    const target = r.between(self + 1, Math.min(items, self + 4));
    return {
      length: 3,
      words: (index, targetOf) => [
        adr(n, 4 * (targetOf(target) - index)),
        flip(n, r.pick(ALIAS_BITS)),
        (BR | (n << 5)) >>> 0,
      ],
    };
  }

  private aliasAccess(): Item {
    const r = this.random;
    const base = this.register();
    const pointer = this.pointer(base, 0x1000 + r.below(0x6000));
    return joined([pointer, word(flip(base, r.pick(ALIAS_BITS)), this.access(r.pick(memory), base))]);
  }

  private maintain(): Item {
    const r = this.random;
    const at = this.register();
    const where = r.chance(0.8) ? this.pageAddress(at, r.below(0x8000)) : this.pageAddress(at, -r.below(0x3f000));
    return joined([where, word((r.pick(BY_ADDRESS) | at) >>> 0)]);
  }
}

const LOOPS = [0, 0.1, 0.25];
const ITEMS = [12, 20, 40, 80, 160, 320];
const PAGES: readonly PageKind[] = ['write', 'write', 'write', 'write', 'read', 'none', 'idle', 'device', 'privileged'];
/** TWI, TWE, TVM, TSW, TTLB, TRVM. */
const HCR_TRAPS = [13, 14, 26, 22, 25, 30];

/** The program of a seed. */
export function randomWorld(seed: number): WorldProgram {
  const random = new Random(seed);
  const mode = random.chance(0.5) ? LiftMode.fp | LiftMode.fpDefault : 0;
  // Half of the programs are tame: little of them faults, much of them is compiled.
  const tame = random.chance(0.6);
  const generator = new WorldGenerator(
    random,
    mode,
    random.pick(tame ? [0, 0.001, 0.02] : [0.05, 0.3]),
    random.pick(LOOPS),
  );
  const count = random.pick(ITEMS);
  const items = Array.from({ length: count }, (_, i) => generator.item(count, i));
  const starts = [0];
  for (const item of items) starts.push(starts.at(-1)! + item.length);
  const body = items.flatMap((item, i) => item.words(starts[i]!, (target) => starts[target]!));
  const again = (at: number): number => (0x14000000 | (-at & 0x3ffffff)) >>> 0;
  // Time goes into a register, so that no round is quite like the one before.
  const [time, mixed] = [random.below(31), random.below(31)];
  body.push(moveRegister('mrs', 'CNTVCT_EL0', time), (0xca000000 | (time << 16) | (mixed << 5) | mixed) >>> 0);
  for (let i = 0; i < 4; i++) body.push(again(body.length));
  if (body.length > CODE_WORDS) throw new Error(`seed ${seed}: ${body.length} words are too many`);
  const pages = Array.from({ length: 16 }, (_, i) => (tame || i < 2 ? 'write' : random.pick(PAGES)));
  const registers = Array.from({ length: random.chance(0.3) ? 2 : 1 }, () => {
    const values = new BigUint64Array(REGISTER_COUNT);
    for (let i = 0; i <= SP; i++) values[i] = generator.value();
    values[NZCV] = BigInt(random.below(16));
    for (let i = VECTORS; i < FPSR; i++) values[i] = generator.half();
    return values;
  });
  const bit = (n: number, probability: number): bigint => (random.chance(probability) ? 1n << BigInt(n) : 0n);
  const hcr = HCR_TRAPS.reduce((sum, n) => sum | bit(n, 0.05), bit(0, 0.4) | bit(4, 0.1));
  // A, SA, SA0, DZE, UCT, nTWI, nTWE, UCI, and what is RES1.
  const sctlr =
    [1, 3, 4].reduce((sum, n) => sum | bit(n, 0.3), 0x00c50838n & ~0x18n) | bit(14, 0.7) | bit(15, 0.7) | bit(26, 0.7);
  const el = !tame && random.chance(0.35) ? 0 : 1;
  const period = random.pick(tame ? [90, 1000, 20_000] : [5, 20, 90, 1000]);
  const fpen = random.chance(0.1) ? random.below(3) : 3;
  return { seed, code: body, registers, dataSeed: random.next() | 1, pages, el, hcr, sctlr, fpen, period };
}
