import { Slot } from '../../ir/slots.ts';
import type { Arm64Core } from '../core.ts';
import { imm7, imm9, imm12, imm19, option, Rm, Rn, Rt, Rt2, S } from '../decode/fields.ts';
import type { Move, Plan, Transfer } from './load-store.ts';
import { bit, Q } from './unit.ts';

/** What each form of load and store moves: Arm ARM C4.1.4. */

export interface LoadStoreRow {
  readonly name: string;
  readonly pattern: string;
  readonly plan: Plan;
}

const row = (name: string, pattern: string, plan: Plan): LoadStoreRow => ({ name, pattern, plan });

const REGISTERS = 32;
const ZERO_REGISTER = 31;
const REGISTER_BYTES = 16;
const INSTRUCTION_BYTES = 4;

const isLoad = (word: number): boolean => bit(word, 22) === 1;
const base = (core: Arm64Core, word: number): bigint => core.state.big(Rn(word));
const wrap = (address: bigint): bigint => BigInt.asUintN(64, address);

/** Registers behind each other in memory, from the first on. */
function whole(address: bigint, load: boolean, bytes: number, registers: readonly number[]): Transfer {
  return {
    address: wrap(address),
    load,
    alignment: bytes,
    moves: registers.map((register, i) => ({ offset: i * bytes, bytes, register, lane: 0 })),
    clears: registers,
  };
}

/** Size of a single register: opc<1> makes it Q. */
const singleBytes = (word: number): number => (bit(word, 23) ? REGISTER_BYTES : 1 << (word >>> 30));

const single = (word: number, address: bigint): Transfer => whole(address, isLoad(word), singleBytes(word), [Rt(word)]);

const unsignedOffset: Plan = (core, word) => single(word, base(core, word) + BigInt(imm12(word) * singleBytes(word)));
const unscaled: Plan = (core, word) => single(word, base(core, word) + BigInt(imm9(word)));
const postIndex: Plan = (core, word) => ({
  ...single(word, base(core, word)),
  writeback: base(core, word) + BigInt(imm9(word)),
});
const preIndex: Plan = (core, word) => {
  const address = base(core, word) + BigInt(imm9(word));
  return { ...single(word, address), writeback: address };
};

/** `ExtendReg` of 32-bit (UXTW, SXTW) and 64-bit offsets. */
function extended(core: Arm64Core, word: number): bigint {
  const raw = Rm(word) === ZERO_REGISTER ? 0n : core.state.big(Rm(word));
  if (option(word) & 1) return raw;
  return option(word) & 4 ? BigInt.asIntN(32, raw) : BigInt.asUintN(32, raw);
}

const registerOffset: Plan = (core, word) => {
  const shift = S(word) ? Math.log2(singleBytes(word)) : 0;
  return single(word, base(core, word) + (extended(core, word) << BigInt(shift)));
};

/** `opc` of literals and pairs: S, D, Q. */
const wideBytes = (word: number): number => 4 << (word >>> 30);

const literal: Plan = (core, word) =>
  whole(core.state.big(Slot.PC) + BigInt(imm19(word) * INSTRUCTION_BYTES), true, wideBytes(word), [Rt(word)]);

/** LDNP 0, post-index 1, offset 2, pre-index 3. */
const pair: Plan = (core, word) => {
  const mode = (word >>> 23) & 3;
  const start = base(core, word);
  const moved = start + BigInt(imm7(word) * wideBytes(word));
  const transfer = whole(mode === 1 ? start : moved, isLoad(word), wideBytes(word), [Rt(word), Rt2(word)]);
  return mode & 1 ? { ...transfer, writeback: moved } : transfer;
};

/** Base after a structure access: by the register Rm, or (31) by the bytes moved. */
function structureWriteback(core: Arm64Core, word: number, bytes: number): { writeback?: bigint } {
  if (bit(word, 23) === 0) return {};
  const by = Rm(word) === ZERO_REGISTER ? BigInt(bytes) : core.state.big(Rm(word));
  return { writeback: base(core, word) + by };
}

const nth = (first: number, i: number): number => (first + i) % REGISTERS;

/** @param repeats registers behind each other @param structure elements of a structure */
const multiple =
  (repeats: number, structure: number): Plan =>
  (core, word) => {
    const bytes = 1 << ((word >>> 10) & 3);
    const count = (8 << Q(word)) / bytes;
    const moves: Move[] = [];
    for (let r = 0; r < repeats; r++) {
      for (let e = 0; e < count; e++) {
        for (let s = 0; s < structure; s++) {
          moves.push({ offset: moves.length * bytes, bytes, register: nth(Rt(word), r + s), lane: e * bytes });
        }
      }
    }
    return {
      address: base(core, word),
      load: isLoad(word),
      alignment: bytes,
      moves,
      clears: Array.from({ length: repeats * structure }, (_, i) => nth(Rt(word), i)),
      ...structureWriteback(core, word, moves.length * bytes),
    };
  };

/** Number of elements: opcode<0>:R + 1. */
const structureSize = (word: number): number => ((bit(word, 13) << 1) | bit(word, 21)) + 1;

/** Q:S:size, of which narrower indices are the upper bits. */
const laneField = (word: number): number => (Q(word) << 3) | (bit(word, 12) << 2) | ((word >>> 10) & 3);

const oneLane =
  (scale: number): Plan =>
  (core, word) => {
    const bytes = 1 << scale;
    const lane = (laneField(word) >> scale) * bytes;
    const count = structureSize(word);
    return {
      address: base(core, word),
      load: isLoad(word),
      alignment: bytes,
      moves: Array.from({ length: count }, (_, s) => ({
        offset: s * bytes,
        bytes,
        register: nth(Rt(word), s),
        lane,
      })),
      clears: [],
      ...structureWriteback(core, word, count * bytes),
    };
  };

/** LD1R-LD4R: one element to all lanes. */
const replicate: Plan = (core, word) => {
  const bytes = 1 << ((word >>> 10) & 3);
  const lanes = (8 << Q(word)) / bytes;
  const registers = Array.from({ length: structureSize(word) }, (_, s) => nth(Rt(word), s));
  return {
    address: base(core, word),
    load: true,
    alignment: bytes,
    moves: registers.flatMap((register, s) =>
      Array.from({ length: lanes }, (_, e) => ({ offset: s * bytes, bytes, register, lane: e * bytes })),
    ),
    clears: registers,
    ...structureWriteback(core, word, registers.length * bytes),
  };
};

/** Without an offset Rm is zero; with post-index it may be any register. */
const INDEXING = ['0 x x 00000', '1 x x xxxxx'] as const;
const structures = (opcode: string, name: string, repeats: number, structure: number): readonly LoadStoreRow[] =>
  INDEXING.map((index) => row(name, `0 x 001100 ${index} ${opcode} xx Rn Rt`, multiple(repeats, structure)));
const lane = (name: string, opcode: string, size: string, plan: Plan): readonly LoadStoreRow[] =>
  INDEXING.map((index) => row(name, `0 x 001101 ${index} ${opcode} x x ${size} Rn Rt`, plan));

export const LOAD_STORE_FORMS: readonly LoadStoreRow[] = [
  row('LDUR, STUR (SIMD&FP)', 'xx 111 1 00 xx 0 imm9 00 Rn Rt', unscaled),
  row('LDR, STR (immediate, SIMD&FP) post-index', 'xx 111 1 00 xx 0 imm9 01 Rn Rt', postIndex),
  row('LDR, STR (immediate, SIMD&FP) pre-index', 'xx 111 1 00 xx 0 imm9 11 Rn Rt', preIndex),
  row('LDR, STR (register, SIMD&FP)', 'xx 111 1 00 xx 1 Rm option S 10 Rn Rt', registerOffset),
  row('LDR, STR (immediate, SIMD&FP) unsigned offset', 'xx 111 1 01 xx imm12 Rn Rt', unsignedOffset),
  row('LDR (literal, SIMD&FP)', 'xx 011 1 00 imm19 Rt', literal),
  row('LDP, STP, LDNP, STNP (SIMD&FP)', 'xx 101 1 0xx x imm7 Rt2 Rn Rt', pair),
  ...structures('0000', 'LD4, ST4 (multiple structures)', 1, 4),
  ...structures('0010', 'LD1, ST1 (four registers)', 4, 1),
  ...structures('0100', 'LD3, ST3 (multiple structures)', 1, 3),
  ...structures('0110', 'LD1, ST1 (three registers)', 3, 1),
  ...structures('0111', 'LD1, ST1 (one register)', 1, 1),
  ...structures('1000', 'LD2, ST2 (multiple structures)', 1, 2),
  ...structures('1010', 'LD1, ST1 (two registers)', 2, 1),
  ...lane('LD1-LD4, ST1-ST4 (single structure) B', '00', 'xx', oneLane(0)),
  ...lane('LD1-LD4, ST1-ST4 (single structure) H', '01', 'xx', oneLane(1)),
  ...lane('LD1-LD4, ST1-ST4 (single structure) S', '10', 'x0', oneLane(2)),
  ...lane('LD1-LD4, ST1-ST4 (single structure) D', '10', 'x1', oneLane(3)),
  ...lane('LD1R-LD4R', '11', 'xx', replicate),
];
