import { EXIT } from '../../scenarios/errors.ts';
import { describeMistake, parseScenario, readText } from '../../scenarios/load.ts';
import type { Context } from '../context.ts';

/** Checks scenario files. @returns the exit code @throws Failure if a file cannot be read */
export function lint(context: Context, args: { readonly files: readonly string[] }): number {
  const mistakes = args.files.flatMap((file) => parseScenario(file, readText(file)).mistakes);
  for (const mistake of mistakes) context.out.write(`${describeMistake(mistake)}\n`);
  if (mistakes.length > 0) return EXIT.badInput;
  context.out.write(`${args.files.length} scenario file${args.files.length === 1 ? '' : 's'} without a mistake\n`);
  return EXIT.ok;
}
