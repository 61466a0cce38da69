import { describe, expect, it } from 'vitest';
import { FLAT_START, flatMachine, runWords } from '../../test/support/flat-machine.ts';
import { SystemCall } from '../arm64/system-calls.ts';
import { Slot } from '../ir/slots.ts';

const SVC = 0xd4000001;

describe('tier 0', () => {
  it('runs a counted loop and stops at the system call with the exact pc and count', () => {
    const m = flatMachine({ bytes: 1 << 20 });
    // mov x0, #0; mov x1, #10; add x0, x0, x1; subs x1, x1, #1; b.ne .-8; svc
    const met = runWords(m, [0xd2800000, 0xd2800141, 0x8b010000, 0xf1000421, 0x54ffffc1, SVC], 1000);
    expect(met).toMatchObject({ what: 'system', call: SystemCall.svc, pc: BigInt(FLAT_START + 20) });
    expect(m.cores[0].state.big(0)).toBe(55n);
    expect(m.instructions).toBe(2 + 30 + 1);
  });

  it('loads and stores through the TLB, across a page too', () => {
    const m = flatMachine({ bytes: 1 << 20 });
    // x1 = 0x40001ffc; x2 = 0x1122334455667788; str x2,[x1]; ldr x3,[x1]; ldrsb x4,[x1]; stp x2,x2,[x1,#8]!; svc
    const words = [
      0xd283ff81,
      0xf2a80001,
      0xd28ef102,
      0xf2aaacc2,
      0xf2c66882,
      0xf2e22442,
      0xf9000022,
      0xf9400023,
      0x39800024,
      0xa9808822,
      SVC,
    ];
    const met = runWords(m, words, 1000);
    expect(met?.pc).toBe(BigInt(FLAT_START + 40));
    const s = m.cores[0].state;
    expect(s.big(3)).toBe(0x1122334455667788n);
    expect(s.big(4)).toBe(0xffffffffffffff88n);
    expect(s.big(1)).toBe(0x40002004n);
    expect(Buffer.from(m.phys.peek(0x40001ffc, 8)).toString('hex')).toBe('8877665544332211');
  });

  it('a slice of any length stops on the exact instruction', () => {
    const words = [0xd2800000, 0xd2800141, 0x8b010000, 0xf1000421, 0x54ffffc1, SVC];
    for (const length of [1, 2, 3, 7]) {
      const m = flatMachine({ bytes: 1 << 20 });
      runWords(m, words, length);
      expect(m.instructions).toBe(length);
      let rest = 0;
      while (!m.stopReason && rest++ < 100) m.run({ maxInstructions: length });
      expect(m.cores[0].state.big(0)).toBe(55n);
      expect(m.instructions).toBe(33);
    }
  });

  it('runs the new instruction after code was overwritten, within the same block', () => {
    const m = flatMachine({ bytes: 1 << 20 });
    // adr x1, .+12; ldr w2, [x3]; str w2, [x1]; mov x0, #1 (becomes mov x0, #2); svc
    const words = [0x10000061, 0xb9400062, 0xb9000022, 0xd2800020, SVC];
    m.phys.poke(FLAT_START + 0x8000, new Uint8Array(Uint32Array.of(0xd2800040).buffer));
    m.cores[0].state.setBig(3, BigInt(FLAT_START + 0x8000));
    runWords(m, words, 100);
    expect(m.cores[0].state.big(0)).toBe(2n);
    expect(m.instructions).toBe(5);
  });

  it('a fault leaves the pc on the instruction and no trace of it', () => {
    const m = flatMachine({ bytes: 1 << 20 });
    // mov x1, #16; ldr x2, [x1], #8
    const met = runWords(m, [0xd2800201, 0xf8408422], 100);
    expect(met).toMatchObject({ what: 'fault', pc: BigInt(FLAT_START + 4), address: 16n });
    expect(m.cores[0].state.big(Slot.GENERAL + 1)).toBe(16n);
  });
});
