import { describe, expect, test } from 'vitest';
import { commandLine, type Ran, scratchFolder } from '../test/support/command-line.ts';

const boot = (...argv: readonly string[]): Promise<Ran> => commandLine('boot', ...argv);
const { path: folder, file } = scratchFolder();

const RAM = 0x4000_0000;
const ENTRY = RAM + 0x10_0000;

interface Segment {
  readonly address: number;
  readonly code: readonly number[];
  readonly size?: number;
}

/** An ELF64 executable (gABI, "Object Files") made by hand. */
function elf(segments: readonly Segment[], machine = 183): Uint8Array {
  const headers = 64 + 56 * segments.length;
  const total = headers + segments.reduce((sum, { code }) => sum + code.length * 4, 0);
  const view = new DataView(new ArrayBuffer(total));
  for (const [index, byte] of [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1].entries()) view.setUint8(index, byte);
  view.setUint16(0x10, 2, true);
  view.setUint16(0x12, machine, true);
  view.setUint32(0x14, 1, true);
  view.setBigUint64(0x18, BigInt(segments[0].address), true);
  view.setBigUint64(0x20, 64n, true);
  view.setUint16(0x34, 64, true);
  view.setUint16(0x36, 56, true);
  view.setUint16(0x38, segments.length, true);
  let offset = headers;
  segments.forEach(({ address, code, size }, index) => {
    const at = 64 + 56 * index;
    view.setUint32(at, 1, true);
    view.setUint32(at + 4, 5, true);
    view.setBigUint64(at + 8, BigInt(offset), true);
    view.setBigUint64(at + 16, BigInt(address), true);
    view.setBigUint64(at + 24, BigInt(address), true);
    view.setBigUint64(at + 32, BigInt(code.length * 4), true);
    view.setBigUint64(at + 40, BigInt(size ?? code.length * 4), true);
    for (const [i, word] of code.entries()) view.setUint32(offset + i * 4, word, true);
    offset += code.length * 4;
  });
  return new Uint8Array(view.buffer);
}

const B_SELF = 0x1400_0000;
const HLT_SEMIHOSTING = 0xd45e_0000;
const MSR_VBAR_EL3_X0 = 0xd51e_c000;

/** Writes "ok" to UART 0, then exits with 7 by semihosting SYS_EXIT_EXTENDED. */
const HELLO = [
  0xd2a12001, // movz x1, #0x900, lsl #16
  0x52800de0, // mov w0, #'o'
  0xb9000020, // str w0, [x1]
  0x52800d60, // mov w0, #'k'
  0xb9000020, // str w0, [x1]
  0x52800140, // mov w0, #'\n'
  0xb9000020, // str w0, [x1]
  0x10000081, // adr x1, . + 16
  0x52800400, // mov w0, #0x20
  HLT_SEMIHOSTING,
  B_SELF,
  ...[0x20026, 0, 7, 0], // ADP_Stopped_ApplicationExit, 7
];

const hello = elf([{ address: ENTRY, code: HELLO }]);

describe('an image', () => {
  test('prints on the serial line, and its exit code is that of the program', async () => {
    expect(await boot(file('hello.elf', hello))).toEqual({ code: 7, out: 'ok\n', err: '' });
  });

  test('runs at each exception level', async () => {
    for (const el of ['1', '2', '3']) expect((await boot(file('hello.elf', hello), '--el', el)).code).toBe(7);
  });

  test('runs on a board without EL3 and EL2, entered at EL1', async () => {
    // mrs x0, CurrentEL; lsl w0, w0, #4; orr w0, w0, #1: 'A' at EL1, and so on
    const LEVEL = [0xd2a12001, 0xd5384240, 0x531c6c00, 0x32000000, 0xb9000020, ...HELLO.slice(7)];
    const image = file('level.elf', elf([{ address: ENTRY, code: LEVEL }]));
    expect((await boot(image, '--no-secure', '--no-virtualization')).out).toBe('A');
  });

  test('as a flat ROM is entered at address 0', async () => {
    const rom = new Uint8Array(new Uint32Array(HELLO).buffer);
    expect(await boot('--bios', file('rom.bin', rom))).toMatchObject({ code: 7, out: 'ok\n' });
  });

  test('--stats tells how much was run, on stderr', async () => {
    const { err } = await boot(file('hello.elf', hello), '--stats');
    expect(err).toMatch(/^\d+ instructions, \d+ ms, [\d.]+ million a second\n$/);
  });
});

/** Sends back what it receives on UART 0, the letter a apart, which ends the program. */
const ECHO = [
  0xd2a12001, // movz x1, #0x900, lsl #16
  0x52800fe0, // mov w0, #0x7f
  0xb9000020, // str w0, [x1]
  0xb9401822, // again: ldr w2, [x1, #0x18]
  0x3727ffe2, // tbnz w2, #4, again: the receive FIFO is empty
  0xb9400020, // ldr w0, [x1]
  0x7101841f, // cmp w0, #'a'
  0x54000060, // b.eq out
  0xb9000020, // str w0, [x1]
  0x17fffffa, // b again
  0x10000081, // out: adr x1, . + 16
  0x52800400, // mov w0, #0x20
  HLT_SEMIHOSTING,
  B_SELF,
  ...[0x20026, 0, 7, 0],
];

describe('what is typed', () => {
  const image = elf([{ address: ENTRY, code: ECHO }]);
  const keys = (text: string) => file('keys', new TextEncoder().encode(text));

  test('reaches the serial line, all of it', async () => {
    const long = 'x'.repeat(100);
    expect(await boot(file('echo.elf', image), '--type', keys(`${long}a`))).toEqual({
      code: 7,
      out: `\x7f${long}`,
      err: '',
    });
  });

  test('waits for the text of --type-after', async () => {
    const echo = file('echo.elf', image);
    expect((await boot(echo, '--type', keys('ba'), '--type-after', '\x7f')).out).toBe('\x7fb');
    const never = await boot(echo, '--type', keys('a'), '--type-after', '# ', '--max-instructions', '9999');
    expect(never).toMatchObject({ code: 124, out: '\x7f' });
  });

  test('is named by --type', async () => {
    expect((await boot(file('echo.elf', image), '--type-after', 'x')).err).toBe(
      'ringwarden: --type-after says when: --type FILE says what is typed\n',
    );
  });
});

describe('bad input gives one sentence and its exit code', () => {
  const twice = [
    { address: ENTRY, code: HELLO },
    { address: ENTRY + 16, code: HELLO },
  ];
  test.each<[string, Uint8Array, number, RegExp]>([
    ['a truncated ELF', hello.slice(0, 100), 65, /truncated/],
    ['an ELF cut within a segment', hello.slice(0, hello.length - 8), 65, /truncated ELF file: the segment/],
    ['an x86-64 ELF', elf([{ address: ENTRY, code: HELLO }], 62), 65, /x86-64.*this board runs AArch64/],
    ['overlapping segments', elf(twice), 65, /overlap/],
    ['an image larger than memory', elf([{ address: ENTRY, code: HELLO, size: 2 ** 30 }]), 65, /outside of memory/],
    ['an empty image', new Uint8Array(0), 65, /an empty image/],
  ])('%s', async (_, image, code, message) => {
    const result = await boot(file('bad.elf', image));
    expect(result.code).toBe(code);
    expect(result.out).toBe('');
    expect(result.err).toMatch(/^ringwarden: .*bad\.elf: [^\n]+\n$/);
    expect(result.err).toMatch(message);
  });

  test.each([
    ['a file that is not there', ['/no/such.elf'], 66, 'there is no such file'],
    ['no image', [], 64, 'boot expects an image, --bios or --from-snapshot'],
    ['the other board', ['x.elf', '--board', 'pc'], 69, 'the board pc is not part of this version'],
    ['a board that does not exist', ['x.elf', '--board', 'vrt'], 64, 'the nearest: virt'],
    ['an engine without a board', ['x.elf', '--engine', 'unicorn'], 69, 'unicorn runs instructions without a board'],
    ['an engine that does not exist', ['x.elf', '--engine', 'qem'], 64, 'the nearest: qemu'],
    ['what a peer does not have', ['x.elf', '--engine', 'qemu', '--strict'], 64, '--strict goes with our own engine'],
    ['a level that does not exist', ['x.elf', '--el', '4'], 64, '--el expects 1, 2 or 3'],
  ])('%s', async (_, argv, code, message) => {
    const result = await boot(...argv);
    expect(result.code).toBe(code);
    expect(result.err).toContain(message);
    expect(result.err.split('\n')).toHaveLength(2);
  });

  test.each([
    ['a size that is none', ['--memory', 'lots'], '--memory expects a size such as 256M'],
    ['more CPUs than the board has', ['--cpus', '99'], 'virt has 1 to 8 CPUs, not 99'],
  ])('%s', async (_, argv, message) => {
    const result = await boot(file('hello.elf', hello), ...argv);
    expect(result).toEqual({ code: 64, out: '', err: `ringwarden: ${message}\n` });
  });
});

test('an engine that is not installed ends with 69 and says what to install', async () => {
  const path = process.env.PATH;
  process.env.PATH = folder;
  try {
    const { code, out, err } = await boot(file('hello.elf', hello), '--engine', 'qemu');
    expect({ code, out }).toEqual({ code: 69, out: '' });
    expect(err).toMatch(/^ringwarden: qemu-system-aarch64 is not installed: install [^\n]+\n$/);
  } finally {
    process.env.PATH = path;
  }
});

describe('a guest', () => {
  test('that loops for ever stops at --max-instructions with 124', async () => {
    const loop = elf([{ address: ENTRY, code: [B_SELF] }]);
    const { code, err } = await boot(file('loop.elf', loop), '--max-instructions', '5000');
    expect(code).toBe(124);
    expect(err).toBe('ringwarden: stopped after 5000 instructions (--max-instructions)\n');
  });

  test('that uses what the machine does not have runs on, and ends with 70 under --strict', async () => {
    // UARTDMACR of UART 0: there is no DMA behind it.
    const code = [0xd2a12001, 0x52800020, 0xb9004820, ...HELLO.slice(7)]; // movz x1, #0x9000000; mov w0, #1; str w0, [x1, #0x48]
    const image = file('gap.elf', elf([{ address: ENTRY, code }]));
    expect(await boot(image)).toEqual({ code: 7, out: '', err: '' });
    const strict = await boot(image, '--strict');
    expect(strict.code).toBe(70);
    expect(strict.err).toMatch(
      /^ringwarden: unimplemented: device uart0 UARTDMACR at 0x[0-9a-f]+ \(Arm DDI 0183G [\d.]+\)\n$/,
    );
  });

  test('that waits for what never comes is told apart', async () => {
    const wait = elf([{ address: ENTRY, code: [0xd503207f, B_SELF] }]);
    const { code, err } = await boot(file('wait.elf', wait), '--max-instructions', '5000');
    expect(code).toBe(124);
    expect(err).toContain('hangs');
  });

  test('that writes to a hole gets the abort of the architecture, at its own vector', async () => {
    const vectors = 0x800;
    const words = new Array<number>((vectors + 0x400) / 4).fill(B_SELF);
    // VBAR_EL3 names a table whose synchronous entry for the current level (D1.10.2) exits with the code 9.
    words.splice(0, 4, adr(0, vectors), MSR_VBAR_EL3_X0, 0xd2a1e001, 0xf9000020); // movz x1, #0xf000000; str x0, [x1]
    words.splice((vectors + 0x200) / 4, 7, adr(1, 12), 0x52800400, HLT_SEMIHOSTING, ...[0x20026, 0, 9, 0]);
    const hole = elf([{ address: ENTRY, code: words }]);
    expect(await boot(file('hole.elf', hole), '--max-instructions', '5000')).toEqual({ code: 9, out: '', err: '' });
  });
});

/** ADR Xd, . + offset (Arm ARM C6.2.10). */
function adr(register: number, offset: number): number {
  return (0x1000_0000 | ((offset & 3) << 29) | (((offset >> 2) & 0x7ffff) << 5) | register) >>> 0;
}
