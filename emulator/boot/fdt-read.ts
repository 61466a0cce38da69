/** Reads a flattened device tree (Devicetree Specification v0.4, chapter 5): for tests and tools. */

export interface ReadNode {
  readonly name: string;
  readonly properties: ReadonlyMap<string, Uint8Array>;
  readonly children: readonly ReadNode[];
}

const MAGIC = 0xd00d_feed;
const Token = { BEGIN_NODE: 1, END_NODE: 2, PROP: 3, NOP: 4, END: 9 } as const;

/** @throws Error where the blob contradicts the specification */
export function readFdt(blob: Uint8Array): ReadNode {
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const [magic, total, structure, strings, , version, compatible, , , structureBytes] = Array.from(
    { length: 10 },
    (_, i) => view.getUint32(i * 4),
  );
  if (magic !== MAGIC) throw new Error(`magic is 0x${magic.toString(16)}`);
  if (total > blob.length || structure + structureBytes > total || strings > total)
    throw new Error('blocks exceed the blob');
  if (version < 17 || compatible > 17) throw new Error(`version ${version}, compatible with ${compatible}`);
  if (structure % 4 !== 0) throw new Error('structure block is not aligned');
  let at = structure;
  const word = () => {
    at += 4;
    return view.getUint32(at - 4);
  };
  const text = (from: number) => {
    let end = from;
    while (blob[end] !== 0) end++;
    return new TextDecoder().decode(blob.subarray(from, end));
  };
  const node = (): ReadNode => {
    const name = text(at);
    at = (at + name.length + 4) & ~3;
    const properties = new Map<string, Uint8Array>();
    const children: ReadNode[] = [];
    for (;;) {
      const token = word();
      if (token === Token.END_NODE) return { name, properties, children };
      if (token === Token.BEGIN_NODE) children.push(node());
      else if (token === Token.PROP) {
        const length = word();
        const key = text(strings + word());
        if (children.length > 0) throw new Error(`property ${key} of ${name} comes after a child`);
        properties.set(key, blob.slice(at, at + length));
        at = (at + length + 3) & ~3;
      } else if (token !== Token.NOP) throw new Error(`token ${token} at 0x${(at - 4).toString(16)}`);
    }
  };
  if (word() !== Token.BEGIN_NODE) throw new Error('no root node');
  const root = node();
  if (word() !== Token.END) throw new Error('no end token');
  return root;
}

/** The node at a path such as `/cpus/cpu@0`. @throws Error if there is none */
export function nodeAt(root: ReadNode, path: string): ReadNode {
  return path
    .split('/')
    .filter((part) => part !== '')
    .reduce((node, part) => {
      const child = node.children.find((c) => c.name === part);
      if (!child) throw new Error(`no node ${part} of ${path}`);
      return child;
    }, root);
}

/** A property as 32-bit cells. @throws Error if it is missing */
export function cellsOf(node: ReadNode, name: string): number[] {
  const data = bytesOf(node, name);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length / 4 }, (_, i) => view.getUint32(i * 4));
}

/** A property as strings. @throws Error if it is missing */
export function stringsOf(node: ReadNode, name: string): string[] {
  return new TextDecoder().decode(bytesOf(node, name)).replace(/\0$/, '').split('\0');
}

function bytesOf(node: ReadNode, name: string): Uint8Array {
  const data = node.properties.get(name);
  if (!data) throw new Error(`${node.name} has no property ${name}`);
  return data;
}
