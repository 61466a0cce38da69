/**
 * Loads and stores of SIMD&FP registers (Arm ARM C4.1.4) but for the structures that interleave: those are left to the exact operation.
 * A register narrower than 128 bits zeroes the rest of V<t>.
 */
import type { AccessSize, Expr, Statement } from '../../../ir/ir.ts';
import type { Site } from '../../decode/encoding.ts';
import { imm7, imm9, imm12, imm19, option, Rm, Rn, Rt, Rt2, S } from '../../decode/fields.ts';
import { LiftMode } from '../../system-calls.ts';
import { INSTRUCTION_BYTES } from '../branch.ts';
import { bigInt, binary, int, NOTHING, pcPlus, readSP, readZR, set, slot, temp, ZR_OR_SP } from '../build.ts';
import { extendedRegister } from '../data-register.ts';
import { alignmentCheck, checks, writeback } from '../load-store.ts';
import { dupLanes, extractLane, insertLane } from './lanes.ts';
import { clearHigh, high, isQ, low } from './registers.ts';

const QUAD = 16;
const isLoad = (word: number): boolean => ((word >>> 22) & 1) !== 0;

/** An address as base and constant: what follows it in memory has the same base. */
interface Place {
  readonly base: Expr;
  readonly offset: number;
}
const at = ({ base, offset }: Place, more = 0): Expr =>
  offset + more === 0 ? base : binary('add', base, int(offset + more, 64));

/** Registers of 16 bytes from consecutive addresses. All but the last go through temporaries, so that a fault leaves no trace. */
function loadQuads(registers: readonly number[], place: Place): Statement[] {
  const last = registers.length - 1;
  const statements = registers.map((t, i): Statement => {
    const [slot1, slot2] = i === last ? [low(t), high(t)] : [temp(2 * i), temp(2 * i + 1)];
    return { kind: 'loadPair', slot: slot1, slot2, size: 8, address: at(place, QUAD * i) };
  });
  // Last to first: of two equal registers the one at the lower address stays.
  for (let i = last - 1; i >= 0; i--) {
    statements.push(
      set(low(registers[i]!), slot(temp(2 * i), 64)),
      set(high(registers[i]!), slot(temp(2 * i + 1), 64)),
    );
  }
  return statements;
}

/** Registers of 8 bytes from consecutive addresses. */
function loadDoubles(registers: readonly number[], place: Place): Statement[] {
  const last = registers.length - 1;
  const statements = registers.map(
    (t, i): Statement => ({
      kind: 'load',
      slot: i === last ? low(t) : temp(i),
      size: 8,
      extend: 'zero',
      address: at(place, 8 * i),
    }),
  );
  for (let i = last - 1; i >= 0; i--) statements.push(set(low(registers[i]!), slot(temp(i), 64)));
  return [...statements, ...registers.map(clearHigh)];
}

/** Registers of 16 or 8 bytes to consecutive addresses. */
const storeWhole = (registers: readonly number[], bytes: 8 | 16, place: Place): Statement[] =>
  registers.map((t, i): Statement => {
    const address = at(place, bytes * i);
    return bytes === QUAD
      ? { kind: 'storePair', value: low(t), value2: high(t), size: 8, address }
      : { kind: 'store', value: low(t), size: 8, address };
  });

const moveWhole = (load: boolean, registers: readonly number[], bytes: 8 | 16, place: Place): Statement[] => {
  if (!load) return storeWhole(registers, bytes, place);
  return bytes === QUAD ? loadQuads(registers, place) : loadDoubles(registers, place);
};

/** One register of 1 to 16 bytes. */
function moveOne(load: boolean, t: number, bytes: number, place: Place): Statement[] {
  if (bytes === QUAD) return moveWhole(load, [t], QUAD, place);
  const size = bytes as AccessSize;
  if (!load) return [{ kind: 'store', value: low(t), size, address: at(place) }];
  return [{ kind: 'load', slot: low(t), size, extend: 'zero', address: at(place) }, clearHigh(t)];
}

/** Bytes of LDR, STR: size, with opc<1> the Q register. */
const bytesOf = (word: number): number => (((word >>> 23) & 1) !== 0 ? QUAD : 1 << (word >>> 30));

const access = (word: number, site: Site, bytes: number, place: Place): readonly Statement[] => [
  ...checks(word, site, at(place), bytes),
  ...moveOne(isLoad(word), Rt(word), bytes, place),
];

const baseOf = (word: number, offset: number): Place => ({ base: readSP(Rn(word), 64), offset });

export const unsignedOffset = (word: number, site: Site): readonly Statement[] =>
  access(word, site, bytesOf(word), baseOf(word, imm12(word) * bytesOf(word)));

export const unscaled = (word: number, site: Site): readonly Statement[] =>
  access(word, site, bytesOf(word), baseOf(word, imm9(word)));

export const registerOffset = (word: number, site: Site): readonly Statement[] => {
  const bytes = bytesOf(word);
  const offset = extendedRegister(Rm(word), option(word), S(word) ? Math.log2(bytes) : 0, 64);
  return access(word, site, bytes, { base: binary('add', readSP(Rn(word), 64), offset), offset: 0 });
};

export const indexed =
  (mode: 'pre' | 'post') =>
  (word: number, site: Site): readonly Statement[] =>
    writeback(word, mode, imm9(word), false, () =>
      access(word, site, bytesOf(word), baseOf(word, mode === 'pre' ? imm9(word) : 0)),
    );

/** LDR (literal): no base, so nothing but the address' alignment is checked. */
export const literal = (word: number, site: Site): readonly Statement[] => {
  const bytes = 4 << (word >>> 30);
  const base = bigInt(pcPlus(site, imm19(word) * INSTRUCTION_BYTES), 64);
  const before = site.mode & LiftMode.alignmentCheck ? alignmentCheck(word, base, bytes) : NOTHING;
  return [...before, ...moveOne(true, Rt(word), bytes, { base, offset: 0 })];
};

/** LDP, STP, LDNP, STNP: bits 24:23 are the addressing mode. */
export const pair = (word: number, site: Site): readonly Statement[] => {
  const bytes = 4 << (word >>> 30);
  const offset = imm7(word) * bytes;
  const mode = (word >>> 23) & 3;
  const place = baseOf(word, mode === 1 ? 0 : offset);
  const accesses = () => [...checks(word, site, at(place), bytes), ...movePair(word, bytes, place)];
  if (mode === 1) return writeback(word, 'post', offset, false, accesses);
  return mode === 3 ? writeback(word, 'pre', offset, false, accesses) : accesses();
};

function movePair(word: number, bytes: number, place: Place): readonly Statement[] {
  const registers = [Rt(word), Rt2(word)];
  const [t, t2] = registers as [number, number];
  if (bytes === QUAD) return moveWhole(isLoad(word), registers, QUAD, place);
  const size = bytes as 4 | 8;
  const address = at(place);
  if (!isLoad(word)) return [{ kind: 'storePair', value: low(t), value2: low(t2), size, address }];
  return [{ kind: 'loadPair', slot: low(t), slot2: low(t2), size, address }, clearHigh(t), clearHigh(t2)];
}

/** Writes the base back after a structure access: by its bytes (Rm = 31) or by X<m>. */
function structureWriteback(word: number, post: boolean, bytes: number, accesses: readonly Statement[]) {
  if (!post) return accesses;
  const n = Rn(word);
  const step = Rm(word) === ZR_OR_SP ? int(bytes, 64) : readZR(Rm(word), 64);
  return [...accesses, set(n, binary('add', readSP(n, 64), step))];
}

/** LD1, ST1 of `count` whole registers: memory holds them one after the other, whatever the elements are. */
export const multiple =
  (count: number, post: boolean) =>
  (word: number, site: Site): readonly Statement[] => {
    const bytes = isQ(word) ? QUAD : 8;
    const elementBytes = 1 << ((word >>> 10) & 3);
    const registers = Array.from({ length: count }, (_, i) => (Rt(word) + i) & 31);
    const place = baseOf(word, 0);
    return structureWriteback(word, post, bytes * count, [
      ...checks(word, site, at(place), elementBytes),
      ...moveWhole(isLoad(word), registers, bytes, place),
    ]);
  };

/** Slot that an element passes through. */
const ELEMENT = temp(0);

/** LD1, ST1 of one element, LD1R. The structures of two to four registers (R, opcode<0>) are left to the exact operation. */
export const single =
  (what: 'B' | 'H' | 'S' | 'D' | 'replicate', post: boolean) =>
  (word: number, site: Site): readonly Statement[] | undefined => {
    const several = (word >>> 21) & 1 || (word >>> 13) & 1;
    if (several) return undefined;
    const t = Rt(word);
    const place = baseOf(word, 0);
    const scale = what === 'replicate' ? (word >>> 10) & 3 : 'BHSD'.indexOf(what);
    const size = (1 << scale) as AccessSize;
    const before = checks(word, site, at(place), size);
    // Q:S:size is the index, counted in bytes.
    const lane = (((word >>> 30) & 1) << 3) | ((word >>> 10) & 7);
    const done = (statements: readonly Statement[]) => structureWriteback(word, post, size, [...before, ...statements]);
    if (!isLoad(word)) {
      return done([
        set(ELEMENT, extractLane(t, scale, lane >> scale)),
        { kind: 'store', value: ELEMENT, size, address: at(place) },
      ]);
    }
    const load: Statement = { kind: 'load', slot: ELEMENT, size, extend: 'zero', address: at(place) };
    const element = slot(ELEMENT, 64);
    if (what === 'replicate') return done([load, ...dupLanes(t, scale, element, isQ(word))]);
    return done([load, insertLane(t, scale, lane >> scale, element)]);
  };
