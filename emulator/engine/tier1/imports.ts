/** The functions of tier 0's module that compiled code calls, imported as they are asked for. */
import { HELPERS, type HelperName } from '../../ir/helpers.ts';
import type { FunctionType, ModuleWriter } from '../../wasm/module.ts';
import { ValueType } from '../../wasm/opcodes.ts';

const { i32, i64 } = ValueType;
const ENTER: FunctionType = { parameters: [i32, i32], results: [i32] };
const OWN = {
  /** run(record, budget): goes on in tier 0. */
  run: ENTER,
  /** enter(slot, entry): goes on in another compiled function. */
  enter: ENTER,
  /** pack(kind, a, b, flags): the packed flags. */
  pack: { parameters: [i32, i64, i64, i32], results: [i32] },
} as const satisfies Record<string, FunctionType>;

export type ImportName = keyof typeof OWN | HelperName;

/** Compiled code calls nothing but imports, so their indices are settled before the module is put together. */
export class Imports {
  private readonly indices = new Map<ImportName, number>();

  indexOf(name: ImportName): number {
    let index = this.indices.get(name);
    if (index === undefined) {
      index = this.indices.size;
      this.indices.set(name, index);
    }
    return index;
  }

  /** Declares what was asked for; before any function of the module. */
  declare(m: ModuleWriter): void {
    for (const name of this.indices.keys()) {
      m.importFunction('t', name, name in OWN ? OWN[name as keyof typeof OWN] : HELPERS[name as HelperName].type);
    }
  }
}
