import { setFlagsFromString } from 'node:v8';

/**
 * Node 20 has relaxed SIMD behind a flag, newer ones without: with it a fused multiply-add is one instruction. Results are the same
 * with and without. Must run before the first machine is made.
 */
export function enableRelaxedSimd(): void {
  if (Number(process.versions.v8.split('.')[0]) < 12) setFlagsFromString('--experimental-wasm-relaxed-simd');
}

/**
 * Has each function optimised as soon as its module is made, on another thread, and not after it has run for a while: the host's
 * baseline code of a compiled region is half as fast as tier 0. Must run before the first machine is made.
 */
function optimizeAtOnce(): void {
  for (const flag of ['--no-wasm-dynamic-tiering', '--no-wasm-lazy-compilation']) setFlagsFromString(flag);
}

/** Sets the host's WebAssembly up: results are the same without. Must run before the first machine is made. */
export function prepareWasm(): void {
  enableRelaxedSimd();
  optimizeAtOnce();
}
