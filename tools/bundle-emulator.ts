/**
 * Makes one module of the built emulator, and has the rest of the program import that one.
 *
 * V8 reads an imported or exported binding through a cell at each use, and takes it for no constant: `Slot.PC` costs three loads and
 * two checks, where within one function's scope it is a number. Exits into TypeScript cost a quarter less so.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { rolldown } from 'rolldown';

const ROOM = 'emulator/';
const BUNDLE = 'emulator.js';
/** Name of the module, in no file, that exports what other rooms import. */
const ENTRY = 'everything';
/** An import of values in a source file: names, and the emulator's module. */
const IMPORT = /^import \{([^}]*)\} from '[./]*\/emulator\/([^']+)\.ts';/gm;
const BUILT_IMPORT = /(\bfrom ")[./]*\/emulator\/[^"]+\.js(";)/g;

const only =
  (wanted: string, answer: string) =>
  (id: string): string | null =>
    id === wanted ? answer : null;

function filesOf(folder: string, extension: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith(extension) && !file.startsWith(ROOM));
}

/** The emulator's values that sources of other rooms import, by module. */
export function importedValues(sources: readonly string[]): Map<string, Set<string>> {
  const modules = new Map<string, Set<string>>();
  for (const source of sources) {
    for (const [, list, module] of source.matchAll(IMPORT)) {
      const names = list.split(',').map((name) => name.trim().split(' as ')[0]);
      const values = names.filter((name) => name !== '' && !name.startsWith('type '));
      modules.set(module, new Set([...(modules.get(module) ?? []), ...values]));
    }
  }
  for (const [module, names] of modules) if (names.size === 0) modules.delete(module);
  return modules;
}

/** A built module whose imports of the emulator lead to the bundle. @param file its path within the built program */
export function importingBundle(text: string, file: string): string {
  const to = relative(dirname(file), BUNDLE).replaceAll('\\', '/');
  return text.replace(BUILT_IMPORT, (_, from, end) => `${from}${to.startsWith('.') ? to : `./${to}`}${end}`);
}

/**
 * Bundles what stands in `built`/emulator into `built`/emulator.js.
 * @param rooms folders of sources whose imports the bundle must serve
 * @throws Error if two modules export one name
 */
export async function bundleEmulator(root: string, built: string, rooms: readonly string[]): Promise<void> {
  const sources = rooms.flatMap((room) =>
    filesOf(join(root, room), '.ts').map((file) => readFileSync(join(root, room, file), 'utf8')),
  );
  const modules = importedValues(sources);
  const names = [...modules.values()].flatMap((set) => [...set]);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new Error(`two modules of the emulator export ${twice}: other rooms can import but one`);
  const lines = [...modules].map(([module, set]) => {
    return `export { ${[...set].join(', ')} } from ${JSON.stringify(join(built, ROOM, `${module}.js`))};\n`;
  });
  const entry = { name: 'entry', resolveId: only(ENTRY, ENTRY), load: only(ENTRY, lines.join('')) };
  const bundle = await rolldown({ input: ENTRY, plugins: [entry] });
  const { output } = await bundle.generate({ format: 'iife', name: 'emulator' });
  await bundle.close();
  // Not exported from where they are declared, which would make cells of them again.
  writeFileSync(join(built, BUNDLE), `${output[0].code}\nexport const { ${names.join(', ')} } = emulator;\n`);
  for (const file of filesOf(built, '.js')) {
    const path = join(built, file);
    const text = readFileSync(path, 'utf8');
    const changed = importingBundle(text, file);
    if (changed !== text) writeFileSync(path, changed);
  }
}
