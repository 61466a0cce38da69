import { EXIT, Failure } from '../../scenarios/errors.ts';
import { readText } from '../../scenarios/load.ts';
import { type Result, resultLine, resultSchema } from '../../scenarios/result.ts';
import { runScenario } from '../../scenarios/run.ts';
import { type Context, progress } from '../context.ts';

interface Recorded {
  readonly line: number;
  readonly text: string;
  readonly result: Result;
}

/** Runs again what result lines name, and compares byte for byte. @returns the exit code */
export async function repro(
  context: Context,
  args: { readonly results: string; readonly key?: string | undefined },
): Promise<number> {
  const { key } = args;
  const recorded = readResults(args.results).filter(({ result }) => key === undefined || result.run.startsWith(key));
  if (recorded.length === 0) {
    const what = key === undefined ? 'holds no result line' : `holds no run whose key begins with ${key}`;
    throw new Failure('usage', `${args.results} ${what}`);
  }
  let same = 0;
  for (const record of recorded) {
    progress(context, `repeating ${record.result.run.slice(0, 12)}`);
    const again = await runScenario(record.result.configuration, {});
    const difference = differenceOf(record, again);
    if (difference === undefined) same++;
    const verdict = difference === undefined ? context.colours.good('same') : context.colours.bad('differs');
    context.out.write(`${verdict}  ${record.result.run.slice(0, 12)}  ${record.result.scenario}${difference ?? ''}\n`);
  }
  context.out.write(`${same} of ${recorded.length} lines the same, byte for byte\n`);
  return same === recorded.length ? EXIT.ok : EXIT.disagrees;
}

function readResults(file: string): Recorded[] {
  const lines = readText(file).split('\n');
  return lines.flatMap((text, index) => (text.trim() === '' ? [] : [parseLine(file, index + 1, text)]));
}

function parseLine(file: string, line: number, text: string): Recorded {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Failure('badInput', `${file}:${line}: expected a line of JSON`);
  }
  const parsed = resultSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Failure('badInput', `${file}:${line}: not a result line: ${issue.path.join('.')}: ${issue.message}`);
  }
  return { line, text, result: parsed.data };
}

/** What differs, the cause before the consequence. */
function differenceOf(record: Recorded, again: Result): string | undefined {
  const line = resultLine(again);
  if (line === record.text) return undefined;
  const before = JSON.parse(record.text) as Record<string, unknown>;
  const after = JSON.parse(line) as Record<string, unknown>;
  const causes = ['engine', 'image', 'configuration'];
  const fields = [...causes, ...Object.keys(before).filter((field) => !causes.includes(field) && field !== 'run')];
  const field = fields.find((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
  const cause = field && causes.includes(field) ? ` (${field} is not the one of the record)` : '';
  return `: ${field ?? 'order of the keys'}${cause}`;
}
