import { describe, expect, it } from 'vitest';
import { slotOf } from '../arm64/registers/slots.ts';
import { cellsOf, nodeAt, readFdt, stringsOf } from '../boot/fdt-read.ts';
import { PsciFunction } from '../boot/psci.ts';
import { a64, image, load32 } from './a64-words.ts';
import { createVirt, type VirtOptions } from './virt.ts';
import { Virt } from './virt-map.ts';

const MIB = 1024 * 1024;
const SMC64 = 0x4000_0000;

function run(options: VirtOptions, maxInstructions = 10_000) {
  const board = createVirt(options);
  const result = board.machine.run({ maxInstructions });
  return { board, result, reason: board.machine.stopReason, text: board.console.text };
}

/** Words that write the ASCII digit of register `r` to UART 0; X9, X10 are used. */
const putDigit = (r: number) => [...load32(9, Virt.uart0.base), a64.add(10, r, 0x30), a64.strb(10, 9)];
/** CurrentEL >> 2 as a digit on UART 0. */
const putLevel = [a64.mrs(1, 3, 0, 4, 2, 2), a64.lsr(1, 1, 2), ...putDigit(1)];
/** Powers off through the secure GPIO, line 0. */
const powerOff = [...load32(0, Virt.secureGpio.base), a64.movz(1, 1), a64.str(1, 0, 0x400), a64.str(1, 0, 4), a64.stay];
const psci = (id: number) => [...load32(0, id), a64.smc];
const systemOff = psci(PsciFunction.SYSTEM_OFF);

/** An ELF-64 file for AArch64 of one segment, entered at its first byte. */
function elf(address: number, code: Uint8Array): Uint8Array {
  const file = new Uint8Array(120 + code.length);
  const v = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  for (const [at, value] of [
    [0x10, 2],
    [0x12, 183],
    [0x36, 56],
    [0x38, 1],
  ])
    v.setUint16(at, value, true);
  v.setUint32(0x40, 1, true);
  const quads: [number, number][] = [
    [0x18, address],
    [0x20, 0x40],
    [0x48, 120],
    [0x50, address],
    [0x58, address],
    [0x60, code.length],
    [0x68, code.length],
  ];
  for (const [at, value] of quads) v.setBigUint64(at, BigInt(value), true);
  file.set(code, 120);
  return file;
}

describe('reset and boot', () => {
  it('a ROM runs from 0x0 at EL3 and powers off through the secure GPIO', () => {
    const { text, reason } = run({ images: { bios: image(...putLevel, ...powerOff) } });
    expect(text).toBe('3');
    expect(reason).toMatchObject({ kind: 'exit', code: 0 });
  });

  it('line 1 of the secure GPIO resets; the board then starts again from its images', () => {
    const words = [
      ...load32(0, Virt.secureGpio.base),
      a64.movz(1, 2),
      a64.str(1, 0, 0x400),
      a64.str(1, 0, 8),
      a64.stay,
    ];
    const { board, reason } = run({ images: { bios: image(...putLevel, ...words) } });
    expect(reason?.kind).toBe('reset');
    board.reset();
    board.machine.run({ maxInstructions: 1000 });
    expect(board.console.text).toBe('33');
  });

  it('the device tree stands at the start of RAM, its address in X0', () => {
    const { board } = run({ images: { bios: image(a64.stay), append: 'hello' }, cpus: 2 }, 10);
    const blob = board.machine.phys.peek(Virt.ram.base, 64 * 1024);
    expect(board.machine.cores[0].state.big(0)).toBe(BigInt(Virt.ram.base));
    expect(stringsOf(nodeAt(readFdt(blob), '/chosen'), 'bootargs')).toEqual(['hello']);
  });

  it('with a ROM every CPU starts at 0x0, as on QEMU', () => {
    const words = [a64.mrs(1, 3, 0, 0, 0, 5), a64.movz(2, 1), 0x0a020021, ...putDigit(1), a64.stay];
    const { text } = run({ images: { bios: image(...words) }, cpus: 2 });
    expect([...text].sort().join('')).toBe('01');
  });

  it.each([3, 2, 1] as const)('an ELF is entered at its entry at the level that is named: EL%i', (el) => {
    const entry = Virt.ram.base + 0x20_0000;
    const { board, text } = run({ images: { kernel: elf(entry, image(...putLevel, a64.stay)), el } }, 200);
    expect(text).toBe(String(el));
    expect(board.machine.cores[0].secure).toBe(el === 3);
    expect(readFdt(board.machine.phys.peek(Virt.ram.base, 64 * 1024)).name).toBe('');
  });

  it('an ELF that stands at the start of RAM pushes the device tree behind it', () => {
    const { board } = run({ images: { kernel: elf(Virt.ram.base, image(a64.stay)) } }, 10);
    expect(board.machine.cores[0].state.big(0)).toBe(BigInt(Virt.ram.base + 2 * MIB));
  });

  it('a flat kernel is entered by the Linux protocol: at EL2, X0 the device tree, other CPUs off', () => {
    const { board, text, reason } = run({ images: { kernel: image(...putLevel, ...systemOff) }, cpus: 2 });
    expect(text).toBe('2');
    expect(reason).toMatchObject({ kind: 'exit' });
    expect(board.machine.cores[1].off).toBe(true);
  });

  it('without EL2 it is entered at EL1, and PSCI is called by HVC', () => {
    const words = [...putLevel, ...load32(0, PsciFunction.SYSTEM_OFF), a64.hvc];
    const { text, reason } = run({ images: { kernel: image(...words) }, secure: false, virtualization: false });
    expect(text).toBe('1');
    expect(reason?.kind).toBe('exit');
  });

  it('without firmware the GIC is open to the normal world: its group register bits are visible to it', () => {
    const { board } = run({ images: { kernel: image(a64.stay) }, cpus: 2 }, 10);
    const by = { secure: false, cpu: 1 };
    const { phys } = board.machine;
    phys.write(Virt.gicDistributor.base + 0x100, 4, 0x4000_0000, by);
    expect(phys.read(Virt.gicDistributor.base + 0x100, 4, by)).toBe(0x4000_ffff);
  });

  it('an initrd stands at half of RAM and is named in /chosen', () => {
    const { board } = run(
      { images: { kernel: image(a64.stay), initrd: Uint8Array.of(1, 2, 3) }, memoryBytes: 64 * MIB },
      10,
    );
    const start = Virt.ram.base + 32 * MIB;
    expect([...board.machine.phys.peek(start, 3)]).toEqual([1, 2, 3]);
    const tree = readFdt(board.machine.phys.peek(Number(board.machine.cores[0].state.big(0)), 64 * 1024));
    expect(cellsOf(nodeAt(tree, '/chosen'), 'linux,initrd-start')).toEqual([0, start]);
    expect(cellsOf(nodeAt(tree, '/chosen'), 'linux,initrd-end')).toEqual([0, start + 3]);
  });

  it('the same seed gives the same interleaving of CPUs, another a different one', () => {
    const words = [a64.mrs(1, 3, 0, 0, 0, 5), a64.movz(2, 1), 0x0a020021, ...putDigit(1), 0x17fffffc];
    const output = (seed: number) => run({ images: { bios: image(...words) }, cpus: 2, seed }, 100_000).text;
    expect(output(1)).toBe(output(1));
    expect(output(1)).not.toBe(output(2));
  });
});

describe('images that cannot be booted', () => {
  const refused = (options: VirtOptions, message: RegExp) => expect(() => createVirt(options)).toThrow(message);

  it('nothing, both, an empty ROM, a ROM larger than the flash, an ELF as ROM', () => {
    refused({ images: {} }, /nothing to boot/);
    refused({ images: { bios: image(0), kernel: image(0) } }, /ROM image brings its own/);
    refused({ images: { bios: new Uint8Array(0) } }, /empty ROM/);
    refused({ images: { bios: new Uint8Array(64 * MIB + 1) } }, /67108865 bytes, larger than the boot flash/);
    refused({ images: { bios: Uint8Array.of(0x7f, 0x45, 0x4c, 0x46) } }, /boot it as kernel/);
  });

  it('a kernel larger than memory, an initrd without room', () => {
    refused(
      { images: { kernel: new Uint8Array(3 * MIB) }, memoryBytes: 2 * MIB },
      /the image .* lies outside of memory/,
    );
    refused(
      { images: { kernel: image(0), initrd: new Uint8Array(2 * MIB) }, memoryBytes: 2 * MIB },
      /the initrd .* lies outside of memory/,
    );
  });

  it('an entry level that the board does not have', () => {
    refused({ images: { kernel: image(0), el: 2 }, virtualization: false, secure: false }, /no EL2/);
    refused({ images: { kernel: image(0), el: 3 } }, /EL2 or EL1, not at EL3/);
  });

  it('a board that cannot be built', () => {
    refused({ images: { bios: image(0) }, cpus: 9 }, /1 to 8 CPUs/);
    refused({ images: { bios: image(0) }, memoryBytes: 3 }, /whole MiB/);
  });
});

describe('the board', () => {
  it('a secure device refuses the normal world; a hole answers nobody', () => {
    const { board } = run({ images: { bios: image(a64.stay) } }, 1);
    const { phys } = board.machine;
    for (const at of [Virt.uart1, Virt.secureGpio, Virt.tzc, Virt.flash0, Virt.secureRam]) {
      expect(() => phys.read(at.base, 4, { secure: false, cpu: 0 })).toThrow('refused');
      phys.read(at.base, 4, { secure: true, cpu: 0 });
    }
    expect(() => phys.read(0x0a70_0000, 4, { secure: true, cpu: 0 })).toThrow('decode');
  });

  it('a timer reaches its CPU through PPI 30 and the GIC (IHI 0048B 3.2)', () => {
    const gicd = Virt.gicDistributor.base;
    const gicc = Virt.gicCpu.base;
    const words = [
      ...[...load32(0, gicd), a64.movz(1, 1), a64.str(1, 0), ...load32(1, 1 << 30), a64.str(1, 0, 0x100)],
      ...[...load32(2, gicc), a64.movz(1, 0xff), a64.str(1, 2, 4), a64.movz(1, 1), a64.str(1, 2)],
      // CNTP_TVAL_EL0 = 100, CNTP_CTL_EL0 = 1
      ...[a64.movz(1, 100), a64.msr(1, 3, 3, 14, 2, 0), a64.movz(1, 1), a64.msr(1, 3, 3, 14, 2, 1)],
      ...[a64.wfi, a64.ldr(3, 2, 0xc), a64.stay],
    ];
    const { board } = run({ images: { bios: image(...words) } });
    expect(board.machine.cores[0].state.big(3)).toBe(30n);
  });

  it('an interrupt of a UART reaches the CPU as SPI 1: interrupt 33', () => {
    const words = [
      ...[...load32(0, Virt.gicDistributor.base), a64.movz(1, 1), a64.str(1, 0), a64.movz(1, 2), a64.str(1, 0, 0x104)],
      ...[...load32(2, Virt.gicCpu.base), a64.movz(1, 0xff), a64.str(1, 2, 4), a64.movz(1, 1), a64.str(1, 2)],
      ...[...load32(4, Virt.uart0.base), a64.movz(1, 0x10), a64.str(1, 4, 0x38)],
      ...[a64.wfi, a64.ldr(3, 2, 0xc), a64.ldr(5, 4), a64.stay],
    ];
    const board = createVirt({ images: { bios: image(...words) } });
    expect(board.machine.run({ maxInstructions: 1000 }).why).toBe('stopped'); // nothing can wake it
    board.machine.resume();
    board.uart0.receive([0x41]);
    board.machine.run({ maxInstructions: 1000 });
    expect(board.machine.cores[0].state.big(3)).toBe(33n);
    expect(board.machine.cores[0].state.big(5)).toBe(0x41n);
  });

  it('PSCI CPU_ON starts the second CPU at the level at which the first one started, with its context in X0', () => {
    const entry = Virt.ram.base + 0x8_0000;
    // Each CPU prints its number; the second then powers off.
    const words = [
      ...[a64.mrs(1, 3, 0, 0, 0, 5), a64.movz(2, 1), 0x0a020021, a64.cbz(1, 11)],
      ...[...putLevel, a64.add(4, 0, 0), ...systemOff],
      ...[
        ...load32(0, (PsciFunction.CPU_ON | SMC64) >>> 0),
        a64.movz(1, 1),
        ...load32(2, entry),
        a64.movz(3, 7),
        a64.smc,
        a64.stay,
      ],
    ];
    // The branch goes over the second CPU's part.
    words[3] = a64.cbz(1, 1 + putLevel.length + 1 + systemOff.length);
    const { board, text, reason } = run({ images: { kernel: image(...words) }, cpus: 2 });
    expect(text).toBe('2');
    expect(reason?.kind).toBe('exit');
    expect(board.machine.cores[1].state.big(4)).toBe(7n);
    expect(board.machine.cores[0].state.big(0)).toBe(0n);
  });

  it.each([
    ['a fetch', 0x0001_0000, (at: number) => [...load32(5, at), 0xd61f_00a0]],
    ['a load', 0x0001_0000, (at: number) => [...load32(5, at), a64.ldr(6, 5)]],
    ['a store', 0x0101_0000, (at: number) => [...load32(5, at), a64.str(6, 5)]],
  ])('%s of the normal world from what the TZC closes is aborted and latched', (_, control, attempt) => {
    const closed = Virt.ram.base + 0x40_0000;
    const board = createVirt({ images: { kernel: image(...attempt(closed), a64.stay), el: 2 } });
    const { phys } = board.machine;
    const by = { secure: true, cpu: 0 };
    const region = Virt.tzc.base + 0x120;
    for (const [r, value] of [
      [0, closed],
      [8, closed + 0xfff],
      [0x10, 0xc000_0001],
      [0x14, 0],
    ])
      phys.write(region + r, 4, value, by);
    board.machine.run({ maxInstructions: 20 });
    expect(phys.read(Virt.tzc.base + 0x20, 4, by)).toBe(closed);
    // FAIL_CONTROL: write in bit 24, non-secure in bit 21, privileged in bit 20.
    expect(phys.read(Virt.tzc.base + 0x28, 4, by) & 0x0120_0000).toBe((control & 0x0100_0000) | 0x0020_0000);
    expect(board.machine.cores[0].state.big(6)).toBe(0n);
  });

  it('semihosting ends the run with the code of the image, only where it is asked for', () => {
    const block = Virt.ram.base + 0x10_0000;
    const words = [
      ...[
        ...load32(1, block),
        ...load32(2, 0x20026),
        a64.strx(2, 1),
        a64.add(3, 1, 8),
        a64.movz(2, 42),
        a64.strx(2, 3),
      ],
      ...[a64.movz(0, 0x18), a64.semihosting, a64.stay],
    ];
    expect(run({ images: { bios: image(...words) }, semihosting: true }).reason).toMatchObject({
      kind: 'exit',
      code: 42,
    });
    expect(run({ images: { bios: image(...words) } }).result.why).toBe('limit');
  });

  it('what a device lacks is on record with the place that asked', () => {
    const words = [...load32(0, Virt.uart0.base), a64.ldr(1, 0, 0x100), a64.stay];
    const { board } = run({ images: { bios: image(...words) } }, 100);
    expect(board.machine.unimplemented.list()).toMatchObject([
      { kind: 'device', what: 'uart0 read at 0x100', pc: '0x8' },
    ]);
  });

  it('an access that nothing answers is aborted and on record, with the absent device where there is one', () => {
    const words = [...load32(0, 0x0a70_0000), a64.ldr(1, 0), a64.stay];
    const { board } = run({ images: { bios: image(...words) } }, 5);
    const { phys, unimplemented } = board.machine;
    expect(unimplemented.list()).toMatchObject([{ kind: 'device', what: 'nothing stands at 0xa700000', pc: '0x8' }]);
    expect(() => phys.read(0x3eff_0000, 4, { secure: true, cpu: 0 })).toThrow('decode');
    expect(unimplemented.list()[1]).toMatchObject({ what: 'PCIe windows' });
  });

  it('going back to a snapshot and on again gives the same run: time, registers, output, interrupts', () => {
    const gicd = Virt.gicDistributor.base;
    const gicc = Virt.gicCpu.base;
    // Waits for the timer again and again, and prints the low digit of the count each time.
    const words = [
      ...[...load32(0, gicd), a64.movz(1, 1), a64.str(1, 0), ...load32(1, 1 << 30), a64.str(1, 0, 0x100)],
      ...[...load32(2, gicc), a64.movz(1, 0xff), a64.str(1, 2, 4), a64.movz(1, 1), a64.str(1, 2)],
      ...[a64.movz(1, 7), a64.msr(1, 3, 3, 14, 2, 0), a64.movz(1, 1), a64.msr(1, 3, 3, 14, 2, 1)],
      ...[a64.wfi, a64.ldr(3, 2, 0xc), a64.mrs(4, 3, 3, 14, 0, 1), a64.movz(5, 7), 0x8a05_0084, ...putDigit(4)],
      ...[a64.msr(31, 3, 3, 14, 2, 1), a64.str(3, 2, 0x10)],
    ];
    const loop = 0x1400_0000 | (-(words.length - 15) & 0x03ff_ffff);
    const board = createVirt({ images: { bios: image(...words, loop) }, cpus: 2, seed: 5 });
    const view = (from: number) => ({
      time: board.machine.timeline.now(),
      text: board.console.text.slice(from),
      registers: board.machine.cores.map((core) => Array.from({ length: 35 }, (_, n) => core.state.big(n))),
    });
    board.machine.run({ maxInstructions: 5_000 });
    const saved = board.save();
    const sent = board.console.text.length;
    board.machine.run({ maxInstructions: 20_000 });
    const first = view(sent);
    board.machine.run({ maxInstructions: 3_000 });
    board.restore(saved);
    // What the UART sent stays sent.
    const sentAgain = board.console.text.length;
    board.machine.run({ maxInstructions: 20_000 });
    expect(first.text.length).toBeGreaterThan(100);
    expect(view(sentAgain)).toEqual(first);
  });

  it('the ID registers claim the levels that the board has; calls to others are UNDEFINED', () => {
    const levels = (options: Partial<VirtOptions>) => {
      const { board } = run({ images: { kernel: image(a64.mrs(1, 3, 0, 0, 4, 0), a64.stay) }, ...options }, 100);
      return Number(board.machine.cores[0].state.big(1) & 0xffffn).toString(16);
    };
    expect(levels({})).toBe('1111');
    expect(levels({ secure: false })).toBe('111');
    expect(levels({ secure: false, virtualization: false })).toBe('11');
    const vector = [...load32(5, Virt.ram.base + 0x10_0000), a64.msr(5, 3, 0, 12, 0, 0)];
    const { board } = run({ images: { kernel: image(...vector, a64.smc) }, secure: false, virtualization: false }, 100);
    // ESR_EL1.EC: unknown reason.
    expect(Number(board.machine.cores[0].state.lo(slotOf('ESR_EL1')) >>> 26)).toBe(0);
    expect(board.machine.cores[0].el).toBe(1);
    expect(board.machine.cores[0].state.big(slotOf('SPSR_EL1')) & 0xfn).toBe(5n);
  });
});

describe('the device tree', () => {
  const tree = (options: Partial<VirtOptions> = {}) => {
    const board = createVirt({ images: { bios: image(a64.stay) }, ...options });
    return readFdt(board.machine.phys.peek(Virt.ram.base, 64 * 1024));
  };

  it('names memory, CPUs and the GIC frames where they stand', () => {
    const root = tree({ memoryBytes: 256 * MIB, cpus: 2 });
    expect(cellsOf(nodeAt(root, '/memory@40000000'), 'reg')).toEqual([0, 0x4000_0000, 0, 0x1000_0000]);
    expect(nodeAt(root, '/cpus').children.map((c) => c.name)).toEqual(['cpu@0', 'cpu@1']);
    expect(cellsOf(nodeAt(root, '/intc@8000000'), 'reg')).toEqual(
      [0x0800_0000, 0x0801_0000, 0x0803_0000, 0x0804_0000].flatMap((base) => [0, base, 0, 0x1_0000]),
    );
  });

  it('marks what the secure world alone may use by status and secure-status', () => {
    const root = tree();
    for (const path of ['/pl011@9040000', '/pl061@90b0000', '/secflash@0', '/secram@e000000', '/tzc@a800000']) {
      expect(stringsOf(nodeAt(root, path), 'status')).toEqual(['disabled']);
      expect(stringsOf(nodeAt(root, path), 'secure-status')).toEqual(['okay']);
    }
    expect(stringsOf(nodeAt(root, '/tzc@a800000'), 'compatible')).toEqual(['arm,tzc-400']);
    expect(() => nodeAt(tree({ secure: false }), '/pl011@9040000')).toThrow();
  });

  it('has PSCI only where no firmware holds the level that it would be called at', () => {
    expect(() => nodeAt(tree(), '/psci')).toThrow();
    expect(stringsOf(nodeAt(tree({ secure: false }), '/psci'), 'method')).toEqual(['smc']);
    const bare = tree({ secure: false, virtualization: false, cpus: 2 });
    expect(stringsOf(nodeAt(bare, '/psci'), 'method')).toEqual(['hvc']);
    expect(stringsOf(nodeAt(bare, '/cpus/cpu@1'), 'enable-method')).toEqual(['psci']);
  });
});
