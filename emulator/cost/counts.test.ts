import { describe, expect, it, test } from 'vitest';
import { msrWord } from '../arm64/testing.ts';
import { a64, image, load32 } from '../boards/a64-words.ts';
import { decodeSnapshot, encodeSnapshot } from '../boards/snapshot-file.ts';
import { createVirt, resumeVirt, type VirtBoard } from '../boards/virt.ts';
import { Virt } from '../boards/virt-map.ts';
import { EVENTS, EventCounts, isEvent } from './counts.ts';

/**
 * A program that does known numbers of events: EL3 in ROM, which answers secure calls by returning; EL2 and EL1 in RAM, with
 * stage 2 on (one block of 1 GiB over RAM) and stage 1 off. Expectations follow from the Arm ARM, by hand.
 */
const EL2 = Virt.ram.base;
const EL2_VECTORS = EL2 + 0x800;
const EL1 = EL2 + 0x1000;
const EL1_VECTORS = EL1 + 0x800;
const STAGE2_TABLE = EL2 + 0x2000;
const DATA = EL2 + 0x3000;
/** Not mapped by stage 2. */
const HOLE = Virt.uart0.base;

const ERET = 0xd69f03e0;
const SVC = 0xd4000001;
const NOP = 0xd503201f;
const SYNC_CURRENT_SPX = 0x200;
const SYNC_LOWER = 0x400;
/** EL1h and EL2h with all interrupts masked. */
const EL1H = 0x3c5;
const EL2H = 0x3c9;
/** RES1 bits, RW, HCE, NS. */
const SCR = 0x531;
/** RW, TVM, VM. */
const HCR = (1 << 31) | (1 << 26) | 1;
/** 39-bit input, 4 KiB granule, start at level 1, 40-bit output. */
const VTCR = 25 | (1 << 6) | (2 << 16) | (1 << 31);
const EC_HVC = 0x16;

const set = (name: string, value: number): number[] => [...load32(0, value >>> 0), msrWord(name)];
/** Runs `body` `times` times, counting in X20. */
const loop = (times: number, ...body: number[]): number[] => {
  const back = -(body.length + 1);
  const subtract = 0xd1000694;
  const branch = (0xb5000014 | ((back & 0x7ffff) << 5)) >>> 0;
  return [a64.movz(20, times), ...body, subtract, branch];
};
const padded = (bytes: number, ...words: number[]): number[] => [
  ...words,
  ...new Array<number>(bytes / 4 - words.length).fill(NOP),
];

interface Numbers {
  readonly svc: number;
  readonly hvc: number;
  readonly smc: number;
  readonly odd: number;
  readonly traps: number;
  readonly faults: number;
  readonly uart: number;
}

const rom = image(
  ...padded(
    0x800,
    ...set('VBAR_EL3', 0x800),
    ...set('SCR_EL3', SCR),
    ...set('SPSR_EL3', EL2H),
    ...set('ELR_EL3', EL2),
    ERET,
  ),
  ...padded(SYNC_LOWER),
  ERET,
);

function el2(n: Numbers): Uint8Array {
  const skip = [a64.add(2, 2, 4), msrWord('ELR_EL2', 2)];
  const mrs = (name: string, t: number): number => (msrWord(name, t) | (1 << 21)) >>> 0;
  const isHvc = [mrs('ESR_EL2', 1), a64.lsr(1, 1, 26), 0xd1000021 | (EC_HVC << 10)];
  return image(
    ...padded(
      0x800,
      ...set('VBAR_EL2', EL2_VECTORS),
      ...set('VTCR_EL2', VTCR),
      ...set('VTTBR_EL2', STAGE2_TABLE),
      ...set('HCR_EL2', HCR),
      ...load32(3, Virt.uart0.base),
      ...loop(n.uart, a64.ldr(4, 3, 0x18)),
      ...set('VBAR_EL1', EL1_VECTORS),
      ...set('SPSR_EL2', EL1H),
      ...set('ELR_EL2', EL1),
      ERET,
    ),
    ...padded(SYNC_LOWER),
    ...isHvc,
    a64.cbz(1, 4),
    mrs('ELR_EL2', 2),
    ...skip,
    ERET,
  );
}

function el1(n: Numbers): Uint8Array {
  return image(
    ...padded(
      0x800,
      ...load32(5, DATA),
      ...load32(6, HOLE),
      a64.ldr(7, 5),
      msrWord('TLBI VMALLE1'),
      a64.ldr(7, 5),
      ...loop(n.svc, SVC),
      ...loop(n.hvc, a64.hvc),
      ...load32(0, 0x8400_0001),
      ...loop(n.smc, a64.smc),
      ...load32(0, 0xdead_beef),
      ...loop(n.odd, a64.smc),
      ...loop(n.traps, msrWord('SCTLR_EL1', 1)),
      ...loop(n.faults, a64.ldr(7, 6)),
      a64.wfi,
    ),
    ...padded(SYNC_CURRENT_SPX),
    ERET,
  );
}

function boardOf(n: Numbers, options: { tier1?: boolean; cpus?: number } = {}): VirtBoard {
  const board = createVirt({ images: { bios: rom }, ...options });
  const { phys } = board.machine;
  phys.poke(EL2, el2(n));
  phys.poke(EL1, el1(n));
  // Level 1: entry 1 maps RAM; Normal memory, all accesses.
  const table = new Uint8Array(0x1000);
  new DataView(table.buffer).setBigUint64(8, BigInt(EL2) | 1n | (0xfn << 2n) | (3n << 6n) | (1n << 10n), true);
  phys.poke(STAGE2_TABLE, table);
  return board;
}

function run(board: VirtBoard, slice = 1_000_000): Readonly<Record<string, number>> {
  const { machine } = board;
  while (!machine.stopReason && machine.instructions < 1_000_000) machine.run({ maxInstructions: slice });
  expect(machine.stopReason?.kind).toBe('idle');
  return board.counts.snapshot(machine.instructions);
}

const FEW: Numbers = { svc: 3, hvc: 2, smc: 4, odd: 1, traps: 2, faults: 5, uart: 6 };
const MANY: Numbers = { svc: 9000, hvc: 3000, smc: 2000, odd: 500, traps: 1500, faults: 700, uart: 1000 };

function expected(n: Numbers): Record<string, number> {
  const smc = n.smc + n.odd;
  return {
    'exception.svc.el1': n.svc,
    'exception.hvc.el2': n.hvc,
    'exception.smc.el3': smc,
    'exception.system-register.el2': n.traps,
    'exception.data-abort.el2': n.faults,
    'fault.stage2.translation': n.faults,
    'mmio.uart0': n.uart,
    'return.el1.el1': n.svc,
    'return.el2.el1': 1 + n.hvc + n.traps + n.faults,
    'return.el3.el1': smc,
    'return.el3.el2': 1,
    'smc.0x84000001': n.smc,
    'smc.0xdeadbeef': n.odd,
    // EL1's one code page and one data page, before and after TLBI VMALLE1.
    'tlb.refill.data': 2,
    'tlb.refill.fetch': 2,
    'tlbi.VMALLE1': 1,
    'trap.el2.SCTLR_EL1': n.traps,
    // One read of a level 1 descriptor for each refill and each fault.
    'walk.stage2': 4 + n.faults,
    'world.normal': 1 + smc,
    'world.secure': smc,
    'write.VTTBR_EL2': 1,
  };
}

describe('a program of known events', () => {
  it('is counted event by event, and nothing else is', () => {
    const { instructions, ...events } = run(boardOf(FEW));
    expect(events).toEqual(expected(FEW));
    expect(instructions).toBeGreaterThan(60);
  });

  it('has the same counts compiled and interpreted', () => {
    const interpreted = run(boardOf(MANY));
    expect(interpreted).toMatchObject(expected(MANY));
    expect(run(boardOf(MANY, { tier1: true }))).toEqual(interpreted);
  });

  it('has the same counts in slices of one instruction', () => {
    expect(run(boardOf(FEW), 1)).toEqual(run(boardOf(FEW)));
  });

  it('has the same counts when it goes on from a snapshot, on this board and on another', () => {
    const board = boardOf(FEW);
    board.machine.run({ maxInstructions: 60 });
    const saved = board.save();
    const whole = run(board);
    board.restore(saved);
    expect(run(board)).toEqual(whole);
    const file = encodeSnapshot({ identity: board.identity, engine: 'this', state: saved });
    const other = resumeVirt(decodeSnapshot(file, 'this'));
    expect(run(other)).toEqual(whole);
  });

  it('names no event that the table of events lacks', () => {
    expect(Object.keys(run(boardOf(FEW))).filter((name) => !isEvent(name))).toEqual([]);
  });
});

describe('EventCounts', () => {
  test('what did not happen is left out, and names come in alphabetical order', () => {
    const counts = new EventCounts();
    counts.count('tlbi.VAE1');
    counts.mmio('gic');
    counts.mmio('gic');
    counts.smc(0x32000000);
    const snapshot = counts.snapshot(7);
    expect(Object.entries(snapshot)).toEqual([
      ['instructions', 7],
      ['mmio.gic', 2],
      ['smc.0x32000000', 1],
      ['tlbi.VAE1', 1],
    ]);
    counts.mmio('gic');
    expect(snapshot['mmio.gic']).toBe(2);
  });

  test('saved counts come back, whatever was counted since', () => {
    const counts = new EventCounts();
    const one = () => {
      counts.count('tlbi.VAE1');
      counts.mmio('gic');
      counts.walkStage2++;
      for (let id = 0; id < 100; id++) counts.smc(id);
    };
    one();
    const before = counts.snapshot(1);
    const saved = structuredClone(counts.save());
    one();
    counts.count('tlbi.VAE2');
    expect(counts.snapshot(1)).not.toEqual(before);
    counts.restore(saved);
    expect(counts.snapshot(1)).toEqual(before);
  });

  test('random function identifiers end up under one name', () => {
    const counts = new EventCounts();
    for (let id = 0; id < 1000; id++) counts.smc(id);
    counts.smc(3);
    const names = Object.keys(counts.snapshot(1)).filter((name) => name.startsWith('smc.'));
    expect(names.length).toBeLessThan(100);
    expect(counts.snapshot(1)['smc.0x00000003']).toBe(2);
    const sum = names.reduce((total, name) => total + counts.snapshot(1)[name], 0);
    expect(sum).toBe(1001);
  });

  test('every event says its unit and what it means', () => {
    for (const { name, unit, meaning } of EVENTS) {
      expect(unit, name).not.toBe('');
      expect(meaning, name).not.toBe('');
    }
    expect(new Set(EVENTS.map(({ name }) => name)).size).toBe(EVENTS.length);
    expect(isEvent('exception.svc')).toBe(false);
    expect(isEvent('unknown')).toBe(false);
  });
});
