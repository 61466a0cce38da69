/**
 * The file format of a board's snapshot: a line of text that names it, a line of JSON with everything but RAM, the pages of RAM that
 * are not zeros, and a CRC-32 over all of it. Version 2.
 */

import type { MachineState } from '../engine/machine.ts';
import { allPages } from '../memory/ram-snapshots.ts';
import { crc32 } from './crc32.ts';
import type { VirtState } from './virt.ts';
import type { BoardShape, Resumption } from './virt-boot.ts';

const NAME = 'ringwarden snapshot ';
const VERSION = 2;
const MAGIC = `${NAME}${VERSION}\n`;
const LONGEST_FIRST_LINE = 64;
const PAGE_BYTES = 4096;
const CRC_BYTES = 4;

/** A file that is not a snapshot which this program can go on from. The message is one sentence with the place. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

/** What a board is built with, as far as its saved state depends on it: enough to build it again. */
export interface BoardIdentity extends BoardShape, Resumption {
  readonly board: 'virt';
  readonly semihosting: boolean;
}

export interface Snapshot {
  readonly identity: BoardIdentity;
  /** Names the build of the engine: state is laid out as that build does it. */
  readonly engine: string;
  readonly state: VirtState;
}

interface Head {
  readonly identity: BoardIdentity;
  readonly engine: string;
  readonly machine: Omit<MachineState, 'ram' | 'cpus'>;
  readonly cpus: readonly (Omit<MachineState['cpus'][number], 'registers'> & { readonly registers: string })[];
  readonly rest: Omit<VirtState, 'machine'>;
  /** Linear-memory pages that follow, in order. */
  readonly pages: readonly number[];
}

const toHex = (bytes: Uint8Array): string => Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
const fromHex = (text: string): Uint8Array =>
  Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** Typed arrays and numbers that JSON lacks, by a tag. */
function tag(_key: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) {
    const name = value.constructor.name;
    return { $array: name, values: Array.from(value as unknown as ArrayLike<number | bigint>, String) };
  }
  if (typeof value === 'number' && !Number.isFinite(value)) return { $number: String(value) };
  if (typeof value === 'bigint') return { $bigint: String(value) };
  if (value instanceof Map) return { $map: [...value] };
  return value;
}

const ARRAYS: Record<string, new (values: number[]) => ArrayLike<number>> = {
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float64Array,
};

function untag(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const v = value as Record<string, unknown>;
  if (typeof v.$array === 'string') return new ARRAYS[v.$array]!((v.values as string[]).map(Number));
  if (typeof v.$number === 'string') return Number(v.$number);
  if (typeof v.$bigint === 'string') return BigInt(v.$bigint);
  if (Array.isArray(v.$map)) return new Map(v.$map as [unknown, unknown][]);
  return value;
}

/** A snapshot as the bytes of a file. */
export function encodeSnapshot({ identity, engine, state }: Snapshot): Uint8Array {
  const pages = [...allPages(state.machine.ram)]
    .filter(([, bytes]) => bytes.some((b) => b !== 0))
    .sort((a, b) => a[0] - b[0]);
  const { machine: saved, ...rest } = state;
  const { ram: _ram, cpus, ...machine } = saved;
  const head: Head = {
    identity,
    engine,
    machine,
    cpus: cpus.map((cpu) => ({ ...cpu, registers: toHex(cpu.registers) })),
    rest,
    pages: pages.map(([page]) => page),
  };
  const text = new TextEncoder().encode(`${MAGIC}${JSON.stringify(head, tag)}\n`);
  const end = text.length + pages.length * PAGE_BYTES;
  const file = new Uint8Array(end + CRC_BYTES);
  file.set(text);
  pages.forEach(([, bytes], i) => {
    file.set(bytes, text.length + i * PAGE_BYTES);
  });
  new DataView(file.buffer).setUint32(end, crc32(file.subarray(0, end)), true);
  return file;
}

/**
 * @param engine the build that is to go on from here
 * @throws SnapshotError for a file that is damaged, of another version, or of another build of the engine
 */
export function decodeSnapshot(file: Uint8Array, engine: string): Snapshot {
  requireVersion(file);
  const end = file.indexOf(0x0a, MAGIC.length);
  if (end < 0) throw new SnapshotError('truncated snapshot: the description on line 2 does not end');
  const head = parseHead(file.subarray(MAGIC.length, end));
  const start = end + 1;
  const expected = head.pages.length * PAGE_BYTES + CRC_BYTES;
  const bytes = file.length - start;
  if (bytes < expected)
    throw new SnapshotError(
      `truncated snapshot: ${bytes} bytes stand behind its description, which announces ${expected}`,
    );
  const last = start + expected - CRC_BYTES;
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (bytes > expected || view.getUint32(last, true) !== crc32(file.subarray(0, last)))
    throw new SnapshotError('damaged snapshot: its checksum is not that of its contents');
  if (head.engine !== engine)
    throw new SnapshotError(`the snapshot was taken by the engine ${head.engine}, and this is ${engine}`);
  const pages = new Map(
    head.pages.map((page, i) => [page, file.slice(start + i * PAGE_BYTES, start + (i + 1) * PAGE_BYTES)]),
  );
  const machine: MachineState = {
    ...head.machine,
    ram: { parent: undefined, pages },
    cpus: head.cpus.map((cpu) => ({ ...cpu, registers: fromHex(cpu.registers) })),
  };
  return { identity: head.identity, engine, state: { machine, ...head.rest } };
}

function requireVersion(file: Uint8Array): void {
  const start = new TextDecoder('latin1').decode(file.subarray(0, LONGEST_FIRST_LINE));
  if (start.startsWith(MAGIC)) return;
  const version = /^ringwarden snapshot (\d+)\n/.exec(start)?.[1];
  if (version !== undefined)
    throw new SnapshotError(`a snapshot of version ${version}, where this program reads version ${VERSION}`);
  if (start.length < MAGIC.length && MAGIC.startsWith(start))
    throw new SnapshotError('truncated snapshot: its first line does not end');
  throw new SnapshotError(`not a ringwarden snapshot: its first line is not "${MAGIC.trimEnd()}"`);
}

function parseHead(text: Uint8Array): Head {
  try {
    return JSON.parse(new TextDecoder().decode(text), untag) as Head;
  } catch (error) {
    throw new SnapshotError(`damaged snapshot: the description on line 2 cannot be read (${(error as Error).message})`);
  }
}

const MIB = 2 ** 20;

/** What a snapshot fixes and a user may ask for, in words. */
const WORDS: Readonly<Record<keyof BoardRequest, (identity: BoardRequest) => string>> = {
  board: ({ board }) => `the board ${board}`,
  cpus: ({ cpus }) => `${cpus} ${cpus === 1 ? 'CPU' : 'CPUs'}`,
  memoryBytes: ({ memoryBytes = 0 }) => `${memoryBytes / MIB} MiB of RAM`,
};

/** Parts of a board that may be asked for; what is left out is as the snapshot says. */
export interface BoardRequest {
  readonly board?: string | undefined;
  readonly cpus?: number | undefined;
  readonly memoryBytes?: number | undefined;
}

/** @throws SnapshotError naming the first part in which the snapshot's board is another than the one asked for */
export function requireBoard(identity: BoardIdentity, request: BoardRequest): void {
  for (const part of Object.keys(WORDS) as (keyof BoardRequest)[]) {
    if (request[part] === undefined || request[part] === identity[part]) continue;
    throw new SnapshotError(`the snapshot was taken of ${WORDS[part](identity)}, not of ${WORDS[part](request)}`);
  }
}
