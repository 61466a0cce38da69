/** Reads scenario files: YAML in, a {@link Scenario} or one clear sentence per mistake out. */
import { readFileSync } from 'node:fs';
import { isMap, isScalar, LineCounter, type Node, type ParsedNode, parseDocument } from 'yaml';
import type { z } from 'zod';
import { attackNamed } from '../attacks/index.ts';
import { SYSTEMS, systemNamed } from '../monitor/index.ts';
import type { System } from '../monitor/system.ts';
import { Failure } from './errors.ts';
import { type Scenario, scenarioSchema } from './schema.ts';

/** A mistake in a scenario file. */
export interface Mistake {
  readonly file: string;
  readonly line: number;
  /** What is wrong and what was expected. */
  readonly message: string;
}

type Path = readonly PropertyKey[];

/** Parses the text of a scenario file. @param file its name, for the messages */
export function parseScenario(file: string, text: string): { scenario?: Scenario; mistakes: Mistake[] } {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter });
  const at = (offset: number) => Math.max(1, counter.linePos(offset).line);
  if (document.errors.length > 0) {
    const mistakes = document.errors.map((error) => ({
      file,
      line: at(error.pos[0]),
      message: `not valid YAML: ${error.message.split('\n')[0].replace(/ at line.*$/, '')}`,
    }));
    return { mistakes };
  }
  const lineOf = (path: Path, key: boolean) => at(offsetOf(document.contents, path, key));
  const parsed = scenarioSchema.safeParse(document.toJS());
  if (!parsed.success) {
    return { mistakes: parsed.error.issues.flatMap((issue) => explain(file, issue, lineOf)) };
  }
  const mistakes = judgeNames(parsed.data).map(({ path, message }) => ({ file, line: lineOf(path, false), message }));
  return mistakes.length > 0 ? { mistakes } : { scenario: parsed.data, mistakes };
}

/**
 * Reads one scenario file.
 * @throws Failure `missingInput` if it cannot be read, `badInput` for its first mistake
 */
export function loadScenario(file: string): Scenario {
  const { scenario, mistakes } = parseScenario(file, readText(file));
  if (!scenario) throw new Failure('badInput', describeMistake(mistakes[0]));
  return scenario;
}

/** `file:line: message`, as compilers say it. */
export function describeMistake({ file, line, message }: Mistake): string {
  return `${file}:${line}: ${message}`;
}

/** @throws Failure `missingInput` */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure('missingInput', `cannot read ${file}: ${reasonOf(error)}`);
  }
}

/** What the operating system said, without its code and path. */
export function reasonOf(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const known: Record<string, string> = {
    ENOENT: 'there is no such file',
    EISDIR: 'it is a directory',
    EACCES: 'permission denied',
  };
  return (code && known[code]) ?? String((error as Error).message ?? error);
}

function explain(file: string, issue: z.core.$ZodIssue, lineOf: (path: Path, key: boolean) => number): Mistake[] {
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(issue.path).join(', ');
    return issue.keys.map((key) => ({
      file,
      line: lineOf([...issue.path, key], true),
      message: `unknown key "${key}"; expected one of ${known}`,
    }));
  }
  const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  const message = issue.message.replace(/^Invalid input: /, '').replace(/^Invalid option: /, '');
  return [{ file, line: lineOf(issue.path, false), message: `${where}${message}` }];
}

function knownKeys(path: Path): string[] {
  // biome-ignore lint/suspicious/noExplicitAny: walks zod's schema objects, whose types differ at each level
  let schema: any = scenarioSchema;
  for (const key of path) {
    schema = unwrap(schema).shape?.[key];
  }
  return Object.keys(unwrap(schema)?.shape ?? {});
}

// biome-ignore lint/suspicious/noExplicitAny: see above
function unwrap(schema: any): any {
  let inner = schema;
  while (inner?.def?.innerType) inner = inner.def.innerType;
  return inner;
}

/** Offset of the node at `path`, or of the nearest one above it; with `key`, of the last key itself. */
function offsetOf(root: ParsedNode | null, path: Path, key: boolean): number {
  let node: Node | null = root;
  let offset = root?.range?.[0] ?? 0;
  for (const [depth, step] of path.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === step);
      if (!pair) break;
      const target = (key && depth === path.length - 1 ? pair.key : (pair.value ?? pair.key)) as Node;
      node = pair.value as Node | null;
      offset = target.range?.[0] ?? offset;
    } else {
      const item = (node as { items?: Node[] } | null)?.items?.[Number(step)];
      if (!item) break;
      node = item;
      offset = item.range?.[0] ?? offset;
    }
  }
  return offset;
}

function choiceOf(system: System | undefined): string {
  if (!system) return 'expected one of none, as there is no monitor';
  if (system.ablations.length === 0) return `${system.name} has none`;
  return `expected one of ${system.ablations.map((known) => known.name).join(', ')}`;
}

/** Mistakes in names that the schema cannot know: systems, ablations, attacks, variants. */
export function judgeNames(scenario: Scenario): { path: Path; message: string }[] {
  const found: { path: Path; message: string }[] = [];
  const system = systemNamed(scenario.monitor);
  if (!system && scenario.monitor !== 'none') {
    const names = [...SYSTEMS.map((known) => known.name), 'none'].join(', ');
    found.push({ path: ['monitor'], message: `unknown system "${scenario.monitor}"; expected one of ${names}` });
  }
  for (const [index, ablation] of scenario.ablations.entries()) {
    if (system?.ablations.some((known) => known.name === ablation)) continue;
    found.push({ path: ['ablations', index], message: `unknown ablation "${ablation}"; ${choiceOf(system)}` });
  }
  if (scenario.attack !== undefined) {
    const attack = attackNamed(scenario.attack);
    if (!attack) found.push({ path: ['attack'], message: `unknown attack "${scenario.attack}"` });
    else if (scenario.variant !== undefined && !attack.record.variants.some((v) => v.name === scenario.variant)) {
      const names = attack.record.variants.map((variant) => variant.name).join(', ');
      found.push({ path: ['variant'], message: `unknown variant "${scenario.variant}"; expected one of ${names}` });
    }
  } else if (scenario.variant !== undefined) {
    found.push({ path: ['variant'], message: 'a variant needs an attack' });
  }
  if (scenario.attackTick >= scenario.runTicks) {
    found.push({ path: ['attackTick'], message: 'expected a tick before runTicks' });
  }
  return found;
}
