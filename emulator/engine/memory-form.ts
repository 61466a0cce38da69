import type { Extend } from '../ir/ir.ts';
import { HANDLERS } from './tier0/handlers.ts';
import { Field } from './tier0/records.ts';

/** What the slow way must know of a record that accesses memory. */
export interface MemoryForm {
  readonly store: boolean;
  readonly exclusive: boolean;
  readonly user: boolean;
  /** Bytes of one register. */
  readonly size: number;
  /** Bytes of the whole access. */
  readonly bytes: number;
  readonly extend: Extend;
  /** Fields of the record that name the registers; 0: there is no second. */
  readonly registers: readonly [number, number];
}

const FORMS: readonly (MemoryForm | undefined)[] = HANDLERS.map(({ action }): MemoryForm | undefined => {
  const plain = { exclusive: false, user: false, extend: 'zero' as Extend };
  switch (action.do) {
    case 'load':
      return {
        ...plain,
        store: false,
        user: action.user,
        size: action.size,
        bytes: action.size,
        extend: action.extend,
        registers: [Field.d, 0],
      };
    case 'store':
      return {
        ...plain,
        store: true,
        user: action.user,
        size: action.size,
        bytes: action.size,
        registers: [Field.d, 0],
      };
    case 'loadPair':
      return { ...plain, store: false, size: action.size, bytes: action.size * 2, registers: [Field.d, Field.a] };
    case 'storePair':
      return { ...plain, store: true, size: action.size, bytes: action.size * 2, registers: [Field.d, Field.a] };
    case 'storeExclusive': {
      const bytes = action.pair ? action.size * 2 : action.size;
      return {
        ...plain,
        store: true,
        exclusive: true,
        size: action.size,
        bytes,
        registers: [Field.a, action.pair ? Field.b : 0],
      };
    }
    default:
      return undefined;
  }
});

/** The memory access that a handler makes. @throws Error if it makes none */
export function memoryForm(handler: number): MemoryForm {
  const form = FORMS[handler];
  if (!form) throw new Error(`handler ${HANDLERS[handler]?.key} does not access memory`);
  return form;
}
