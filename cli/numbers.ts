import { Failure } from '../scenarios/errors.ts';

/** A whole number that is not negative, or undefined where the option was not given. @throws Failure `usage` */
export function wholeNumber(option: string, value: number | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw new Failure('usage', `${option} expects one whole number`);
}

const UNITS: Readonly<Record<string, number>> = { '': 2 ** 20, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Bytes from a size such as `256M`; without a unit it counts MiB, as QEMU does. @throws Failure `usage` */
export function byteSize(option: string, text: string): number {
  const match = /^(\d{1,7})([kmg]?)(i?b)?$/i.exec(text);
  if (!match || Number(match[1]) === 0) throw new Failure('usage', `${option} expects a size such as 256M`);
  return Number(match[1]) * UNITS[match[2].toLowerCase()];
}
