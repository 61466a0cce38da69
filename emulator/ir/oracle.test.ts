import { describe, expect, it } from 'vitest';
import {
  BINARY_OPS,
  COMPARE_OPS,
  type Expr,
  FlagKind,
  imm,
  OTHER_OPS,
  op,
  reg,
  type Statement,
  TEST_OPS,
  UNARY_OPS,
  type ValueOp,
  WIDEN_OPS,
} from './ir.ts';
import { conditionHolds, evaluate, execute, type OracleMachine, packedFlags } from './oracle.ts';
import { Slot } from './slots.ts';

class Bench implements OracleMachine {
  readonly slots = new Map<number, bigint>();
  readonly memory = new Map<bigint, bigint>();
  readonly log: string[] = [];
  faultAt: bigint | undefined;

  readSlot(slot: number): bigint {
    return this.slots.get(slot) ?? 0n;
  }

  writeSlot(slot: number, value: bigint): void {
    if (value < 0n || value >> 64n !== 0n) throw new RangeError(`slot ${slot} := ${value}`);
    this.slots.set(slot, value);
  }

  load(address: bigint, bytes: number, user: boolean): bigint {
    this.log.push(`load${user ? ' user' : ''} ${address} ${bytes}`);
    if (address === this.faultAt) throw new Error('fault');
    let value = 0n;
    for (let i = bytes - 1; i >= 0; i--) value = (value << 8n) | (this.memory.get(address + BigInt(i)) ?? 0n);
    return value;
  }

  store(address: bigint, bytes: number, value: bigint, user: boolean): void {
    this.log.push(`store${user ? ' user' : ''} ${address} ${bytes}`);
    if (address === this.faultAt) throw new Error('fault');
    for (let i = 0; i < bytes; i++) this.memory.set(address + BigInt(i), (value >> BigInt(8 * i)) & 255n);
  }

  system(call: number, word: number): bigint | undefined {
    this.log.push(`system ${call} ${word}`);
    return call === REDIRECTS ? 0x999n : undefined;
  }
}

const REDIRECTS = 7;
const MIN64 = 1n << 63n;
const MAX64 = (1n << 64n) - 1n;
const w = (value: bigint | number) => imm(value, 32);
const x = (value: bigint | number) => imm(value, 64);
const value = (expr: Expr): bigint => evaluate(expr, new Bench());

/** Operation, operands, expected value: worked out by hand. */
const CASES: readonly (readonly [ValueOp, readonly Expr[], bigint])[] = [
  ['add', [w(0xffffffffn), w(1)], 0n],
  ['add', [x(MAX64), x(2)], 1n],
  ['sub', [w(0), w(1)], 0xffffffffn],
  ['sub', [x(0), x(1)], MAX64],
  ['mul', [w(0x10001n), w(0x10001n)], 0x20001n],
  ['mul', [x(-1), x(-1)], 1n],
  ['and', [x(0xff00ff00ff00ff00n), x(0x0ff00ff00ff00ff0n)], 0x0f000f000f000f00n],
  ['or', [w(0xf0), w(0x0f)], 0xffn],
  ['xor', [w(-1), w(1)], 0xfffffffen],
  ['shl', [w(1), w(31)], 0x80000000n],
  ['shl', [w(1), w(33)], 2n],
  ['shl', [x(3), x(63)], MIN64],
  ['shru', [x(MIN64), x(63)], 1n],
  ['shru', [w(0x80000000n), w(32)], 0x80000000n],
  ['shrs', [w(0x80000000n), w(31)], 0xffffffffn],
  ['shrs', [x(MIN64), x(62)], MAX64 - 1n],
  ['rotr', [w(1), w(1)], 0x80000000n],
  ['rotr', [x(0xf), x(0)], 0xfn],
  ['rotr', [x(0x8000000000000001n), x(65)], 0xc000000000000000n],
  ['eq', [x(5), x(5)], 1n],
  ['ne', [x(5), x(5)], 0n],
  ['lts', [w(-1), w(0)], 1n],
  ['ltu', [w(-1), w(0)], 0n],
  ['gts', [x(1), x(-1)], 1n],
  ['gtu', [x(1), x(-1)], 0n],
  ['les', [x(MIN64), x(MIN64)], 1n],
  ['leu', [w(2), w(1)], 0n],
  ['ges', [w(0x7fffffffn), w(0x80000000n)], 1n],
  ['geu', [w(0x7fffffffn), w(0x80000000n)], 0n],
  ['not', [w(0)], 0xffffffffn],
  ['not', [x(1)], MAX64 - 1n],
  ['neg', [x(1)], MAX64],
  ['neg', [w(0x80000000n)], 0x80000000n],
  ['clz', [w(0)], 32n],
  ['clz', [x(1)], 63n],
  ['cls', [w(0)], 31n],
  ['cls', [w(-1)], 31n],
  ['cls', [x(0x4000000000000000n)], 0n],
  ['cls', [x(0xe000000000000000n)], 2n],
  ['rbit', [w(1)], 0x80000000n],
  ['rbit', [x(0x3)], 0xc000000000000000n],
  ['rev16', [w(0x11223344n)], 0x22114433n],
  ['rev16', [x(0x1122334455667788n)], 0x2211443366558877n],
  ['rev32', [x(0x1122334455667788n)], 0x4433221188776655n],
  ['rev', [w(0x11223344n)], 0x44332211n],
  ['rev', [x(0x1122334455667788n)], 0x8877665544332211n],
  ['zx8', [x(0x1ffn)], 0xffn],
  ['zx16', [w(0x1ffffn)], 0xffffn],
  ['sx8', [w(0x80)], 0xffffff80n],
  ['sx8', [x(0x17fn)], 0x7fn],
  ['sx16', [x(0x8000)], 0xffffffffffff8000n],
  ['zx32', [w(-1)], 0xffffffffn],
  ['sx32', [w(0x80000000n)], 0xffffffff80000000n],
  ['eqz', [x(0)], 1n],
  ['eqz', [x(MIN64)], 0n],
  ['nez', [w(0x80000000n)], 1n],
  ['sel', [w(2), x(10), x(20)], 10n],
  ['sel', [w(0), w(10), w(-1)], 0xffffffffn],
  // Bits 15:8 of the source.
  ['exu', [w(0x1234f678n), w(16), w(24)], 0xf6n],
  ['exs', [w(0x1234f678n), w(16), w(24)], 0xfffffff6n],
  ['exs', [x(0x80), x(56), x(60)], 0xfffffffffffffff8n],
  ['dep', [w(-1), w(0), w(8), w(32 - 8)], 0xffff00ffn],
  ['dep', [x(0), x(-1), x(60), x(64 - 4)], 0xf000000000000000n],
  ['extr', [w(0x11223344n), w(0xaabbccddn), w(8)], 0xdd112233n],
  ['extr', [x(0), x(1), x(1)], MIN64],
  ['bit', [x(MIN64), x(63)], 1n],
  ['bit', [w(0x80000000n), w(30)], 0n],
  ['umulh', [x(-1), x(-1)], MAX64 - 1n],
  ['smulh', [x(-1), x(-1)], 0n],
  ['smulh', [x(MIN64), x(2)], MAX64],
  ['udiv', [x(-1), x(2)], 0x7fffffffffffffffn],
  ['udiv', [w(7), w(0)], 0n],
  ['sdiv', [w(-7), w(2)], 0xfffffffdn],
  ['sdiv', [x(MIN64), x(-1)], MIN64],
  ['sdiv', [w(0x80000000n), w(-1)], 0x80000000n],
  ['sdiv', [x(5), x(0)], 0n],
  ['flagsAdc', [w(0x7fffffffn), w(0), w(1)], 0b1001n],
  ['flagsAdc', [x(-1), x(0), w(1)], 0b0110n],
  ['flagsSub', [w(1), w(1)], 0b0110n],
  ['flagsSub', [w(0x80000000n), w(1)], 0b0011n],
  ['flagsSub', [x(0), x(1)], 0b1000n],
  ['flagsAdd', [x(MIN64), x(MIN64)], 0b0111n],
  ['flagsAdd', [w(0x40000000n), w(0x40000000n)], 0b1001n],
  ['flagsLog', [w(0x80000000n)], 0b1000n],
  ['flagsLog', [x(0)], 0b0100n],
];

describe('values', () => {
  it.each(CASES)('%s %o', (name, args, expected) => {
    expect(value(op(name, ...args))).toBe(expected);
  });

  it('CRC32 of "123456789" has the check value of ISO 3309 and CRC32C that of RFC 3720, by any piece size', () => {
    // The instructions neither preset nor invert: software does both (Arm ARM C6.2, CRC32B).
    const bytes = [...'123456789'].map((c) => c.charCodeAt(0));
    const byByte = (name: ValueOp) => bytes.reduce((sum, b) => value(op(name, w(sum), w(b))), 0xffffffffn);
    expect(byByte('crc32b') ^ 0xffffffffn).toBe(0xcbf43926n);
    expect(byByte('crc32cb') ^ 0xffffffffn).toBe(0xe3069283n);
    const eight = bytes.slice(0, 8).reduceRight((sum, b) => (sum << 8n) | BigInt(b), 0n);
    for (const [b, h, word, dword] of [
      ['crc32b', 'crc32h', 'crc32w', 'crc32x'],
      ['crc32cb', 'crc32ch', 'crc32cw', 'crc32cx'],
    ] as const) {
      const expected = bytes.slice(0, 8).reduce((sum, c) => value(op(b, w(sum), w(c))), 7n);
      const inPieces = (name: ValueOp, bits: number) => {
        let sum = 7n;
        for (let at = 0; at < 64; at += bits) {
          const piece = BigInt.asUintN(bits, eight >> BigInt(at));
          sum = value(op(name, w(sum), bits === 64 ? x(piece) : w(piece)));
        }
        return sum;
      };
      expect([inPieces(h, 16), inPieces(word, 32), inPieces(dword, 64)]).toEqual([expected, expected, expected]);
    }
  });

  it('every operation of the IR has a case here or, on floats, in oracle-float.test.ts', () => {
    const tested = new Set<string>(CASES.map(([name]) => name));
    const elsewhere = new Set<string>([
      'flags',
      'fcmp',
      'fma',
      ...OTHER_OPS.filter((name) => name.startsWith('crc32')),
    ]);
    const all = [...BINARY_OPS, ...COMPARE_OPS, ...UNARY_OPS, ...WIDEN_OPS, ...TEST_OPS, ...OTHER_OPS];
    expect(all.filter((name) => !tested.has(name) && !elsewhere.has(name))).toEqual([]);
  });

  it('a register is read at its width, and a constant is wrapped to its', () => {
    const m = new Bench();
    m.writeSlot(3, 0x1_8000_0000n);
    expect(evaluate(reg(3, 32), m)).toBe(0x80000000n);
    expect(evaluate(reg(3, 64), m)).toBe(0x1_8000_0000n);
    expect(evaluate(imm(-1, 32), m)).toBe(0xffffffffn);
  });
});

describe('conditions and flags', () => {
  it('the sixteen conditions hold as in the Arm ARM, C1.2.4', () => {
    // For each condition the NZCV values that satisfy it, by its definition.
    const flag = (f: number, bit: number) => (f & bit) !== 0;
    const N = (f: number) => flag(f, 8);
    const Z = (f: number) => flag(f, 4);
    const C = (f: number) => flag(f, 2);
    const V = (f: number) => flag(f, 1);
    const table: readonly ((f: number) => boolean)[] = [
      (f) => Z(f),
      (f) => !Z(f),
      (f) => C(f),
      (f) => !C(f),
      (f) => N(f),
      (f) => !N(f),
      (f) => V(f),
      (f) => !V(f),
      (f) => C(f) && !Z(f),
      (f) => !(C(f) && !Z(f)),
      (f) => N(f) === V(f),
      (f) => N(f) !== V(f),
      (f) => !Z(f) && N(f) === V(f),
      (f) => !(!Z(f) && N(f) === V(f)),
      () => true,
      () => true,
    ];
    for (let cc = 0; cc < 16; cc++) {
      for (let f = 0; f < 16; f++) {
        expect(conditionHolds(cc, BigInt(f)), `cc ${cc}, NZCV ${f}`).toBe(table[cc]!(f));
      }
    }
  });

  it.each([
    ['packed', 0n, 0n, 0b1010n, 0b1010n],
    ['sub32', 0x1_0000_0001n, 1n, 0n, 0b0110n],
    ['sub64', 0x1_0000_0001n, 1n, 0n, 0b0010n],
    ['add32', 0xffffffffn, 1n, 0n, 0b0110n],
    ['add64', 0xffffffffn, 1n, 0n, 0b0000n],
    ['log32', 0x80000000n, 0n, 0n, 0b1000n],
    ['log64', 0x80000000n, 0n, 0n, 0b0000n],
  ] as const)('flags remembered as %s are packed right', (kind, a, b, packed, expected) => {
    const m = new Bench();
    m.writeSlot(Slot.FLAG_KIND, BigInt(FlagKind[kind]));
    m.writeSlot(Slot.FLAG_A, a);
    m.writeSlot(Slot.FLAG_B, b);
    m.writeSlot(Slot.FLAGS, packed);
    expect(packedFlags((slot) => m.readSlot(slot))).toBe(expected);
    expect(evaluate({ kind: 'op', op: 'flags', width: 32, source: 32, args: [] }, m)).toBe(expected);
  });

  it('a flag-setting statement sets the flags from the old operands and then its register', () => {
    const m = new Bench();
    m.writeSlot(1, 3n);
    execute([{ kind: 'flags', flags: 'sub64', slot: 1, a: reg(1, 64), b: x(3) }], m);
    expect(m.readSlot(1)).toBe(0n);
    expect(packedFlags((slot) => m.readSlot(slot))).toBe(0b0110n);
  });

  it('setFlags keeps the low four bits', () => {
    const m = new Bench();
    execute([{ kind: 'setFlags', value: w(0xf5) }], m);
    expect(packedFlags((slot) => m.readSlot(slot))).toBe(5n);
  });
});

describe('memory', () => {
  const memory = (bytes: readonly number[]): Bench => {
    const m = new Bench();
    bytes.forEach((b, i) => {
      m.memory.set(0x100n + BigInt(i), BigInt(b));
    });
    return m;
  };

  it.each([
    ['zero', 0x80n],
    ['sign32', 0xffffff80n],
    ['sign64', 0xffffffffffffff80n],
  ] as const)('a load extends by %s', (extend, expected) => {
    const m = memory([0x80]);
    execute([{ kind: 'load', slot: 1, size: 1, extend, address: x(0x100) }], m);
    expect(m.readSlot(1)).toBe(expected);
  });

  it('a store writes the low bytes, little-endian, with EL0 permissions if asked', () => {
    const m = new Bench();
    m.writeSlot(2, 0x1122334455667788n);
    execute([{ kind: 'store', value: 2, size: 2, address: x(0x100), user: true }], m);
    expect([m.memory.get(0x100n), m.memory.get(0x101n), m.memory.get(0x102n)]).toEqual([0x88n, 0x77n, undefined]);
    expect(m.log).toEqual(['store user 256 2']);
  });

  it('a pair is one access, the first register at the lower address', () => {
    const m = memory([1, 0, 0, 0, 2, 0, 0, 0]);
    execute([{ kind: 'loadPair', slot: 1, slot2: 2, size: 4, address: x(0x100) }], m);
    expect([m.readSlot(1), m.readSlot(2)]).toEqual([1n, 2n]);
    execute([{ kind: 'storePair', value: 2, value2: 1, size: 4, address: x(0x100) }], m);
    expect(m.load(0x100n, 8, false)).toBe(0x1_0000_0002n);
    expect(m.log).toEqual(['load 256 8', 'store 256 8', 'load 256 8']);
  });

  it('a fault changes nothing, and no later statement runs', () => {
    const m = memory([1]);
    m.faultAt = 0x100n;
    m.writeSlot(1, 42n);
    const statements: Statement[] = [
      { kind: 'load', slot: 1, size: 1, extend: 'zero', address: x(0x100) },
      { kind: 'set', slot: 2, value: x(1) },
    ];
    expect(() => execute(statements, m)).toThrow('fault');
    expect([m.readSlot(1), m.readSlot(2)]).toEqual([42n, 0n]);
  });

  const storeExclusive: Statement = { kind: 'storeExclusive', status: 5, value: 2, size: 4, address: x(0x100) };
  const held = (address: bigint, seen: bigint): Bench => {
    const m = memory([9, 0, 0, 0]);
    m.writeSlot(Slot.EXCLUSIVE_ADDRESS, address);
    m.writeSlot(Slot.EXCLUSIVE_VALUE, seen);
    m.writeSlot(2, 0x77n);
    execute([storeExclusive], m);
    return m;
  };

  it('a store-exclusive stores if the monitor holds the address and memory the value, and opens the monitor', () => {
    const m = held(0x100n, 9n);
    expect([m.readSlot(5), m.memory.get(0x100n), m.readSlot(Slot.EXCLUSIVE_ADDRESS)]).toEqual([0n, 0x77n, MAX64]);
  });

  it.each([
    ['the monitor holds another address', 0x104n, 9n],
    ['memory holds another value', 0x100n, 8n],
    ['the monitor is open', MAX64, 9n],
  ])('a store-exclusive fails with status 1 if %s', (_why, address, seen) => {
    const m = held(address, seen);
    expect([m.readSlot(5), m.memory.get(0x100n), m.readSlot(Slot.EXCLUSIVE_ADDRESS)]).toEqual([1n, 9n, MAX64]);
  });

  it('a store-exclusive pair compares both values', () => {
    const m = memory([1, 0, 0, 0, 2, 0, 0, 0]);
    m.writeSlot(Slot.EXCLUSIVE_ADDRESS, 0x100n);
    m.writeSlot(Slot.EXCLUSIVE_VALUE, 1n);
    m.writeSlot(Slot.EXCLUSIVE_VALUE2, 3n);
    execute([{ ...storeExclusive, value2: 3 } as Statement], m);
    expect(m.readSlot(5)).toBe(1n);
  });
});

describe('control', () => {
  it('set zero-extends a 32-bit value', () => {
    const m = new Bench();
    m.writeSlot(1, MAX64);
    expect(execute([{ kind: 'set', slot: 1, value: w(-1) }], m)).toBeUndefined();
    expect(m.readSlot(1)).toBe(0xffffffffn);
  });

  it.each([
    [1, 0x10n],
    [0, 0x20n],
  ])('a branch on %i leads to 0x%s', (condition, expected) => {
    const branch: Statement = { kind: 'branch', condition: w(condition), taken: 0x10n, otherwise: 0x20n };
    expect(execute([branch], new Bench())).toBe(expected);
  });

  it('goto and jump lead to their targets', () => {
    expect(execute([{ kind: 'goto', target: 0x30n }], new Bench())).toBe(0x30n);
    expect(execute([{ kind: 'jump', target: x(-4) }], new Bench())).toBe(MAX64 - 3n);
  });

  it('a system operation that does not redirect lets execution go on', () => {
    const m = new Bench();
    const system = (call: number): Statement => ({ kind: 'system', call, word: 5, ends: false });
    expect(execute([system(1), { kind: 'set', slot: 1, value: x(1) }], m)).toBeUndefined();
    expect(m.readSlot(1)).toBe(1n);
    expect(execute([system(REDIRECTS), { kind: 'set', slot: 1, value: x(2) }], m)).toBe(0x999n);
    expect(m.readSlot(1)).toBe(1n);
    expect(m.log).toEqual(['system 1 5', `system ${REDIRECTS} 5`]);
  });

  it('a check leaves only if its condition is not zero', () => {
    const check = (condition: number): Statement => ({
      kind: 'check',
      condition: w(condition),
      call: REDIRECTS,
      word: 0,
    });
    expect(execute([check(0)], new Bench())).toBeUndefined();
    expect(execute([check(8)], new Bench())).toBe(0x999n);
  });
});
