/** Files that options name. */
import { writeFileSync } from 'node:fs';
import { Failure } from '../scenarios/errors.ts';
import { reasonOf } from '../scenarios/load.ts';

/** Does something with a file. @throws Failure `missingInput` where the operating system refuses */
export function writing(file: string, action: () => void): void {
  try {
    action();
  } catch (error) {
    throw new Failure('missingInput', `cannot write ${file}: ${reasonOf(error)}`);
  }
}

/** Writes a file, if one is named. */
export function write(file: string | undefined, text: string): void {
  if (file !== undefined) writing(file, () => writeFileSync(file, text));
}

/** Makes sure, before the work begins, that what comes of it can be written. */
export function create(file: string | undefined): void {
  write(file, '');
}
