import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createVirt } from '../../emulator/boards/virt.ts';
import { Virt } from '../../emulator/boards/virt-map.ts';
import { type ReadNode, readFdt } from '../../emulator/boot/fdt-read.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringwarden-dtb-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SHAPES = [
  { secure: true, virtualization: true },
  { secure: false, virtualization: true },
  { secure: false, virtualization: false },
];
/** B . */
const STAY = Uint8Array.of(0x00, 0x00, 0x00, 0x14);

function ourBlob(shape: (typeof SHAPES)[number]): Uint8Array {
  const board = createVirt({ images: { bios: STAY }, cpus: 2, ...shape });
  const head = new DataView(board.machine.phys.peek(Virt.ram.base, 8).buffer);
  return board.machine.phys.peek(Virt.ram.base, head.getUint32(4));
}

it.each(SHAPES)('dtc reads the tree without an error or a warning: %o', (shape) => {
  const file = join(folder, 'ours.dtb');
  writeFileSync(file, ourBlob(shape));
  const dtc = spawnSync('dtc', ['-I', 'dtb', '-O', 'dts', '-o', '/dev/null', file], { encoding: 'utf8' });
  if (dtc.error) throw new Error("dtc is not installed: install Debian's package device-tree-compiler");
  expect({ status: dtc.status, complaints: dtc.stderr }).toEqual({ status: 0, complaints: '' });
});

/** What only one of the two boards has: see emulator/boards/README.md. */
const OURS_ALONE = ['/tzc@a800000', '/dma@a900000', '/pl061@9030000', '/gpio-keys', '/gpio-keys/poweroff'];
const QEMU_ALONE = ['/platform-bus@c000000', '/pcie@10000000', '/intc@8000000/v2m@8020000', '/cpus/cpu-map'];
/** Properties that need not agree: references by number, random seeds. */
const FREE = new Set(['phandle', 'interrupt-parent', 'clocks', 'gpios', 'rng-seed', 'kaslr-seed', 'cpu']);

function flatten(node: ReadNode, path = '', out = new Map<string, ReadNode>()): Map<string, ReadNode> {
  out.set(path || '/', node);
  for (const child of node.children) flatten(child, `${path}/${child.name}`, out);
  return out;
}

function properties(node: ReadNode): Record<string, string> {
  const named = [...node.properties].filter(([name]) => !FREE.has(name));
  return Object.fromEntries(named.sort().map(([name, data]) => [name, Buffer.from(data).toString('latin1')]));
}

it.each(SHAPES)('nodes that QEMU has too have the same properties: %o', (shape) => {
  const [rom, dump] = ['rom', 'qemu.dtb'].map((name) => join(folder, name));
  writeFileSync(rom, STAY);
  const on = (value: boolean) => (value ? 'on' : 'off');
  const machine = `virt,secure=${on(shape.secure)},virtualization=${on(shape.virtualization)},gic-version=2,dumpdtb=${dump}`;
  const size = ['-cpu', 'cortex-a57', '-m', '128M', '-smp', '2'];
  execFileSync('qemu-system-aarch64', ['-M', machine, ...size, '-nodefaults', '-display', 'none', '-bios', rom], {
    stdio: 'ignore',
    timeout: 30_000,
  });
  const theirs = flatten(readFdt(readFileSync(dump)));
  const ours = flatten(readFdt(ourBlob(shape)));
  const ignored = (path: string) => QEMU_ALONE.some((p) => path === p || path.startsWith(`${p}/`));
  expect([...theirs.keys()].filter((path) => !ours.has(path) && !ignored(path))).toEqual([]);
  expect([...ours.keys()].filter((path) => !theirs.has(path) && !OURS_ALONE.includes(path))).toEqual([]);
  for (const [path, node] of ours) {
    const other = theirs.get(path);
    if (other) expect({ path, ...properties(node) }).toEqual({ path, ...properties(other) });
  }
});
