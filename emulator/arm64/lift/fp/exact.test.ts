import { describe, expect, it } from 'vitest';
import { execute, type OracleMachine, packedFlags } from '../../../ir/oracle.ts';
import { CpuState, SLOT_BYTES, Slot, STATE_BYTES } from '../../../ir/slots.ts';
import { Decoder } from '../../decode/decoder.ts';
import { A64_TABLE } from '../../decode/index.ts';
import { parsePattern } from '../../decode/pattern.ts';
import { SIMD_TABLE, VectorUnit } from '../../fp-simd/index.ts';
import { Sys } from '../../registers/slots.ts';
import { LiftMode } from '../../system-calls.ts';
import { liftA64 } from '../index.ts';

const MODE = LiftMode.fp | LiftMode.fpDefault;
const PER_ROW = Number(process.env.RINGWARDEN_FP_SAMPLES ?? 60);

/** Values that arithmetic is sensitive to, as halves of a register. */
const EDGES64 = [
  0n,
  0x8000000000000000n,
  0x3ff0000000000000n,
  0xbff0000000000000n,
  0x7ff0000000000000n,
  0xfff0000000000000n,
  0x7ff8000000000000n,
  0x7ff0000000000001n,
  0x0000000000000001n,
  0x000fffffffffffffn,
  0x0010000000000000n,
  0x0010000000000001n,
  0x7fefffffffffffffn,
  0x41dfffffffc00000n,
  0xc1e0000000000000n,
  0x43e0000000000000n,
  0xffffffffffffffffn,
];
const EDGES32 = [0, 0x80000000, 0x3f800000, 0x7f800000, 0x7fc00000, 0x7f800001, 1, 0x007fffff, 0x00800000, 0x7f7fffff];

let seed = Number(process.env.RINGWARDEN_SEED ?? 1);
const random = (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return (seed ^ (seed >>> 15)) >>> 0;
};
const pick = <T>(from: readonly T[]): T => from[random() % from.length]!;
const doubleBits = (x: number): bigint => new BigUint64Array(new Float64Array([x]).buffer)[0]!;
const singleBits = (x: number): bigint => BigInt(new Uint32Array(new Float32Array([x]).buffer)[0]!);
const number = (): number =>
  random() % 3 === 0
    ? (random() % 200) - 100
    : (random() - 2 ** 31) * 2 ** ((random() % 90) - 60) + random() * 2 ** -40;

function half(): bigint {
  switch (random() % 8) {
    case 0:
      return pick(EDGES64);
    case 1:
      return (BigInt(pick(EDGES32)) << 32n) | BigInt(pick(EDGES32));
    case 2:
      return (BigInt(random()) << 32n) | BigInt(random());
    case 3:
      return BigInt.asUintN(64, BigInt((random() % 200) - 100));
    case 4:
    case 5:
      return doubleBits(number());
    default:
      return (singleBits(number()) << 32n) | singleBits(number());
  }
}

/** The oracle over a CPU's state, with the exact operations behind `fpSimd`. */
class Machine implements OracleMachine {
  readonly state: CpuState;
  readonly unit: VectorUnit;
  left = false;

  constructor() {
    this.state = new CpuState(new ArrayBuffer(STATE_BYTES), 0);
    this.unit = new VectorUnit(this.state);
  }

  readSlot(slot: number): bigint {
    return this.state.big(slot);
  }

  writeSlot(slot: number, value: bigint): void {
    this.state.setBig(slot, value);
  }

  load(): bigint {
    throw new Error('no memory here');
  }

  store(): void {
    throw new Error('no memory here');
  }

  system(_call: number, word: number): undefined {
    this.left = true;
    this.perform(word);
  }

  perform(word: number): void {
    const found = exact.find(word);
    if (!found) throw new Error(`the exact operations lack 0x${word.toString(16)}`);
    this.unit.begin();
    found.perform(this.unit, word);
    this.unit.end();
  }

  /** X0-X30, the flags, V0-V31, FPSR. */
  visible(): bigint[] {
    const slots = Array.from({ length: 31 }, (_, i) => i);
    for (let i = 0; i < 64; i++) slots.push(Slot.VECTOR + i);
    return [...slots.map((s) => this.state.big(s)), packedFlags((s) => this.state.big(s)), this.state.big(Sys.FPSR)];
  }
}

const exact = new Decoder(SIMD_TABLE);
const IXC = 1n << 4n;

function prepare(machine: Machine): void {
  for (let i = 0; i < 31; i++) machine.writeSlot(i, half());
  for (let i = 0; i < 64; i++) machine.writeSlot(Slot.VECTOR + i, half());
  machine.writeSlot(Slot.FLAGS, BigInt(random() % 16));
  machine.writeSlot(Slot.FLAG_KIND, 0n);
  machine.writeSlot(Sys.FPSR, random() % 2 === 0 ? IXC : 0n);
}

const name = (slot: number): string =>
  slot < 31 ? `X${slot}` : slot < 95 ? `V${(slot - 31) / 2}` : ['NZCV', 'FPSR'][slot - 95]!;

/** FP and SIMD rows, loads and stores (bits 27:25 = x1x0) left out. */
const rows = A64_TABLE.filter((row) => {
  const { value } = parsePattern(row.pattern);
  return ((value >>> 25) & 7) === 7 && ((value >>> 24) & 0xe) === 0xe;
});

describe('the fast form of an FP or SIMD instruction does what the exact operation does, flags included', () => {
  const fastRows = rows.filter((row) => {
    const { value, mask } = parsePattern(row.pattern);
    return Array.from({ length: 32 }, () => (value | (random() & ~mask)) >>> 0).some((word) => liftsFast(word));
  });
  it.each(fastRows.map((row) => [row.name, row] as const))('%s', (_name, row) => {
    const { value, mask } = parsePattern(row.pattern);
    let inline = 0;
    for (let i = 0; i < PER_ROW; i++) {
      const word = (value | (random() & ~mask)) >>> 0;
      if (!liftsFast(word) || !exact.find(word)) continue;
      const fast = new Machine();
      prepare(fast);
      const slow = new Machine();
      for (let s = 0; s < STATE_BYTES / SLOT_BYTES; s++) slow.writeSlot(s, fast.readSlot(s));
      const before = fast.visible();
      execute(liftA64(word, 0, 0, MODE).statements, fast);
      slow.perform(word);
      if (!fast.left) inline++;
      const [got, wanted] = [fast.visible(), slow.visible()];
      got.forEach((v, s) => {
        if (v === wanted[s]) return;
        const inputs = before.map((b, j) => `${name(j)}=${b.toString(16)}`).join(' ');
        throw new Error(
          `0x${word.toString(16)}: ${name(s)} is ${v.toString(16)}, not ${wanted[s]!.toString(16)}; before: ${inputs}`,
        );
      });
    }
    expect(inline).toBeGreaterThan(0);
  });
});

function liftsFast(word: number): boolean {
  return liftA64(word, 0, 0, MODE).statements.every((s) => s.kind !== 'system');
}
