/**
 * An initial RAM disk as Linux unpacks it: a cpio archive in the "newc" format (the kernel's
 * Documentation/driver-api/early-userspace/buffer-format.rst). Written here so that nothing but npm is needed, and the
 * same files give the same bytes.
 */

/** One file. */
export interface InitramfsEntry {
  readonly path: string;
  /** File type and permissions, as in st_mode. */
  readonly mode: number;
  /** Content; a symbolic link's target. */
  readonly data?: Uint8Array;
  /** Major and minor number of a device node. */
  readonly device?: readonly [number, number];
}

/** File types of st_mode. */
const Type = { directory: 0o040000, file: 0o100000, link: 0o120000, characterDevice: 0o020000 } as const;

const utf8 = new TextEncoder();
const MAGIC = '070701';
const TRAILER = 'TRAILER!!!';
const ALIGNMENT = 4;

export const directory = (path: string): InitramfsEntry => ({ path, mode: Type.directory | 0o755 });
export const program = (path: string, data: Uint8Array | string): InitramfsEntry => ({
  path,
  mode: Type.file | 0o755,
  data: typeof data === 'string' ? utf8.encode(data) : data,
});
export const link = (path: string, target: string): InitramfsEntry => ({
  path,
  mode: Type.link | 0o777,
  data: utf8.encode(target),
});
export const characterDevice = (path: string, major: number, minor: number): InitramfsEntry => ({
  path,
  mode: Type.characterDevice | 0o600,
  device: [major, minor],
});

/** The archive of these files, in their order: a directory comes before what it holds. */
export function initramfs(entries: readonly InitramfsEntry[]): Uint8Array {
  const parts = entries.flatMap((entry, i) => record(i + 1, entry));
  parts.push(...record(0, { path: TRAILER, mode: 0 }));
  return new Uint8Array(Buffer.concat(parts));
}

function record(inode: number, { path, mode, data = new Uint8Array(), device = [0, 0] }: InitramfsEntry): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, device[0], device[1], name.length, 0];
  const header = Buffer.from(MAGIC + fields.map((field) => field.toString(16).padStart(8, '0')).join(''));
  return [padded(Buffer.concat([header, name])), padded(Buffer.from(data))];
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & (ALIGNMENT - 1))]);
}
