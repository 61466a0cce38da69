import { beforeEach, describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../memory/physical.ts';
import type { Device } from './device.ts';
import { Dma, DmaCtrl, DmaEngine, DmaStatus, MAX_TRANSFER } from './dma.ts';
import { FwCfg, FwCfgDma, FwCfgKey, FwCfgRegister } from './fw-cfg.ts';
import { Descriptor, Smmu } from './smmu-lite.ts';
import { FakeContext, FakeLine, NORMAL, Port, SECURE } from './testing.ts';
import { Tzc, Tzc400, TzcAttribute, TzcFail, TzcRegion } from './tzc400.ts';
import { VirtioMmio, VirtioMmioEmpty } from './virtio-mmio.ts';

const RAM = 0x4000_0000;
const RAM_BYTES = 0x10_0000;
const SECURE_RAM = 0x0e00_0000;

let context: FakeContext;
let phys: PhysicalMemory;
let changes: number;

beforeEach(() => {
  context = new FakeContext();
  phys = new PhysicalMemory(new ArrayBuffer(RAM_BYTES + 0x2000), 0);
  phys.addRam('ram', RAM, RAM_BYTES);
  phys.addRam('secure', SECURE_RAM, 0x1000, { secureOnly: true });
  changes = 0;
  phys.onProtectionChange = () => changes++;
});

describe('TZC-400', () => {
  let line: FakeLine;
  let tzc: Tzc400;
  let p: Port;

  beforeEach(() => {
    line = new FakeLine();
    tzc = new Tzc400(context, line, RAM, () => phys.filterChanged());
    phys.setFilter(tzc.filter);
    phys.onRefused = tzc.refused;
    p = new Port(tzc, SECURE);
  });

  /** Programs region n and closes it to the normal world. */
  const closeRegion = (n: number, base: number, top: number, idAccess = 0) => {
    const r = Tzc.REGION + 0x20 * n;
    p.set(r + TzcRegion.BASE_LOW, base);
    p.set(r + TzcRegion.TOP_LOW, top);
    p.set(r + TzcRegion.ID_ACCESS, idAccess);
    p.set(r + TzcRegion.ATTRIBUTES, TzcAttribute.SecureRead | TzcAttribute.SecureWrite | TzcAttribute.FilterEnable);
  };

  it('reports 9 regions, 48 address bits, 1 filter, and part 0x460 (3.3.1, 3.3.17)', () => {
    expect(p.get(Tzc.BUILD_CONFIG)).toBe(8 | (47 << 8));
    expect(p.get(0xfe0) | ((p.get(0xfe4) & 0xf) << 8)).toBe(0x460);
  });

  it('ours: after reset everything passes', () => {
    phys.write(RAM, 4, 1, NORMAL);
    expect(phys.read(RAM, 4, NORMAL)).toBe(1);
  });

  it('a region closed to all identities refuses the normal world, to its last byte, and nobody else', () => {
    closeRegion(1, RAM + 0x4000, RAM + 0x7fff);
    expect(() => phys.read(RAM + 0x4000, 4, NORMAL)).toThrow('refused');
    expect(() => phys.write(RAM + 0x7ffc, 4, 1, NORMAL)).toThrow('refused');
    phys.read(RAM + 0x3ffc, 4, NORMAL);
    phys.read(RAM + 0x8000, 4, NORMAL);
    phys.write(RAM + 0x4000, 4, 7, SECURE);
    expect(phys.read(RAM + 0x4000, 4, SECURE)).toBe(7);
    expect(changes).toBeGreaterThan(1);
  });

  it('REGION_ID_ACCESS gives read and write apart (3.3.16)', () => {
    closeRegion(1, RAM + 0x4000, RAM + 0x7fff, 0x0000_0001);
    phys.read(RAM + 0x4000, 4, NORMAL);
    expect(() => phys.write(RAM + 0x4000, 4, 1, NORMAL)).toThrow('refused');
  });

  it('region 0 covers the rest; its place is fixed (2.4)', () => {
    p.set(Tzc.REGION + TzcRegion.BASE_LOW, 0x5000_0000);
    p.set(Tzc.REGION + TzcRegion.ID_ACCESS, 0);
    expect(p.get(Tzc.REGION + TzcRegion.BASE_LOW)).toBe(0);
    expect(() => phys.read(RAM, 4, NORMAL)).toThrow('refused');
    closeRegion(2, RAM, RAM + 0xfff, 0x0001_0001);
    phys.read(RAM, 4, NORMAL);
  });

  it('a region of the secure world without s_rd_en refuses secure reads (3.3.15)', () => {
    closeRegion(1, RAM, RAM + 0xfff);
    p.set(Tzc.REGION + 0x20 + TzcRegion.ATTRIBUTES, TzcAttribute.SecureWrite | TzcAttribute.FilterEnable);
    expect(() => phys.read(RAM, 4, SECURE)).toThrow('refused');
    phys.write(RAM, 4, 1, SECURE);
  });

  it('a violation latches address, direction, world and master; a second sets overrun; INT_CLEAR clears (3.3.5-3.3.10)', () => {
    closeRegion(1, RAM + 0x4000, RAM + 0x7fff);
    p.set(Tzc.ACTION, 3);
    expect(() => phys.write(RAM + 0x4008, 4, 1, { secure: false, cpu: 1 })).toThrow();
    expect(line.level).toBe(true);
    expect(() => phys.read(RAM + 0x5000, 4, NORMAL)).toThrow();
    expect(p.get(Tzc.FAIL_ADDRESS_LOW)).toBe(RAM + 0x4008);
    expect(p.get(Tzc.FAIL_CONTROL)).toBe(TzcFail.Write | TzcFail.NonSecure | TzcFail.Privileged);
    expect(p.get(Tzc.FAIL_ID)).toBe(1);
    expect(p.get(Tzc.INT_STATUS)).toBe(0x101);
    p.set(Tzc.INT_CLEAR, 1);
    expect(p.get(Tzc.INT_STATUS)).toBe(0);
    expect(line.level).toBe(false);
  });

  it('ACTION without its interrupt bit latches silently (3.3.2)', () => {
    closeRegion(1, RAM, RAM + 0xfff);
    p.set(Tzc.ACTION, 1);
    expect(() => phys.read(RAM, 4, NORMAL)).toThrow();
    expect(p.get(Tzc.INT_STATUS)).toBe(1);
    expect(line.level).toBe(false);
  });

  it('ours: a closed gate refuses both worlds and latches nothing', () => {
    p.set(Tzc.GATE_KEEPER, 0);
    expect(p.get(Tzc.GATE_KEEPER)).toBe(0);
    expect(() => phys.read(RAM, 4, SECURE)).toThrow('refused');
    expect(p.get(Tzc.INT_STATUS)).toBe(0);
    p.set(Tzc.GATE_KEEPER, 1);
    expect(p.get(Tzc.GATE_KEEPER)).toBe(0x1_0001);
    phys.read(RAM, 4, NORMAL);
  });

  it('what another protection refuses is no violation of this controller', () => {
    expect(() => phys.read(SECURE_RAM, 4, NORMAL)).toThrow('refused');
    expect(p.get(Tzc.INT_STATUS)).toBe(0);
  });

  it('a snapshot brings regions back and drops the fast paths', () => {
    const saved = structuredClone(tzc.save());
    closeRegion(1, RAM, RAM + 0xfff);
    const before = changes;
    tzc.restore(saved);
    phys.read(RAM, 4, NORMAL);
    expect(changes).toBeGreaterThan(before);
  });

  describe('DMA engine', () => {
    let dma: DmaEngine;
    let irq: FakeLine;
    let d: Port;

    beforeEach(() => {
      irq = new FakeLine();
      dma = new DmaEngine(context, phys, irq);
      d = new Port(dma, NORMAL);
    });

    const transfer = (src: number, dst: number, length: number) => {
      d.set(Dma.SRC_LOW, src);
      d.set(Dma.DST_LOW, dst);
      d.set(Dma.LEN, length);
      d.set(Dma.CTRL, DmaCtrl.START | DmaCtrl.IRQ);
    };

    it('copies across pages at the write of CTRL, and interrupts', () => {
      const data = Uint8Array.from({ length: 0x1800 }, (_, i) => i * 7);
      phys.poke(RAM + 0x0ff0, data);
      transfer(RAM + 0x0ff0, RAM + 0x8123, data.length);
      expect(phys.peek(RAM + 0x8123, data.length)).toEqual(data);
      expect(d.get(Dma.STATUS)).toBe(DmaStatus.DONE);
      expect(irq.level).toBe(true);
      d.set(Dma.STATUS, DmaStatus.DONE);
      expect(irq.level).toBe(false);
    });

    it('is a non-secure master: the address-space controller stops it and keeps record', () => {
      closeRegion(1, RAM + 0x4000, RAM + 0x7fff);
      phys.poke(RAM + 0x4000, Uint8Array.of(42));
      transfer(RAM + 0x4000, RAM, 1);
      expect(d.get(Dma.STATUS)).toBe(DmaStatus.ABORT);
      expect(phys.peek(RAM, 1)[0]).toBe(0);
      expect(p.get(Tzc.FAIL_ADDRESS_LOW)).toBe(RAM + 0x4000);
      expect(p.get(Tzc.FAIL_ID)).toBe(0x100);
      transfer(RAM, SECURE_RAM, 1);
      expect(d.get(Dma.STATUS)).toBe(DmaStatus.ABORT | DmaStatus.ABORT_ON_WRITE);
      expect(d.get(Dma.FAULT_LOW)).toBe(SECURE_RAM);
    });

    it('a device or a hole does not answer it, and too long a transfer does not begin', () => {
      const touched: Device = { ...deviceThatFails(), name: 'trap', size: 0x1000 };
      phys.addDevice(0x0900_0000, touched);
      transfer(0x0900_0000, RAM, 4);
      expect(d.get(Dma.STATUS)).toBe(DmaStatus.ABORT);
      transfer(0x2000_0000, RAM, 4);
      expect(d.get(Dma.STATUS)).toBe(DmaStatus.ABORT);
      transfer(RAM, RAM, MAX_TRANSFER + 1);
      expect(d.get(Dma.STATUS)).toBe(DmaStatus.BAD_LENGTH);
    });

    it('the SMMU translates by its page list and refuses what it does not list', () => {
      const list = new DataView(new ArrayBuffer(16));
      list.setUint32(0, (RAM + 0x3000) | Descriptor.READ, true);
      list.setUint32(8, (RAM + 0x5000) | Descriptor.WRITE, true);
      phys.poke(RAM + 0x1000, new Uint8Array(list.buffer));
      phys.poke(RAM + 0x3010, Uint8Array.of(1, 2, 3));
      d.set(0x1000 + Smmu.BASE_LOW, RAM + 0x1000);
      d.set(0x1000 + Smmu.SIZE, 2);
      d.set(0x1000 + Smmu.CTRL, 1);
      transfer(0x10, 0x1020, 3);
      expect([...phys.peek(RAM + 0x5020, 3)]).toEqual([1, 2, 3]);
      transfer(0x10, 0x20, 3);
      expect(d.get(Dma.STATUS)).toBe(DmaStatus.ABORT | DmaStatus.ABORT_ON_WRITE);
      expect(d.get(0x1000 + Smmu.FAULT)).toBe(1);
      transfer(0x2000, 0x1000, 3);
      expect(d.get(Dma.STATUS)).toBe(DmaStatus.ABORT);
    });

    it('LOCK, a secure register, closes the SMMU registers to the normal world', () => {
      const s = new Port(dma, SECURE);
      d.set(0x1000 + Smmu.LOCK, 1);
      d.set(0x1000 + Smmu.CTRL, 1);
      expect(d.get(0x1000 + Smmu.CTRL)).toBe(1);
      s.set(0x1000 + Smmu.LOCK, 1);
      d.set(0x1000 + Smmu.CTRL, 0);
      expect(d.get(0x1000 + Smmu.CTRL)).toBe(1);
      expect(d.get(0x1000 + Smmu.LOCK)).toBe(0);
      s.set(0x1000 + Smmu.CTRL, 0);
      expect(d.get(0x1000 + Smmu.CTRL)).toBe(0);
    });
  });
});

describe('fw_cfg', () => {
  const selector = (cfg: FwCfg, key: number) => cfg.write(FwCfgRegister.SELECTOR, 2, ((key & 0xff) << 8) | (key >> 8));
  const bytes = (cfg: FwCfg, n: number) => Array.from({ length: n }, () => cfg.read(FwCfgRegister.DATA, 1));
  let cfg: FwCfg;

  beforeEach(() => {
    cfg = new FwCfg({
      context,
      bus: phys,
      cpus: 2,
      files: { 'opt/b': Uint8Array.of(9, 8), 'opt/a': Uint8Array.of(7) },
    });
  });

  it('item 0 is the signature; bytes past an end read as 0', () => {
    selector(cfg, FwCfgKey.SIGNATURE);
    expect(String.fromCharCode(...bytes(cfg, 4))).toBe('QEMU');
    expect(bytes(cfg, 2)).toEqual([0, 0]);
  });

  it('the directory lists files by name with big-endian size and key', () => {
    selector(cfg, FwCfgKey.FILE_DIR);
    expect(bytes(cfg, 12)).toEqual([0, 0, 0, 2, 0, 0, 0, 1, 0, 0x20, 0, 0]);
    expect(String.fromCharCode(...bytes(cfg, 5))).toBe('opt/a');
    selector(cfg, 0x21);
    expect(bytes(cfg, 3)).toEqual([9, 8, 0]);
  });

  it('DMA reads an item into memory and answers 0 in its control word', () => {
    const request = new DataView(new ArrayBuffer(16));
    request.setUint32(0, (0x21 << 16) | FwCfgDma.SELECT | FwCfgDma.READ);
    request.setUint32(4, 2);
    request.setUint32(12, RAM + 0x100);
    phys.poke(RAM, new Uint8Array(request.buffer));
    const address = new DataView(new ArrayBuffer(4));
    address.setUint32(0, RAM);
    cfg.write(FwCfgRegister.DMA_HIGH, 4, 0);
    cfg.write(FwCfgRegister.DMA_LOW, 4, address.getUint32(0, true));
    expect([...phys.peek(RAM + 0x100, 2)]).toEqual([9, 8]);
    expect([...phys.peek(RAM, 4)]).toEqual([0, 0, 0, 0]);
  });

  it('a DMA that memory refuses answers ERROR', () => {
    const request = new DataView(new ArrayBuffer(16));
    request.setUint32(0, (0x21 << 16) | FwCfgDma.SELECT | FwCfgDma.READ);
    request.setUint32(4, 2);
    request.setUint32(12, SECURE_RAM);
    phys.poke(RAM, new Uint8Array(request.buffer));
    cfg.write(FwCfgRegister.DMA_HIGH, 4, 0);
    cfg.write(FwCfgRegister.DMA_LOW, 4, 0x00000040);
    expect([...phys.peek(RAM, 4)]).toEqual([0, 0, 0, FwCfgDma.ERROR]);
  });
});

it('a virtio transport with no device has the magic value and DeviceID 0 (VIRTIO 1.2, 4.2.2)', () => {
  const p = new Port(new VirtioMmioEmpty('virtio-mmio0'));
  expect([p.get(VirtioMmio.MagicValue), p.get(VirtioMmio.DeviceID), p.get(0x70)]).toEqual([0x74726976, 0, 0]);
});

function deviceThatFails(): Omit<Device, 'name' | 'size'> {
  const fail = () => {
    throw new Error('a bus master reached a device');
  };
  return { read: fail, write: fail, reset: fail, save: fail, restore: fail };
}
