/** What the WebAssembly engine at hand offers beyond the core. Nothing here changes a result: only how fast it is found. */
import { Code } from './code.ts';
import { ModuleWriter } from './module.ts';
import { FusedByWidth, ValueType } from './opcodes.ts';

/** Writes a * b + c of three floats by the relaxed multiply-add. @param push pushes operand 0, 1, 2 */
export function emitFused(c: Code, width: 32 | 64, push: (operand: number) => void): void {
  const i = width === 64 ? 1 : 0;
  for (let operand = 0; operand < 3; operand++) {
    push(operand);
    c.simd(FusedByWidth.splat[i]);
  }
  c.simd(FusedByWidth.multiplyAdd[i]);
  c.simd(FusedByWidth.extract[i]);
  c.byte(0);
}

/** (1 + 2^-30)^2 - (1 + 2^-29) is 2^-60 if it is rounded once, else 0. */
const PROBE = [1 + 2 ** -30, 1 + 2 ** -30, -(1 + 2 ** -29)] as const;
const ONCE = 2 ** -60;

function probe(): boolean {
  const { f64 } = ValueType;
  const c = new Code(3);
  emitFused(c, 64, (operand) => c.get(operand));
  const m = new ModuleWriter();
  m.exportFunction('f', m.addFunction({ parameters: [f64, f64, f64], results: [f64] }, c.body()));
  const bytes = m.bytes() as Uint8Array<ArrayBuffer>;
  if (!WebAssembly.validate(bytes)) return false;
  const { f } = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as { f: (...x: number[]) => number };
  return f(...PROBE) === ONCE;
}

let known: boolean | undefined;

/** True if the relaxed multiply-add exists and rounds once on this host. */
export function hasFusedMultiplyAdd(): boolean {
  known ??= probe();
  return known;
}
