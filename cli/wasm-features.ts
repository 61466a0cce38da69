import { setFlagsFromString } from 'node:v8';

/**
 * Node 20 has relaxed SIMD behind a flag, newer ones without: with it a fused multiply-add is one instruction. Results are the same
 * with and without. Must run before the first machine is made.
 */
export function enableRelaxedSimd(): void {
  if (Number(process.versions.v8.split('.')[0]) < 12) setFlagsFromString('--experimental-wasm-relaxed-simd');
}
