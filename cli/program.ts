/** The commands and their options. */
import yargs, { type Argv } from 'yargs';
import { EXIT, Failure } from '../scenarios/errors.ts';
import { ENGINE_VERSION } from '../scenarios/paths.ts';
import { BOARDS } from './boards.ts';
import { ENGINES, OURS } from './boot/peer.ts';
import { boot } from './commands/boot.ts';
import { check } from './commands/check.ts';
import { costs } from './commands/costs.ts';
import { lint } from './commands/lint.ts';
import { list, NOUNS } from './commands/list.ts';
import { matrix } from './commands/matrix.ts';
import { repro } from './commands/repro.ts';
import { run } from './commands/run.ts';
import { show } from './commands/show.ts';
import { completions } from './completion.ts';
import type { Context } from './context.ts';

/** Carries a command's exit code out of yargs. */
interface Outcome {
  code: number;
}

/**
 * Runs one command line.
 * @param argv the arguments after the program's name
 * @returns the exit code
 */
export async function runCommandLine(argv: readonly string[], context: Context): Promise<number> {
  const outcome: Outcome = { code: EXIT.ok };
  const parser = program(argv, context, outcome).fail((message, error) => {
    // Without a throw yargs would go on and run the command.
    throw error ?? new Failure('usage', usageMessage(message));
  });
  try {
    await parser.parse([...argv], {}, (_error: unknown, _args: unknown, output: string) => {
      if (output) context.out.write(`${output}\n`);
    });
  } catch (error) {
    return report(context, error);
  }
  return outcome.code;
}

/** One clear sentence; what is no {@link Failure} is a defect of ours and says so. */
function report(context: Context, failure: unknown): number {
  if (failure instanceof Failure) {
    context.err.write(`ringwarden: ${failure.message}\n`);
    return failure.exitCode;
  }
  const error = failure as Error;
  context.err.write(`ringwarden: internal error, please report it: ${error.message}\n`);
  if (process.env.RINGWARDEN_STACK) context.err.write(`${error.stack}\n`);
  return EXIT.internal;
}

function usageMessage(message: string): string {
  const sentence = message.split('\n')[0];
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}; see: ringwarden --help`;
}

function program(argv: readonly string[], context: Context, outcome: Outcome): Argv {
  const parser = yargs([...argv])
    .scriptName('ringwarden')
    .usage('$0 <command>\n\nA laboratory for trusted monitors that watch a VMM which may itself be hostile.')
    .version(ENGINE_VERSION)
    .parserConfiguration({ 'boolean-negation': false, 'duplicate-arguments-array': true })
    .exitProcess(false)
    .strict()
    .recommendCommands()
    .demandCommand(1, 'expected a command')
    .help()
    .alias('h', 'help');
  addLists(parser, context, outcome);
  addRuns(parser, context, outcome);
  addBoot(parser, context, outcome);
  return parser.completion(
    'completion',
    'print a script for completion in the shell',
    // The parser tells the kinds of such functions apart by the number of their parameters.
    (
      current: string,
      _args: unknown,
      defaults: (then: (error: Error | null, offered: string[] | undefined) => void) => void,
      done: (offered: string[]) => void,
    ) => defaults((_error, offered) => done(completions(typed(argv), current, offered ?? []))),
  );
}

/** The words that the shell asks to complete, the program's name first. */
function typed(argv: readonly string[]): readonly string[] {
  return argv.slice(argv.indexOf('--get-yargs-completions') + 1);
}

const JSON_OPTION = { type: 'boolean', default: false, describe: 'JSON Lines on stdout, nothing else' } as const;

function addLists(parser: Argv, context: Context, outcome: Outcome): void {
  parser
    .command(
      'list [noun]',
      'list what there is',
      (y) =>
        y
          .positional('noun', { type: 'string', default: 'attacks', describe: NOUNS.join(', ') })
          .option('system', { type: 'string', describe: 'only what concerns this system' })
          .option('arch', { type: 'string', describe: 'arm64 or x64' })
          .option('layer', { type: 'string', describe: 'only attacks on this layer' })
          .option('position', { type: 'string', describe: 'only attacks from this position' })
          .option('attack-id', { type: 'string', describe: 'only attacks with this ATT&CK id' })
          .option('json', JSON_OPTION),
      (args) => list(context, args),
    )
    .command(
      'show <id>',
      'what an attack, a system, a scenario or a cost profile is',
      (y) => y.positional('id', { type: 'string', demandOption: true }).option('json', JSON_OPTION),
      (args) => show(context, args),
    )
    .command(
      'check <id>',
      'are its prerequisites met here',
      (y) => y.positional('id', { type: 'string', demandOption: true }),
      (args) => {
        outcome.code = check(context, args);
      },
    )
    .command(
      'lint <files..>',
      'check scenario files: schema errors with file, line and what was expected',
      (y) => y.positional('files', { type: 'string', array: true, demandOption: true }),
      (args) => {
        outcome.code = lint(context, args);
      },
    );
}

function addRuns(parser: Argv, context: Context, outcome: Outcome): void {
  parser
    .command(
      'run <ids..>',
      'run attacks or scenarios by id, or scenario files',
      (y) =>
        y
          .positional('ids', { type: 'string', array: true, demandOption: true })
          .option('system', { type: 'string', describe: 'the monitor that runs' })
          .option('ablate', { type: 'string', array: true, describe: 'protections that are off' })
          .option('no-monitor', { type: 'boolean', default: false, describe: 'run without a monitor' })
          .option('variant', { type: 'string', describe: "one of the attack's variants, or all" })
          .option('seed', { type: 'number', describe: 'decides every interleaving' })
          .option('cpus', { type: 'number', describe: 'CPUs of the board' })
          .option('cost', {
            type: 'string',
            array: true,
            nargs: 1,
            describe: 'cost profile under which the text tells cycles; see: list profiles',
          })
          .option('max-instructions', { type: 'number', describe: 'limit, all CPUs together' })
          .option('json', JSON_OPTION)
          .option('jsonl', { type: 'string', describe: 'write result lines to this file' })
          .option('junit', { type: 'string', describe: 'write JUnit XML to this file' })
          .option('tap', { type: 'boolean', default: false, describe: 'Test Anything Protocol on stdout' })
          .option('trace', {
            type: 'string',
            describe: "write the runs' steps and the ends of their consoles to this file",
          })
          .option('quiet', { type: 'boolean', default: false, describe: 'no steps, the verdict alone' }),
      async (args) => {
        outcome.code = await run(context, args);
      },
    )
    .command(
      'matrix',
      'run attacks and workloads under systems and their ablations, and print a table',
      (y) =>
        y
          .option('systems', { type: 'string', array: true, describe: 'columns: systems, none; all where absent' })
          .option('attacks', {
            type: 'string',
            array: true,
            describe: 'rows: ids of attacks, or beginnings such as arm64.*',
          })
          .option('workloads', {
            type: 'string',
            array: true,
            describe: 'rows without an attack, such as benign.*; all attacks and workloads where neither is given',
          })
          .option('ablations', { type: 'boolean', default: false, describe: 'a column for each ablation, too' })
          .option('seed', { type: 'number', describe: "in place of the scenarios' own" })
          .option('jobs', { type: 'number', describe: 'runs at the same time; as many as the host can where absent' })
          .option('json', JSON_OPTION)
          .option('jsonl', { type: 'string', describe: 'write result lines to this file' })
          .option('html', { type: 'string', describe: 'write the table and its runs to this file as one page' })
          .option('costs', { type: 'boolean', default: false, describe: 'the page tells what the monitors cost, too' }),
      async (args) => {
        outcome.code = await matrix(context, args);
      },
    )
    .command(
      'costs',
      'run workloads with and without monitors, and print what the monitors cost',
      (y) =>
        y
          .option('systems', { type: 'string', array: true, describe: 'monitors; all where absent' })
          .option('workloads', { type: 'string', array: true, describe: 'such as benign.*; all where absent' })
          .option('periods', {
            type: 'string',
            array: true,
            describe: "of the monitors' secure timer, in ticks of the 62.5 MHz counter",
          })
          .option('rounds', { type: 'number', describe: 'units of work in each run' })
          .option('seeds', { type: 'number', describe: 'runs of each kind, with seeds from 1 on' })
          .option('cost', { type: 'string', array: true, describe: 'cost profiles; all where absent' })
          .option('jobs', { type: 'number', describe: 'runs at the same time; as many as the host can where absent' })
          .option('json', JSON_OPTION)
          .option('jsonl', { type: 'string', describe: 'write result lines to this file' })
          .option('html', { type: 'string', describe: 'write tables and drawings to this file as one page' }),
      async (args) => {
        outcome.code = await costs(context, args);
      },
    )
    .command(
      'repro <results> [key]',
      'run again what result lines name, and compare byte for byte',
      (y) =>
        y
          .positional('results', { type: 'string', demandOption: true, describe: 'a JSON Lines file' })
          .positional('key', { type: 'string', describe: 'a run key, or the beginning of one' }),
      async (args) => {
        outcome.code = await repro(context, args);
      },
    );
}

function addBoot(parser: Argv, context: Context, outcome: Outcome): void {
  parser.command(
    'boot [image]',
    'run a bare-metal image; serial on stdout',
    (y) =>
      y
        .positional('image', { type: 'string', describe: 'ELF, Linux Image or flat binary' })
        .option('board', {
          type: 'string',
          defaultDescription: 'virt',
          describe: BOARDS.map((board) => board.name).join(', '),
        })
        .option('engine', { type: 'string', default: OURS, describe: ENGINES.join(', ') })
        .option('bios', { type: 'string', describe: 'flat ROM image at address 0, entered there in EL3' })
        .option('el', { type: 'number', describe: 'exception level of the entry: 1, 2 or 3' })
        .option('cpus', { type: 'number', defaultDescription: '1' })
        .option('memory', { type: 'string', defaultDescription: '128M', describe: 'size of RAM, such as 256M' })
        .option('append', { type: 'string', describe: "the kernel's command line" })
        .option('initrd', { type: 'string', describe: 'initial RAM disk' })
        .option('seed', { type: 'number', defaultDescription: '1', describe: 'decides the order of the CPUs' })
        .option('type', { type: 'string', describe: 'a file to type at the serial line (/dev/stdin too)' })
        .option('type-after', { type: 'string', describe: 'type it once the guest has sent this text' })
        .option('no-secure', { type: 'boolean', default: false, describe: 'a board without EL3 and a secure world' })
        .option('no-virtualization', { type: 'boolean', default: false, describe: 'a board without EL2' })
        .option('tier1', { type: 'boolean', describe: 'compile hot code (the default; --no-tier1: never)' })
        .option('snapshot', { type: 'string', describe: 'write a snapshot to this file, at --snapshot-at' })
        .option('snapshot-at', { type: 'number', describe: 'instructions since power-on at which it is taken' })
        .option('from-snapshot', { type: 'string', describe: 'go on from a snapshot, in the place of an image' })
        .option('max-instructions', { type: 'number', describe: 'stop there, counted from power-on; exit code 124' })
        .option('strict', { type: 'boolean', default: false, describe: 'stop at anything unimplemented, exit code 70' })
        .option('stats', { type: 'boolean', default: false, describe: 'counts and speed on stderr' }),
    async (args) => {
      outcome.code = await boot(context, args);
    },
  );
}
