import { describe, expect, it, vi } from 'vitest';
import { createVirt, type VirtBoard } from '../boards/virt.ts';
import { Slot } from '../ir/slots.ts';

const RAM = 0x4000_0000;
const VECTORS = RAM + 0x1000;
const ROUNDS = 100;

const NOP = 0xd503201f;
const SVC = 0xd4000001;
const HVC = 0xd4000002;
const SMC = 0xd4000003;
const ERET = 0xd69f03e0;
const WFI = 0xd503207f;
const MSR_TTBR0_EL1 = 0xd5182000;
const MRS_X1_ELR_EL2 = 0xd53c4021;
const ADD_X1_4 = 0x91001021;
const MSR_ELR_EL2_X1 = 0xd51c4021;
const SUBS_X0 = 0xf1000400;
const TVM = 1n << 26n;
const loop = (call: number): number[] => [call, SUBS_X0, 0x54ffffc1 /* b.ne .-8 */, WFI];

/** A machine at `el` with vectors of ERETs at all levels, about to run a loop of calls. */
function machine(call: number, el: 1 | 2): VirtBoard {
  const image = new Uint8Array(0x2000);
  const view = new DataView(image.buffer);
  for (const [i, word] of loop(call).entries()) view.setUint32(i * 4, word, true);
  for (let at = VECTORS - RAM; at < 0x2000; at += 4) view.setUint32(at, at % 0x80 === 0 ? ERET : NOP, true);
  const board = createVirt({ images: { bios: new Uint8Array(0x1000) }, memoryBytes: 2 << 20 });
  const { machine } = board;
  machine.phys.poke(RAM, image);
  const core = machine.cores[0];
  core.writeRegister('SCR_EL3', 0x531n);
  for (const level of [1, 2, 3]) core.writeRegister(`VBAR_EL${level}`, BigInt(VECTORS));
  core.state.setBig(Slot.PC, BigInt(RAM));
  core.state.setBig(Slot.GENERAL, BigInt(ROUNDS));
  core.setProcessState((15 << 6) | (el << 2) | 1);
  return board;
}

function poke(board: VirtBoard, at: number, word: number): void {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, word, true);
  board.machine.phys.poke(at, bytes);
}

describe('a call and its return stay in translated code', () => {
  it.each([
    ['SVC at EL1', SVC, 1, { 'exception.svc.el1': ROUNDS, 'return.el1.el1': ROUNDS }],
    ['HVC at EL1', HVC, 1, { 'exception.hvc.el2': ROUNDS, 'return.el2.el1': ROUNDS }],
  ] as const)('%s', (_name, call, el, counts) => {
    const board = machine(call, el);
    const core = board.machine.cores[0];
    const system = vi.spyOn(core, 'system');
    board.machine.run({ maxInstructions: 4 * ROUNDS });
    expect(core.state.big(Slot.GENERAL)).toBe(0n);
    expect(board.counts.snapshot(0)).toMatchObject(counts);
    // The first time round the contexts are not known yet; WFI ends it.
    expect(system.mock.calls.length).toBeLessThan(10);
  });

  it('a write that HCR_EL2.TVM traps, whatever its handler then writes', () => {
    const board = machine(MSR_TTBR0_EL1, 1);
    const core = board.machine.cores[0];
    core.writeRegister('HCR_EL2', TVM);
    const skip = [MRS_X1_ELR_EL2, ADD_X1_4, MSR_ELR_EL2_X1, MSR_TTBR0_EL1, ERET];
    for (const [i, word] of skip.entries()) poke(board, VECTORS + 0x400 + 4 * i, word);
    const system = vi.spyOn(core, 'system');
    board.machine.run({ maxInstructions: 8 * ROUNDS });
    expect(core.state.big(Slot.GENERAL)).toBe(0n);
    expect(board.counts.snapshot(0)).toMatchObject({
      ...{ 'exception.system-register.el2': ROUNDS, 'return.el2.el1': ROUNDS },
      ...{ 'trap.el2.TTBR0_EL1': ROUNDS, 'write.TTBR0_EL1': ROUNDS },
    });
    expect(core.readRegister('TTBR0_EL1')).toBe(1n);
    expect(core.readRegister('ESR_EL2') & 0xffffffffn).toBe(0x62300800n);
    expect(core.readRegister('ELR_EL2')).toBe(BigInt(RAM + 4));
    expect(system.mock.calls.length).toBeLessThan(10);
  });

  it('SMC, between the worlds, is counted by function, which is another one each time', () => {
    const board = machine(SMC, 1);
    board.machine.run({ maxInstructions: 4 * ROUNDS });
    const counts = board.counts.snapshot(0);
    expect(counts).toMatchObject({
      ...{ 'exception.smc.el3': ROUNDS, 'return.el3.el1': ROUNDS, 'smc.0x00000064': 1, 'smc.0x00000063': 1 },
      ...{ 'world.secure': ROUNDS, 'world.normal': ROUNDS, 'smc.other': ROUNDS - 64 },
    });
  });

  it('while performance counters count by level, every change of level is told', () => {
    const board = machine(HVC, 1);
    const core = board.machine.cores[0];
    board.machine.run({ maxInstructions: ROUNDS });
    core.writeRegister('PMCNTENSET_EL0', 1n << 31n);
    const system = vi.spyOn(core, 'system');
    board.machine.run({ maxInstructions: ROUNDS });
    expect(system.mock.calls.length).toBeGreaterThanOrEqual(ROUNDS / 4);
  });

  it('an interrupt that waits is taken by the return that lets it in', () => {
    const board = machine(SVC, 1);
    const core = board.machine.cores[0];
    core.setProcessState((1 << 2) | 1);
    board.machine.run({ maxInstructions: ROUNDS });
    while (core.state.big(Slot.PC) !== BigInt(VECTORS + 0x200)) board.machine.run({ maxInstructions: 1 });
    core.setWire('irq', true);
    board.machine.run({ maxInstructions: 2 });
    expect(board.counts.snapshot(0)['exception.irq.el1']).toBe(1);
    expect(core.readRegister('ELR_EL1')).toBe(BigInt(RAM + 4));
  });
});
