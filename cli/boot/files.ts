import { readFileSync, writeFileSync } from 'node:fs';
import { Failure } from '../../scenarios/errors.ts';
import { reasonOf } from '../../scenarios/load.ts';

/** @throws Failure `missingInput` */
export function readInput(file: string): Uint8Array {
  try {
    return new Uint8Array(readFileSync(file));
  } catch (error) {
    throw new Failure('missingInput', `cannot read ${file}: ${reasonOf(error)}`);
  }
}

/** @throws Failure `missingInput` */
export function writeOutput(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(file, bytes);
  } catch (error) {
    throw new Failure('missingInput', `cannot write ${file}: ${reasonOf(error)}`);
  }
}
