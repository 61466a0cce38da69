import { describe, expect, it } from 'vitest';
import { type Device, ExternalAbort, type Initiator } from '../devices/device.ts';
import { PhysicalMemory } from './physical.ts';

const normal: Initiator = { secure: false, cpu: 0 };
const secure: Initiator = { secure: true, cpu: 0 };

const device = (log: string[]): Device => ({
  name: 'test',
  size: 0x100,
  read: (offset, size) => {
    log.push(`r${size}@${offset}`);
    return 0xdeadbeef;
  },
  write: (offset, size, value) => {
    log.push(`w${size}@${offset}=${value.toString(16)}`);
  },
  reset: () => {},
  save: () => undefined,
  restore: () => {},
});

const make = (): PhysicalMemory => {
  const phys = new PhysicalMemory(new ArrayBuffer(0x10000), 0x1000);
  phys.addRam('ram', 0x4000_0000, 0x4000);
  phys.addRam('secure', 0xe00_0000, 0x1000, { secureOnly: true });
  phys.addRam('rom', 0, 0x1000, { readOnly: true });
  return phys;
};

describe('PhysicalMemory', () => {
  it('is little-endian and unsigned', () => {
    const phys = make();
    phys.write(0x4000_0000, 4, 0x80000001, normal);
    expect(phys.read(0x4000_0000, 4, normal)).toBe(0x80000001);
    expect(phys.read(0x4000_0003, 1, normal)).toBe(0x80);
    expect(phys.read(0x4000_0000, 2, normal)).toBe(1);
  });

  it('a hole and a refused access end in an external abort, and say which', () => {
    const phys = make();
    const why = (f: () => unknown): string => {
      try {
        f();
        return 'nothing';
      } catch (error) {
        expect(error).toBeInstanceOf(ExternalAbort);
        return (error as ExternalAbort).why;
      }
    };
    expect(why(() => phys.read(0x5000_0000, 4, normal))).toBe('decode');
    expect(why(() => phys.read(0xe00_0000, 4, normal))).toBe('refused');
    expect(why(() => phys.write(0, 4, 1, secure))).toBe('refused');
    expect(phys.read(0xe00_0000, 4, secure)).toBe(0);
  });

  it('a filter refuses by page, direction and initiator, and drops the fast paths when it comes', () => {
    const phys = make();
    let dropped = 0;
    phys.onProtectionChange = () => dropped++;
    phys.setFilter((page, write, by) => page !== 0x40001 || by.secure || !write);
    expect(dropped).toBe(1);
    expect(phys.ramFor(0x4000_1000, false, normal)).toBeGreaterThan(0);
    expect(phys.ramFor(0x4000_1000, true, normal)).toBe(-1);
    expect(phys.ramFor(0x4000_1000, true, secure)).toBeGreaterThan(0);
  });

  it('a device gets the offset in its window; a secure one answers the secure world alone', () => {
    const phys = make();
    const log: string[] = [];
    phys.addDevice(0x900_0000, device(log));
    phys.addDevice(0x904_0000, device(log), { secureOnly: true });
    expect(phys.read(0x900_0004, 4, normal)).toBe(0xdeadbeef);
    phys.write(0x900_0008, 1, 0x12, normal);
    expect(log).toEqual(['r4@4', 'w1@8=12']);
    expect(() => phys.read(0x904_0000, 4, normal)).toThrow(ExternalAbort);
  });

  it('peek and poke go past protection, and stop at a hole', () => {
    const phys = make();
    phys.poke(0xff8, Uint8Array.of(1, 2, 3));
    expect([...phys.peek(0xff8, 3)]).toEqual([1, 2, 3]);
    expect(() => phys.peek(0x4000_3ff0, 0x20)).toThrow('0x40004000');
  });
});
