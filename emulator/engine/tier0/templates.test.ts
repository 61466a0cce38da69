import { describe, expect, it } from 'vitest';
import { liftA64 } from '../../arm64/lift/index.ts';
import { CodeArena } from './arena.ts';
import { BlockSource } from './block-source.ts';
import { Lowering } from './lower.ts';
import { RECORD_BYTES } from './records.ts';

const ARENA = 1 << 16;
const MODE = 0;
const PC = 0x1000;

/** x0 is known to be 5; then it is what w1 holds. */
const MOV_X0_5 = 0xd28000a0;
const MOV_X0_X1 = 0xaa0103e0;
const ADD_X2_X0_X3 = 0x8b030002;
/** Of a known x0, constants. */
const ADD_X0_X0_1 = 0x91000400;
const ADD_X2_X0_1 = 0x91000402;
const CMP_X4_X5 = 0xeb05009f;
const TST_X4_X5 = 0xea05009f;
const CSEL_X6_X7_X8_GE = 0x9a88a0e6;
const MOV_X2_1 = 0xd2800022;

/** Lowers programs one after the other, as a machine does. */
class Machine {
  private readonly memory = new ArrayBuffer(4 * ARENA);
  private readonly words = new Int32Array(this.memory);
  private readonly arena = new CodeArena(this.memory, ARENA, 4 * ARENA);
  private readonly lowering = new Lowering(this.arena);
  private readonly source = new BlockSource();
  lifted = 0;

  /** The records of a block without its end, as text. */
  lower(program: readonly number[]): string[] {
    this.words.set(program, 0);
    this.source.begin(this.words, 0, program.length, PC, 0, MODE, (word, lo, hi, mode) => {
      this.lifted++;
      return liftA64(word, lo, hi, mode);
    });
    const first = this.arena.beginBlock(PC, 0);
    this.lowering.begin();
    for (let i = 0; i < program.length; ) i += this.lowering.instruction(this.source, i);
    const records: string[] = [];
    for (let at = first; at < this.arena.next; at += RECORD_BYTES)
      records.push([...this.words.subarray(at >> 2, (at + RECORD_BYTES) >> 2)].join(' '));
    return records;
  }
}

const fresh = (program: readonly number[]): number => new Machine().lower(program).length;

describe('records of an instruction that was lowered before', () => {
  it('are copied without lifting it again, and are the same', () => {
    const machine = new Machine();
    const first = machine.lower([MOV_X0_X1, ADD_X2_X0_X3]);
    expect(machine.lifted).toBe(2);
    expect(machine.lower([MOV_X0_X1, ADD_X2_X0_X3])).toEqual(first);
    expect(machine.lifted).toBe(2);
  });

  it('are not copied where a register that they read holds a known constant', () => {
    const machine = new Machine();
    machine.lower([ADD_X2_X0_X3]);
    const before = machine.lifted;
    machine.lower([MOV_X0_5, ADD_X2_X0_X3]);
    expect(machine.lifted).toBe(before + 2);
  });

  it('are not kept where they were made for a known constant', () => {
    const machine = new Machine();
    const constant = machine.lower([MOV_X0_5, ADD_X0_X0_1, ADD_X2_X0_1]).at(-1);
    const sum = machine.lower([ADD_X2_X0_1]);
    expect(sum).toHaveLength(fresh([ADD_X2_X0_1]));
    expect(sum[0]).not.toBe(constant);
  });

  it('make registers that they write unknown', () => {
    const machine = new Machine();
    machine.lower([MOV_X0_X1]);
    const copied = machine.lower([MOV_X0_5, MOV_X0_X1, ADD_X2_X0_1]);
    expect(copied.at(-1)).toBe(machine.lower([ADD_X2_X0_1])[0]);
  });

  it('are not copied where the flags are of another kind than the one that they read', () => {
    const machine = new Machine();
    const compared = machine.lower([CMP_X4_X5, MOV_X2_1, CSEL_X6_X7_X8_GE]);
    const tested = machine.lower([TST_X4_X5, MOV_X2_1, CSEL_X6_X7_X8_GE]);
    expect(tested.at(-1)).not.toBe(compared.at(-1));
    expect(machine.lower([CMP_X4_X5, MOV_X2_1, CSEL_X6_X7_X8_GE])).toEqual(compared);
  });

  it('of a system operation leave nothing known behind', () => {
    const machine = new Machine();
    const mrs = 0xd53be020;
    machine.lower([mrs]);
    const copied = machine.lower([MOV_X0_5, mrs, ADD_X2_X0_1]);
    expect(copied.at(-1)).toBe(machine.lower([ADD_X2_X0_1])[0]);
  });
});
