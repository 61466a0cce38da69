/** Tier 0's module: generated, compiled once a process, instantiated over each machine's linear memory. */
import { HELPERS, type HelperName, helperBody } from '../../ir/helpers.ts';
import { Code } from '../../wasm/code.ts';
import { type FunctionType, ModuleWriter } from '../../wasm/module.ts';
import { Op, ValueType } from '../../wasm/opcodes.ts';
import { packFlagsBody, packLocalsBody } from './flag-functions.ts';
import { HANDLERS, handlerOf } from './handlers.ts';
import { loopBody, outlinedBody } from './loop.ts';
import { Field, RECORD_BYTES, SCRATCH } from './records.ts';
import { Head } from './shapes.ts';

const { i32, i64 } = ValueType;

/** enter(slot, entry): goes on in a compiled function. The table stands here and nowhere else, so that dropped modules can be freed. */
function enterBody(enterType: number): Uint8Array {
  const c = new Code(2);
  c.get(1);
  c.get(0);
  c.op(Op.returnCallIndirect);
  c.unsigned(enterType);
  c.unsigned(0);
  return c.body();
}

/** Type of a compiled function: takes an entry number, returns an {@link Exit}. */
export const REGION_TYPE: FunctionType = { parameters: [i32], results: [i32] };

/** What tier 0's permanent module offers. */
export interface Tier0 {
  /** Runs from a record with a budget from which the record's block is already paid. @returns an {@link Exit} */
  readonly run: (record: number, budget: number) => number;
  /** The packed current flags. */
  readonly flags: () => number;
  /** All exported functions: compiled code imports `run`, `enter`, `pack` and the helpers by their names. */
  readonly exports: Record<string, unknown>;
  /** Compiled functions, by slot. Slot 0 is never used. */
  readonly table: WebAssembly.Table;
  readonly moduleBytes: number;
}

/** Slots of the table of compiled functions. */
export const TABLE_SLOTS = 4096;

/** Generates tier 0's module. */
function generate(): Uint8Array {
  const m = new ModuleWriter();
  m.importMemory('e', 'm');
  m.importTable('e', 't');
  const helpers = new Map<HelperName, number>();
  for (const name of Object.keys(HELPERS) as HelperName[]) {
    helpers.set(name, m.addFunction(HELPERS[name].type, helperBody(name)));
  }
  const packFlags = m.addFunction({ parameters: [], results: [i32] }, packFlagsBody(helpers));
  const pack = m.addFunction({ parameters: [i32, i64, i64, i32], results: [i32] }, packLocalsBody(helpers));
  const enterType = m.type(REGION_TYPE);
  const enter = m.addFunction({ parameters: [i32, i32], results: [i32] }, enterBody(enterType));
  const outlined = new Map<number, number>();
  for (const handler of HANDLERS) {
    if (handler.outlined) {
      outlined.set(handler.number, m.addFunction(REGION_TYPE, outlinedBody(handler, helpers, packFlags)));
    }
  }
  const run = m.addFunction(
    { parameters: [i32, i32], results: [i32] },
    loopBody(outlined, helpers, packFlags, enterType),
  );
  m.exportFunction('run', run);
  m.exportFunction('flags', packFlags);
  m.exportFunction('pack', pack);
  m.exportFunction('enter', enter);
  for (const [name, index] of helpers) m.exportFunction(name, index);
  return m.bytes();
}

const RESUME = handlerOf(Head.resume);

/** Made once a process: all machines share what the WebAssembly engine has compiled and optimised. */
let shared: { readonly module: WebAssembly.Module; readonly bytes: number } | undefined;

/** Instantiates tier 0 over a linear memory. */
export function createTier0(memory: WebAssembly.Memory): Tier0 {
  if (!shared) {
    const bytes = generate();
    shared = { module: new WebAssembly.Module(bytes), bytes: bytes.length };
  }
  const table = new WebAssembly.Table({ element: 'anyfunc', initial: TABLE_SLOTS });
  const instance = new WebAssembly.Instance(shared.module, { e: { m: memory, t: table } });
  new Uint16Array(memory.buffer)[(SCRATCH + RECORD_BYTES + Field.op) >> 1] = RESUME;
  return {
    run: instance.exports.run as Tier0['run'],
    flags: instance.exports.flags as Tier0['flags'],
    exports: instance.exports,
    table,
    moduleBytes: shared.bytes,
  };
}
