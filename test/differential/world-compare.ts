/** Runs random programs on all executors in lockstep until two of them disagree; that program is then made small. */
import { type DisassembleA64, loadA64Disassembler } from '../../emulator/debug/disassemble.ts';
import { lockstep } from './machine-state.ts';
import { ENTRY } from './stream.ts';
import { EXECUTOR_NAMES, type ExecutorName } from './subjects.ts';
import { createWorld, type World, type WorldProgram } from './world.ts';
import { randomWorld } from './world-random.ts';

/** What was run, so that a test can tell that it was what it is meant to be. */
export interface Census {
  programs: number;
  /** Instructions started by each executor. */
  instructions: number;
  /** Functions that tier 1 compiled, and entries into them. */
  compiled: number;
  entries: number;
  /** Writes that hit translated code of tier 0 or 1. */
  codeWrites: number;
  /** Events of the machines, summed up by name. */
  readonly events: Map<string, number>;
  /** The first disagreement, shrunk, as text. */
  failure: string | undefined;
}

const NOP = 0xd503201f;
/** Attempts to make a failing program smaller. */
const ATTEMPTS = 400;

/** @returns the differences, empty where there are none */
function run(program: WorldProgram, slice: number, instructions: number, worlds: readonly World[]): string[] {
  for (const world of worlds) world.load(program);
  return lockstep(worlds, slice, instructions);
}

function takeCensus(census: Census, last: World): void {
  census.programs++;
  census.instructions += last.machine.instructions;
  for (const [name, count] of Object.entries(last.counts.snapshot(last.machine.instructions)))
    census.events.set(name, (census.events.get(name) ?? 0) + count);
}

/** Replaces instructions by NOP as long as the executors go on disagreeing. */
function shrink(program: WorldProgram, fails: (program: WorldProgram) => boolean): WorldProgram {
  let best = program;
  let attempts = ATTEMPTS;
  for (let size = 64; size >= 1; size >>= 1) {
    for (let at = 0; at < best.code.length - 4 && attempts > 0; at += size) {
      if (best.code.slice(at, at + size).every((word) => word === NOP)) continue;
      const code = best.code.map((word, i) => (i >= at && i < at + size && i < best.code.length - 4 ? NOP : word));
      attempts--;
      if (fails({ ...best, code })) best = { ...best, code };
    }
  }
  return best;
}

function listing(program: WorldProgram, disassemble: DisassembleA64): string[] {
  const { code, registers: _registers, ...rest } = program;
  const lines = [
    JSON.stringify(rest, (_key, value) => (typeof value === 'bigint' ? `0x${value.toString(16)}` : value)),
  ];
  code.forEach((word, i) => {
    const address = ENTRY + BigInt(4 * i);
    if (word !== NOP) lines.push(`0x${address.toString(16)}  ${word.toString(16)}  ${disassemble(word, address)}`);
  });
  return lines;
}

/**
 * @param seed of the first program; the next ones follow
 * @param instructions to run at least, over all programs
 * @param perProgram instructions of one program at the most
 */
export async function compareWorlds(
  seed: number,
  slice: number,
  instructions: number,
  perProgram: number,
  names: readonly ExecutorName[] = EXECUTOR_NAMES,
): Promise<Census> {
  const census: Census = {
    programs: 0,
    instructions: 0,
    compiled: 0,
    entries: 0,
    codeWrites: 0,
    events: new Map(),
    failure: undefined,
  };
  const worlds = [1, 2].map((cpus) => names.map((name) => createWorld(name, cpus)));
  while (census.instructions < instructions && census.failure === undefined) {
    const program = randomWorld(seed + census.programs);
    const mine = worlds[program.registers.length - 1]!;
    const differences = run(program, slice, perProgram, mine);
    takeCensus(census, mine.at(-1)!);
    if (differences.length === 0) continue;
    const small = shrink(program, (p) => run(p, slice, perProgram, mine).length > 0);
    const lines = run(small, slice, perProgram, mine);
    census.failure = [...listing(small, await loadA64Disassembler()), ...lines].join('\n');
  }
  for (const { counter, codeWrites } of worlds.flat()) {
    census.compiled += counter.compiled;
    census.entries += counter.entries;
    census.codeWrites += codeWrites();
  }
  return census;
}
