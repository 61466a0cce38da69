import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { BuildError, buildFirmware, sourcesOf } from './build-firmware.ts';
import { IMAGES, payloadImage } from './images.ts';

const PROJECT = resolve(import.meta.dirname, '..');
const roots: string[] = [];

/** A copy of the firmware's sources in a folder of its own. */
function copyOfSources(): string {
  const root = mkdtempSync(join(tmpdir(), 'ringwarden-build-'));
  roots.push(root);
  cpSync(join(PROJECT, 'firmware'), join(root, 'firmware'), { recursive: true });
  return root;
}

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

const binOf = (root: string, name: string) => readFileSync(join(root, 'dist/firmware', `${name}.bin`));

describe('the firmware build', () => {
  test('makes the same bytes of the same source, wherever the source stands', async () => {
    const [here, there] = [copyOfSources(), copyOfSources()];
    const first = await buildFirmware(here, ['guest']);
    const second = await buildFirmware(there, ['guest']);
    expect(second.images.guest.sha256).toBe(first.images.guest.sha256);
    expect(binOf(there, 'guest')).toEqual(binOf(here, 'guest'));
  });

  test('builds an image again when a header changes, and leaves it alone when nothing does', async () => {
    const root = copyOfSources();
    const before = (await buildFirmware(root, ['guest-user'])).images['guest-user'];
    const built = statSync(join(root, 'dist/firmware/guest-user.elf')).mtimeMs;
    await buildFirmware(root, ['guest-user']);
    expect(statSync(join(root, 'dist/firmware/guest-user.elf')).mtimeMs).toBe(built);
    const header = join(root, 'firmware/guest/include/guest/abi.h');
    writeFileSync(header, readFileSync(header, 'utf8').replace('#define SYS_YIELD 6', '#define SYS_YIELD 66'));
    const after = (await buildFirmware(root, ['guest-user'])).images['guest-user'];
    expect(after.inputs).not.toBe(before.inputs);
    expect(after.sha256).not.toBe(before.sha256);
  });

  test('builds an image again when an image that it embeds, or a linker script, changes', async () => {
    const root = copyOfSources();
    await buildFirmware(root, ['guest']);
    const edit = (path: string, from: string, to: string) => {
      const text = readFileSync(join(root, path), 'utf8');
      expect(text).toContain(from);
      writeFileSync(join(root, path), text.replace(from, to));
    };
    edit('firmware/guest/user/init.c', '"workload %s\\n"', '"WORKLOAD %s\\n"');
    const changed = await buildFirmware(root, ['guest']);
    expect(binOf(root, 'guest').includes(binOf(root, 'guest-user'))).toBe(true);
    expect(binOf(root, 'guest').includes('WORKLOAD')).toBe(true);
    edit('firmware/guest/guest.ld', '. = linear_offset + 0x40080000', '. = linear_offset + 0x40090000');
    expect((await buildFirmware(root, ['guest'])).images.guest.load).not.toBe(changed.images.guest.load);
  });

  test("says which image does not build, in the compiler's words, and keeps what does", async () => {
    const root = copyOfSources();
    mkdirSync(join(root, 'attacks/broken'), { recursive: true });
    writeFileSync(
      join(root, 'attacks/broken/payload.c'),
      '#include <rw/vmm_api.h>\nint module_entry(void) { return x; }\n',
    );
    const failure = await buildFirmware(root, ['attacks/broken/payload', 'guest-user']).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(BuildError);
    expect(String(failure)).toMatch(/attacks\/broken\/payload does not build:[\s\S]*payload\.c:2:.*error/);
    expect(binOf(root, 'guest-user').length).toBeGreaterThan(0);
  });

  test('refuses a name that is no image', async () => {
    await expect(buildFirmware(PROJECT, ['no-such-image'])).rejects.toThrow('no image is called no-such-image');
  });

  test('says so where a row names a source that is not there', () => {
    const row = { name: 'ghost', sources: ['firmware/ghost'], linker: 'firmware/vmm/vmm.ld' };
    expect(() => sourcesOf(PROJECT, row)).toThrow('ghost: source firmware/ghost does not exist');
  });

  test("links a payload at its VMM slot, and at the guest kernel's if it includes the guest's header", () => {
    expect(payloadImage('attacks/a/payload.c', '#include <rw/vmm_api.h>').linkerSymbols).toEqual([
      'module_base=0x41000000',
    ]);
    const guest = payloadImage('attacks/a/payload-x.c', '#include "rw/guest_api.h"');
    expect(guest).toMatchObject({ name: 'attacks/a/payload-x', linkerSymbols: ['module_base=0xffffff8040c00000'] });
  });

  test('has each image once', () => {
    const names = IMAGES.map((image) => image.name);
    expect(new Set(names).size).toBe(names.length);
  });
});
