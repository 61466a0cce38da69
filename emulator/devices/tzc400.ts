import type { MemoryFilter } from '../memory/physical.ts';
import { type DeviceContext, hex, identification } from './context.ts';
import type { Device, Initiator, InterruptLine } from './device.ts';

/** Register offsets of the CoreLink TZC-400 TrustZone address-space controller, Arm DDI 0504C table 3-1. */
export const Tzc = {
  BUILD_CONFIG: 0x000,
  ACTION: 0x004,
  GATE_KEEPER: 0x008,
  SPECULATION_CTRL: 0x00c,
  INT_STATUS: 0x010,
  INT_CLEAR: 0x014,
  FAIL_ADDRESS_LOW: 0x020,
  FAIL_ADDRESS_HIGH: 0x024,
  FAIL_CONTROL: 0x028,
  FAIL_ID: 0x02c,
  /** Region n stands at this + 0x20 n. */
  REGION: 0x100,
  IDENTIFICATION: 0xfd0,
} as const;

/** Registers of one region, offsets from its first (3.3.11-3.3.16). */
export const TzcRegion = {
  BASE_LOW: 0x00,
  BASE_HIGH: 0x04,
  TOP_LOW: 0x08,
  TOP_HIGH: 0x0c,
  ATTRIBUTES: 0x10,
  ID_ACCESS: 0x14,
} as const;

/** FAIL_CONTROL_x (3.3.9). */
export const TzcFail = { Privileged: 1 << 20, NonSecure: 1 << 21, Write: 1 << 24 } as const;

/** REGION_ATTRIBUTES (3.3.15). */
export const TzcAttribute = { FilterEnable: 1 << 0, SecureRead: 1 << 30, SecureWrite: 1 << 31 } as const;

const SECTION = 'Arm DDI 0504C 3.3';
export const TZC_REGIONS = 9;
/** 9 regions, 48 address bits, one filter unit. */
const BUILD_CONFIG = (TZC_REGIONS - 1) | ((48 - 1) << 8);
const IDENTIFICATION = [0x04, 0x00, 0x00, 0x00, 0x60, 0xb4, 0x3b, 0x00, 0x0d, 0xf0, 0x05, 0xb1] as const;
const REGION_STRIDE = 0x20;
const GRANULE = 0x1000;
const OPEN_REQUEST = 1;
const OPEN_STATUS_SHIFT = 16;
/** ACTION.reaction_value: bit 0 answers a refused access with an error, bit 1 raises the interrupt (3.3.2). */
const REACTION_INTERRUPT = 2;
const REACTION_RESET = 1;
const INT_STATUS = 1 << 0;
const INT_OVERRUN = 1 << 8;
/** All normal-world identities may read and write. */
const OPEN_TO_ALL = 0xffff_ffff;

interface Region {
  /** First byte. */
  base: number;
  /** Last byte. */
  top: number;
  attributes: number;
  idAccess: number;
}

/**
 * The address-space controller in front of RAM, with one filter unit. It follows the TZC-400 save for two points, both
 * because images that know nothing of it must run: after reset the gate is open and region 0 lets everything pass (a
 * TZC-400 starts closed to the normal world); and a closed gate refuses accesses instead of stalling them. Any
 * identity bit of REGION_ID_ACCESS admits the whole normal world: its masters are not told apart. A refused access
 * always ends in an external abort, whatever ACTION says of the answer.
 */
export class Tzc400 implements Device {
  readonly name = 'tzc400';
  readonly size = 0x1000;
  private readonly context: DeviceContext;
  private readonly line: InterruptLine;
  private readonly start: number;
  private readonly changed: () => void;
  private readonly regions: Region[] = [];
  private action = REACTION_RESET;
  private gate = OPEN_REQUEST;
  private speculation = 0;
  private status = 0;
  private failAddress = 0;
  private failControl = 0;
  private failId = 0;

  /**
   * @param start physical address from which RAM stands behind the controller
   * @param changed decisions may differ from now on: fits PhysicalMemory.filterChanged
   */
  constructor(context: DeviceContext, line: InterruptLine, start: number, changed: () => void) {
    this.context = context;
    this.line = line;
    this.start = start;
    this.changed = changed;
    this.setDefaults();
  }

  /** The decision over one page: fits PhysicalMemory.setFilter. */
  readonly filter: MemoryFilter = (page, write, by) => {
    const address = page * GRANULE;
    if (address < this.start) return true;
    return (this.gate & OPEN_REQUEST) !== 0 && this.permits(this.regionAt(address), write, by.secure);
  };

  /** Keeps record of a refused access and raises the interrupt: fits PhysicalMemory.onRefused. */
  readonly refused = (pa: number, write: boolean, by: Initiator): void => {
    if (this.filter(Math.floor(pa / GRANULE), write, by)) return; // refused by somebody else
    if ((this.gate & OPEN_REQUEST) === 0) return;
    if (this.status & INT_STATUS) {
      this.status |= INT_OVERRUN;
      return;
    }
    this.status |= INT_STATUS;
    this.failAddress = pa;
    // The bus here carries no privilege: every access counts as privileged.
    this.failControl = TzcFail.Privileged | (by.secure ? 0 : TzcFail.NonSecure) | (write ? TzcFail.Write : 0);
    this.failId = by.cpu < 0 ? DEVICE_ID : by.cpu;
    this.update();
  };

  /** Regions 1-8 come before region 0, which is everything else (2.4). Overlap is a programming error; the lowest wins. */
  private regionAt(address: number): Region {
    for (let n = 1; n < TZC_REGIONS; n++) {
      const r = this.regions[n];
      if (r.attributes & TzcAttribute.FilterEnable && address >= r.base && address <= r.top) return r;
    }
    return this.regions[0];
  }

  private permits(region: Region, write: boolean, secure: boolean): boolean {
    if (secure) return (region.attributes & (write ? TzcAttribute.SecureWrite : TzcAttribute.SecureRead)) !== 0;
    return (write ? region.idAccess >>> 16 : region.idAccess & 0xffff) !== 0;
  }

  private update(): void {
    this.line.set((this.status & INT_STATUS) !== 0 && (this.action & REACTION_INTERRUPT) !== 0);
  }

  read(offset: number, _size: number): number {
    switch (offset) {
      case Tzc.BUILD_CONFIG:
        return BUILD_CONFIG;
      case Tzc.ACTION:
        return this.action;
      case Tzc.GATE_KEEPER:
        return this.gate | (this.gate << OPEN_STATUS_SHIFT);
      case Tzc.SPECULATION_CTRL:
        return this.speculation;
      case Tzc.INT_STATUS:
        return this.status;
      case Tzc.FAIL_ADDRESS_LOW:
        return this.failAddress >>> 0;
      case Tzc.FAIL_ADDRESS_HIGH:
        return high(this.failAddress);
      case Tzc.FAIL_CONTROL:
        return this.failControl;
      case Tzc.FAIL_ID:
        return this.failId;
      case Tzc.INT_CLEAR:
        return 0;
    }
    const region = this.regionRegister(offset);
    if (region) return readRegion(region.region, region.register) >>> 0;
    const id = identification(offset, Tzc.IDENTIFICATION, IDENTIFICATION);
    if (id !== undefined) return id;
    this.context.gap(`tzc400 read at ${hex(offset)}`, SECTION);
    return 0;
  }

  write(offset: number, _size: number, value: number): void {
    switch (offset) {
      case Tzc.ACTION:
        this.action = value & 3;
        this.update();
        return;
      case Tzc.GATE_KEEPER:
        this.gate = value & OPEN_REQUEST;
        this.changed();
        return;
      case Tzc.SPECULATION_CTRL:
        this.speculation = value & 3;
        return;
      case Tzc.INT_CLEAR:
        if (value & 1) this.status = 0;
        this.update();
        return;
    }
    const at = this.regionRegister(offset);
    if (at) {
      this.writeRegion(at.n, at.register, value);
      this.changed();
    } else if (offset >= Tzc.FAIL_ID + 4 && identification(offset, Tzc.IDENTIFICATION, IDENTIFICATION) === undefined)
      this.context.gap(`tzc400 write at ${hex(offset)}`, SECTION);
  }

  private regionRegister(offset: number): { n: number; region: Region; register: number } | undefined {
    const n = Math.floor((offset - Tzc.REGION) / REGION_STRIDE);
    const register = (offset - Tzc.REGION) % REGION_STRIDE;
    if (n < 0 || n >= TZC_REGIONS || register > TzcRegion.ID_ACCESS || register % 4 !== 0) return undefined;
    return { n, region: this.regions[n], register };
  }

  /** Region 0 covers everything and cannot be moved or disabled (2.4). Regions are multiples of 4 KiB. */
  private writeRegion(n: number, register: number, value: number): void {
    const r = this.regions[n];
    if (register === TzcRegion.ID_ACCESS) r.idAccess = value;
    else if (register === TzcRegion.ATTRIBUTES)
      r.attributes =
        (value & (TzcAttribute.SecureRead | TzcAttribute.SecureWrite)) |
        (n === 0 ? TzcAttribute.FilterEnable : value & TzcAttribute.FilterEnable);
    else if (n === 0) return;
    else if (register === TzcRegion.BASE_LOW) r.base = join(value & ~(GRANULE - 1), high(r.base));
    else if (register === TzcRegion.BASE_HIGH) r.base = join(r.base, value & 0xffff);
    else if (register === TzcRegion.TOP_LOW) r.top = join(value | (GRANULE - 1), high(r.top));
    else r.top = join(r.top, value & 0xffff);
  }

  private setDefaults(): void {
    for (let n = 0; n < TZC_REGIONS; n++)
      this.regions[n] =
        n === 0
          ? { base: 0, top: 2 ** 48 - 1, attributes: OPEN_REGION, idAccess: OPEN_TO_ALL }
          : { base: 0, top: GRANULE - 1, attributes: 0, idAccess: 0 };
    this.action = REACTION_RESET;
    this.gate = OPEN_REQUEST;
    this.speculation = this.status = this.failAddress = this.failControl = this.failId = 0;
  }

  reset(): void {
    this.setDefaults();
    this.update();
    this.changed();
  }

  save(): unknown {
    const { action, gate, speculation, status, failAddress, failControl, failId } = this;
    return {
      registers: [action, gate, speculation, status, failAddress, failControl, failId],
      regions: this.regions.map((r) => ({ ...r })),
    };
  }

  restore(state: unknown): void {
    const s = state as { registers: number[]; regions: Region[] };
    [this.action, this.gate, this.speculation, this.status, this.failAddress, this.failControl, this.failId] =
      s.registers;
    s.regions.forEach((r, n) => {
      this.regions[n] = { ...r };
    });
    this.update();
    this.changed();
  }
}

/** FAIL_ID of a master that is no CPU. */
const DEVICE_ID = 0x100;
const OPEN_REGION = TzcAttribute.SecureRead | TzcAttribute.SecureWrite | TzcAttribute.FilterEnable;

function readRegion(r: Region, register: number): number {
  switch (register) {
    case TzcRegion.BASE_LOW:
      return r.base;
    case TzcRegion.BASE_HIGH:
      return high(r.base);
    case TzcRegion.TOP_LOW:
      return r.top;
    case TzcRegion.TOP_HIGH:
      return high(r.top);
    case TzcRegion.ATTRIBUTES:
      return r.attributes;
    default:
      return r.idAccess;
  }
}

function high(address: number): number {
  return Math.floor(address / 2 ** 32);
}

function join(low: number, highHalf: number): number {
  return (low >>> 0) + highHalf * 2 ** 32;
}
