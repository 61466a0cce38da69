/**
 * Native Unicorn (libunicorn 2) through its public C interface: bare AArch64 instructions over mapped memory. It
 * delivers no exceptions to any level, so it is an oracle for ordinary instructions alone.
 */
import { PeerMissing } from './driver.ts';

const LIBRARY = 'libunicorn.so.2';

/** Values of unicorn.h and arm64.h that are used here. */
const UC_ARCH_ARM64 = 2;
const UC_MODE_LITTLE_ENDIAN = 0;
const UC_CPU_ARM64_A57 = 0;
/** uc_ctl(UC_CTL_CPU_MODEL) with one argument that is written. */
const UC_CTL_SET_CPU_MODEL = 7 | (1 << 26) | (1 << 30) | 0;
/** uc_ctl(UC_CTL_TB_REMOVE_CACHE) with two arguments that are written. */
const UC_CTL_REMOVE_CACHE = 9 | (2 << 26) | (1 << 30);
const X0 = 199;
const X29 = 1;
const X30 = 2;
const NZCV = 3;
const SP = 4;
const V0 = 228;
const PC = 260;
const CPACR_EL1 = 261;
const FPCR = 291;
const FPSR = 292;

/** Places in {@link Unicorn.registers}: X0-X30 in 0-30, then these. NZCV stands in bits 31:28 as in the register. */
export const UnicornRegister = { sp: 31, pc: 32, nzcv: 33 } as const;
const REGISTER_IDS = [...Array.from({ length: 29 }, (_, i) => X0 + i), X29, X30, SP, PC, NZCV];

/** Places in {@link Unicorn.vectors}: V0-V31 take two each, low half first; then these. */
export const UnicornVector = { fpcr: 64, fpsr: 66 } as const;
const VECTOR_IDS = [...Array.from({ length: 32 }, (_, i) => V0 + i), FPCR, FPSR];
const VECTOR_BYTES = 16;

/** CPACR_EL1.FPEN: nothing traps floating point. */
const FP_ENABLED = 3n << 20n;

/** uc_err values that a run can end with. */
export const UnicornError = {
  ok: 0,
  readUnmapped: 6,
  writeUnmapped: 7,
  fetchUnmapped: 8,
  writeProtected: 12,
  readProtected: 13,
  fetchProtected: 14,
  /** An exception that no hook took: an undefined instruction, SVC, BRK, an alignment fault. */
  exception: 21,
} as const;

/** Permissions of a mapping, added up. */
export const UnicornAccess = { read: 1, write: 2, execute: 4, all: 7 } as const;

type Pointer = unknown;

interface Library {
  open(arch: number, mode: number, out: Pointer[]): number;
  control(uc: Pointer, control: number, ...typesAndValues: (string | number | bigint)[]): number;
  close(uc: Pointer): number;
  map(uc: Pointer, address: bigint, size: number, permissions: number): number;
  write(uc: Pointer, address: bigint, data: Uint8Array, size: number): number;
  read(uc: Pointer, address: bigint, data: Uint8Array, size: number): number;
  start(uc: Pointer, begin: bigint, until: bigint, timeout: bigint, count: number): number;
  setRegisters(uc: Pointer, ids: Pointer, values: Pointer, count: number): number;
  getRegisters(uc: Pointer, ids: Pointer, values: Pointer, count: number): number;
  strerror(code: number): string;
}

type Koffi = typeof import('koffi')['default'];

/** Registers that move together. */
interface Batch {
  readonly ids: Pointer;
  readonly places: Pointer;
  readonly count: number;
  readonly values: BigUint64Array;
  free(): void;
}

function makeBatch(koffi: Koffi, registers: readonly number[], bytesEach: number): Batch {
  const count = registers.length;
  const values = koffi.alloc('uint8_t', count * bytesEach);
  const ids = koffi.alloc('int', count);
  const places = koffi.alloc('uint64_t', count);
  new Int32Array(koffi.view(ids, count * 4)).set(registers);
  const first = BigInt(koffi.address(values));
  const table = new BigUint64Array(koffi.view(places, count * 8));
  for (let i = 0; i < count; i++) table[i] = first + BigInt(bytesEach * i);
  const view = new BigUint64Array(koffi.view(values, count * bytesEach));
  view.fill(0n);
  const free = () => {
    for (const block of [values, ids, places]) koffi.free(block);
  };
  return { ids, places, count, values: view, free };
}

async function loadKoffi(): Promise<Koffi> {
  try {
    return (await import('koffi')).default;
  } catch {
    throw new PeerMissing('the npm package koffi is not usable here: install it (npm install koffi) to run Unicorn');
  }
}

function bind(koffi: Koffi): Library {
  let lib: ReturnType<Koffi['load']>;
  try {
    lib = koffi.load(LIBRARY);
  } catch {
    throw new PeerMissing(`${LIBRARY} is not installed: install Debian's package libunicorn2`);
  }
  const f = (prototype: string) => lib.func(prototype) as never;
  return {
    open: f('int uc_open(int arch, int mode, _Out_ void **uc)'),
    control: f('int uc_ctl(void *uc, int control, ...)'),
    close: f('int uc_close(void *uc)'),
    map: f('int uc_mem_map(void *uc, uint64_t address, size_t size, uint32_t perms)'),
    write: f('int uc_mem_write(void *uc, uint64_t address, const void *bytes, size_t size)'),
    read: f('int uc_mem_read(void *uc, uint64_t address, _Out_ uint8_t *bytes, size_t size)'),
    start: f('int uc_emu_start(void *uc, uint64_t begin, uint64_t until, uint64_t timeout, size_t count)'),
    setRegisters: f('int uc_reg_write_batch(void *uc, void *regs, void *vals, int count)'),
    getRegisters: f('int uc_reg_read_batch(void *uc, void *regs, void *vals, int count)'),
    strerror: f('const char *uc_strerror(int code)'),
  };
}

/** One Unicorn machine with a Cortex-A57's instruction set. */
export class Unicorn {
  /** Registers by {@link UnicornRegister}: {@link pushRegisters} and {@link pullRegisters} move all of them at once. */
  readonly registers: BigUint64Array;
  /** SIMD&FP registers by {@link UnicornVector}; {@link pushVectors} and {@link pullVectors} move all of them at once. */
  readonly vectors: BigUint64Array;
  private readonly lib: Library;
  private readonly uc: Pointer;
  private readonly general: Batch;
  private readonly simd: Batch;

  private constructor(koffi: Koffi, lib: Library) {
    this.lib = lib;
    const out: Pointer[] = [null];
    this.check(lib.open(UC_ARCH_ARM64, UC_MODE_LITTLE_ENDIAN, out), 'uc_open');
    this.uc = out[0];
    this.check(lib.control(this.uc, UC_CTL_SET_CPU_MODEL, 'int', UC_CPU_ARM64_A57), 'uc_ctl');
    this.general = makeBatch(koffi, REGISTER_IDS, 8);
    this.simd = makeBatch(koffi, VECTOR_IDS, VECTOR_BYTES);
    this.registers = this.general.values;
    this.vectors = this.simd.values;
    const control = makeBatch(koffi, [CPACR_EL1], 8);
    control.values[0] = FP_ENABLED;
    this.push(control);
    control.free();
  }

  /** @throws PeerMissing without koffi or libunicorn */
  static async open(): Promise<Unicorn> {
    const koffi = await loadKoffi();
    return new Unicorn(koffi, bind(koffi));
  }

  /** Frees the machine; {@link registers} and {@link vectors} must not be used afterwards. */
  close(): void {
    this.lib.close(this.uc);
    this.general.free();
    this.simd.free();
  }

  /** Maps zeroed memory. Address and size are multiples of 4096. @param permissions sum of {@link UnicornAccess} */
  map(address: bigint, size: number, permissions: number = UnicornAccess.all): void {
    this.check(this.lib.map(this.uc, address, size, permissions), 'uc_mem_map');
  }

  write(address: bigint, data: Uint8Array): void {
    this.check(this.lib.write(this.uc, address, data, data.length), 'uc_mem_write');
  }

  /** Forgets what was translated from this range: Unicorn 2.0.1 does not do so on {@link write}. */
  forgetCode(address: bigint, size: number): void {
    const end = address + BigInt(size);
    this.check(this.lib.control(this.uc, UC_CTL_REMOVE_CACHE, 'uint64_t', address, 'uint64_t', end), 'uc_ctl');
  }

  /** Reads into `data`, which sets the length. */
  read(address: bigint, data: Uint8Array): Uint8Array {
    this.check(this.lib.read(this.uc, address, data, data.length), 'uc_mem_read');
    return data;
  }

  /** {@link registers} into the machine. */
  pushRegisters(): void {
    this.push(this.general);
  }

  /** The machine's registers into {@link registers}. */
  pullRegisters(): void {
    this.pull(this.general);
  }

  /** {@link vectors} into the machine. */
  pushVectors(): void {
    this.push(this.simd);
  }

  /** The machine's SIMD&FP registers into {@link vectors}. */
  pullVectors(): void {
    this.pull(this.simd);
  }

  private push({ ids, places, count }: Batch): void {
    this.check(this.lib.setRegisters(this.uc, ids, places, count), 'uc_reg_write_batch');
  }

  private pull({ ids, places, count }: Batch): void {
    this.check(this.lib.getRegisters(this.uc, ids, places, count), 'uc_reg_read_batch');
  }

  /**
   * Runs from `begin` until the pc reaches `until`, `count` instructions were run (0: no limit), or something stops it.
   * @returns a {@link UnicornError}; the pc is that of the instruction which stopped it
   */
  start(begin: bigint, until: bigint, count: number): number {
    return this.lib.start(this.uc, begin, until, 0n, count);
  }

  /** Unicorn's own words for a {@link UnicornError}. */
  describe(code: number): string {
    return this.lib.strerror(code);
  }

  private check(code: number, what: string): void {
    if (code !== 0) throw new Error(`${what}: ${this.lib.strerror(code)}`);
  }
}
