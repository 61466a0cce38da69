import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { guestLayout } from './guest.ts';
import {
  type BuiltImage,
  type CpuView,
  foreignValue,
  type MachineView,
  type Refusal,
  stopped,
  symbol,
  truthOf,
} from './truth.ts';

interface Fake {
  readonly due?: boolean;
  readonly first?: number;
  readonly refusals?: Refusal[];
  readonly value?: bigint;
}

function view({ due = true, first, refusals = [], value = 0n }: Fake): MachineView {
  const cpu = { number: 0, level: 1, register: () => value } as unknown as CpuView;
  return { attackDue: due, firstHostileInstruction: first, refusals, cpus: [cpu] } as unknown as MachineView;
}

const REFUSAL: Refusal = { time: 1, level: 2, kind: 'abort' };

describe('an attempt was stopped', () => {
  test('if it was due and its code was never let run', () => {
    expect(stopped(view({ due: true }))).toBe(true);
    expect(stopped(view({ due: false }))).toBe(false);
  });

  test('if it ran and the machine interfered, and not if it ran through', () => {
    expect(stopped(view({ first: 5, refusals: [REFUSAL] }))).toBe(true);
    expect(stopped(view({ first: 5 }))).toBe(false);
  });
});

describe('a predicate as ground truth', () => {
  const truth = truthOf(10, (at) => at.cpus[0].register('X') === 7n);

  test('is not asked before the attack is due', () => {
    const observer = truth.observe();
    expect(observer.sample(view({ due: false, value: 7n }))).toBe(false);
    expect(observer.conclude(view({ due: false, value: 7n }))).toBe('no-effect');
  });

  test('needs to hold once, at any checkpoint', () => {
    const observer = truth.observe();
    expect(observer.sample(view({ value: 7n }))).toBe(true);
    expect(observer.conclude(view({ value: 1n }))).toBe('succeeded');
  });

  test('tells what was stopped from what came to nothing', () => {
    expect(truth.observe().conclude(view({ first: 1, refusals: [REFUSAL] }))).toBe('blocked');
    expect(truth.observe().conclude(view({ first: 1 }))).toBe('no-effect');
  });

  test('with no interval is asked at the end alone', () => {
    const observer = truthOf(Number.POSITIVE_INFINITY, () => true).observe();
    expect(observer.sample(view({}))).toBe(false);
    expect(observer.conclude(view({}))).toBe('succeeded');
  });
});

describe('a value that must not change', () => {
  const truth = foreignValue(10, (cpu) => cpu.register('X'));

  test('may take every value that it had before the attack was due', () => {
    const observer = truth.observe();
    for (const value of [1n, 2n]) observer.sample(view({ due: false, value }));
    for (const value of [2n, 1n]) expect(observer.sample(view({ value }))).toBe(false);
    expect(observer.sample(view({ value: 3n }))).toBe(true);
    expect(observer.conclude(view({ value: 1n }))).toBe('succeeded');
  });
});

describe('built images', () => {
  const image = (bytes: Uint8Array): BuiltImage => ({ name: 'i', bytes, load: 0, symbols: new Map([['a', 5n]]) });

  test('a symbol that is not there is an error, not an address', () => {
    expect(symbol(image(new Uint8Array()), 'a')).toBe(5n);
    expect(() => symbol(image(new Uint8Array()), 'b')).toThrow('image i has no symbol b');
  });

  test("the guest's layout is found by its magic wherever it stands, each field where the C header puts it", () => {
    const header = readFileSync(new URL('../firmware/lib/include/rw/guest_layout.h', import.meta.url), 'utf8');
    const body = /struct rw_guest_layout \{([^}]*)\}/.exec(header.replace(/\/\*[\s\S]*?\*\//g, ''))![1];
    const bytes = new Uint8Array(512);
    const data = new DataView(bytes.buffer);
    const expected = new Map<string, number>();
    let at = 64;
    for (const [, bits, name] of body.matchAll(/uint(32|64)_t (\w+);/g)) {
      const size = Number(bits) / 8;
      at = Math.ceil(at / size) * size;
      if (size === 8) data.setBigUint64(at, BigInt(at), true);
      else data.setUint32(at, at, true);
      expected.set(
        name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
        at,
      );
      at += size;
    }
    data.setBigUint64(64, 0x314c_4757_524e_4952n, true);
    const found = Object.entries(guestLayout(image(bytes))).map(([name, value]) => [name, Number(value)]);
    expect(found.length).toBeGreaterThan(20);
    expect(found).toEqual(found.map(([name]) => [name, expected.get(name as string)]));
    expect(() => guestLayout(image(new Uint8Array(256)))).toThrow('holds no layout');
  });
});
