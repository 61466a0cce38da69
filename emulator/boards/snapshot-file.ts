/**
 * The file format of a board's snapshot: a line of text that names it, a line of JSON with everything but RAM, then the pages of
 * RAM that are not zeros. Version 1.
 */

import type { CountsState } from '../cost/counts.ts';
import type { MachineState } from '../engine/machine.ts';
import { allPages } from '../memory/ram-snapshots.ts';
import type { VirtState } from './virt.ts';

const MAGIC = 'ringwarden snapshot 1\n';
const PAGE_BYTES = 4096;

/** A file that is not a snapshot of this version and board. The message is one sentence with the place. */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
}

/** What a board was built with, as far as a snapshot depends on it. */
export interface BoardIdentity {
  readonly board: string;
  readonly cpus: number;
  readonly memoryBytes: number;
}

interface Head {
  readonly identity: BoardIdentity;
  readonly machine: Omit<MachineState, 'ram' | 'cpus'>;
  readonly cpus: readonly (Omit<MachineState['cpus'][number], 'registers'> & { readonly registers: string })[];
  readonly devices: unknown;
  readonly counts: CountsState;
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

/** A board's saved state as the bytes of a file. */
export function encodeSnapshot(state: VirtState, identity: BoardIdentity): Uint8Array {
  const pages = [...allPages(state.machine.ram)]
    .filter(([, bytes]) => bytes.some((b) => b !== 0))
    .sort((a, b) => a[0] - b[0]);
  const { ram: _ram, cpus, ...machine } = state.machine;
  const head: Head = {
    identity,
    machine,
    cpus: cpus.map((cpu) => ({ ...cpu, registers: toHex(cpu.registers) })),
    devices: state.devices,
    counts: state.counts,
    pages: pages.map(([page]) => page),
  };
  const text = new TextEncoder().encode(`${MAGIC}${JSON.stringify(head, tag)}\n`);
  const file = new Uint8Array(text.length + pages.length * PAGE_BYTES);
  file.set(text);
  pages.forEach(([, bytes], i) => {
    file.set(bytes, text.length + i * PAGE_BYTES);
  });
  return file;
}

/** @throws SnapshotError for a file that is damaged, of another version, or of a board built otherwise */
export function decodeSnapshot(file: Uint8Array, identity: BoardIdentity): VirtState {
  const magic = new TextDecoder().decode(file.subarray(0, MAGIC.length));
  if (magic !== MAGIC) throw new SnapshotError('not a ringwarden snapshot of version 1: its first line is another');
  const end = file.indexOf(0x0a, MAGIC.length);
  if (end < 0) throw new SnapshotError('truncated snapshot: the description on line 2 does not end');
  let head: Head;
  try {
    head = JSON.parse(new TextDecoder().decode(file.subarray(MAGIC.length, end)), untag) as Head;
  } catch (error) {
    throw new SnapshotError(`damaged snapshot: the description on line 2 cannot be read (${(error as Error).message})`);
  }
  for (const key of Object.keys(identity) as (keyof BoardIdentity)[]) {
    if (head.identity[key] !== identity[key])
      throw new SnapshotError(
        `the snapshot was taken with ${key} ${head.identity[key]}, this board has ${identity[key]}`,
      );
  }
  const start = end + 1;
  if (file.length !== start + head.pages.length * PAGE_BYTES)
    throw new SnapshotError(
      `truncated snapshot: ${head.pages.length} pages of RAM are announced, and ${file.length - start} bytes follow`,
    );
  const pages = new Map(
    head.pages.map((page, i) => [page, file.slice(start + i * PAGE_BYTES, start + (i + 1) * PAGE_BYTES)]),
  );
  return {
    machine: {
      ...head.machine,
      ram: { parent: undefined, pages },
      cpus: head.cpus.map((cpu) => ({ ...cpu, registers: fromHex(cpu.registers) })),
    },
    devices: head.devices as unknown[],
    counts: head.counts,
  };
}
