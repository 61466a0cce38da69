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

type Registers = MemoryForm['registers'];

/** One place where forms are made, so that all have one shape for the host's compiler. */
function form(size: number, registers: Registers, differing: Partial<MemoryForm>): MemoryForm {
  const { store = false, exclusive = false, user = false, extend = 'zero' } = differing;
  const bytes = registers[1] === 0 ? size : size * 2;
  return { store, exclusive, user, size, bytes, extend, registers };
}

const FORMS: readonly (MemoryForm | undefined)[] = HANDLERS.map(({ action }): MemoryForm | undefined => {
  switch (action.do) {
    case 'load':
      return form(action.size, [Field.d, 0], { user: action.user, extend: action.extend });
    case 'store':
      return form(action.size, [Field.d, 0], { store: true, user: action.user });
    case 'loadPair':
      return form(action.size, [Field.d, Field.a], {});
    case 'storePair':
      return form(action.size, [Field.d, Field.a], { store: true });
    case 'storeExclusive':
      return form(action.size, [Field.a, action.pair ? Field.b : 0], { store: true, exclusive: true });
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
