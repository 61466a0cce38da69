/** Flattened device trees: Devicetree Specification v0.4, chapter 5. */

/** A property's value: `true` for an empty one, cells of 32 bits, a string or list of strings, or bytes. */
export type FdtValue = true | number | readonly number[] | string | readonly string[] | Uint8Array;

export interface FdtNode {
  /** With its unit address; '' for the root. */
  readonly name: string;
  readonly properties: Readonly<Record<string, FdtValue>>;
  readonly children?: readonly FdtNode[];
}

const MAGIC = 0xd00d_feed;
const VERSION = 17;
const LAST_COMPATIBLE_VERSION = 16;
const HEADER_BYTES = 40;
/** One terminating entry of 16 zero bytes (5.3). */
const RESERVATION_BYTES = 16;
const Token = { BEGIN_NODE: 1, END_NODE: 2, PROP: 3, END: 9 } as const;

/** A 64-bit number as two cells. */
export function cells64(value: number): [number, number] {
  return [Math.floor(value / 2 ** 32), value % 2 ** 32];
}

/** Words and strings of the structure block, and the strings block that grows with it. */
class Writer {
  private readonly bytes: number[] = [];
  private readonly names = new Map<string, number>();
  readonly strings: number[] = [];

  word(value: number): void {
    this.bytes.push((value >>> 24) & 0xff, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
  }

  padded(data: ArrayLike<number>): void {
    for (let i = 0; i < data.length; i++) this.bytes.push(data[i]);
    while (this.bytes.length % 4 !== 0) this.bytes.push(0);
  }

  node(node: FdtNode): void {
    this.word(Token.BEGIN_NODE);
    this.padded(terminated(node.name));
    for (const [name, value] of Object.entries(node.properties)) this.property(name, valueBytes(value));
    for (const child of node.children ?? []) this.node(child);
    this.word(Token.END_NODE);
  }

  private property(name: string, data: Uint8Array): void {
    this.word(Token.PROP);
    this.word(data.length);
    this.word(this.nameOffset(name));
    this.padded(data);
  }

  private nameOffset(name: string): number {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const offset = this.strings.length;
    this.strings.push(...terminated(name));
    this.names.set(name, offset);
    return offset;
  }

  get structure(): readonly number[] {
    return this.bytes;
  }
}

function terminated(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`);
}

function isStrings(value: FdtValue): value is readonly string[] {
  return Array.isArray(value) && typeof value[0] === 'string';
}

function valueBytes(value: FdtValue): Uint8Array {
  if (value === true) return new Uint8Array(0);
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return terminated(value);
  if (isStrings(value)) return terminated(value.join('\0'));
  const cells = typeof value === 'number' ? [value] : value;
  const out = new DataView(new ArrayBuffer(cells.length * 4));
  cells.forEach((cell, i) => {
    out.setUint32(i * 4, cell as number);
  });
  return new Uint8Array(out.buffer);
}

/** Makes the blob of a tree. @param bootCpu physical id of the CPU that boots */
export function writeFdt(root: FdtNode, bootCpu = 0): Uint8Array {
  const writer = new Writer();
  writer.node(root);
  writer.word(Token.END);
  const structureAt = HEADER_BYTES + RESERVATION_BYTES;
  const stringsAt = structureAt + writer.structure.length;
  const out = new Uint8Array(stringsAt + writer.strings.length);
  const header = [
    MAGIC,
    out.length,
    structureAt,
    stringsAt,
    HEADER_BYTES,
    VERSION,
    LAST_COMPATIBLE_VERSION,
    bootCpu,
    writer.strings.length,
    writer.structure.length,
  ];
  const view = new DataView(out.buffer);
  header.forEach((word, i) => {
    view.setUint32(i * 4, word);
  });
  out.set(writer.structure, structureAt);
  out.set(writer.strings, stringsAt);
  return out;
}
