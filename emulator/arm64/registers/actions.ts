import { atAction } from '../address-translation.ts';
import { dcByAddress, dcInvalidate, dcZero, nothing } from '../cache-operations.ts';
import type { Arm64Core } from '../core.ts';
import { tlbiAction } from '../tlbi.ts';
import { TLB_OPERATIONS, TRANSLATE_OPERATIONS } from './operations.ts';

/** What a system instruction does with its operand. */
export type Action = (core: Arm64Core, lo: number, hi: number) => void;

/** Each system instruction's action. */
export const OPERATION_ACTIONS: Readonly<Record<string, Action>> = {
  'IC IALLUIS': nothing,
  'IC IALLU': nothing,
  'IC IVAU': nothing,
  'DC IVAC': dcInvalidate,
  'DC ISW': nothing,
  'DC CSW': nothing,
  'DC CISW': nothing,
  'DC ZVA': dcZero,
  'DC CVAC': dcByAddress,
  'DC CVAU': dcByAddress,
  'DC CIVAC': dcByAddress,
  ...Object.fromEntries(Object.keys(TRANSLATE_OPERATIONS).map((name) => [name, atAction(name)])),
  ...Object.fromEntries(Object.keys(TLB_OPERATIONS).map((name) => [name, tlbiAction(name)])),
};
