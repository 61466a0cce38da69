import { ByteWriter } from './code.ts';

/** A function's type: value types of parameters and results. */
export interface FunctionType {
  readonly parameters: readonly number[];
  readonly results: readonly number[];
}

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
const Section = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const Kind = { function: 0, table: 1, memory: 2 } as const;
const FUNCREF = 0x70;
const FUNCTION_TYPE = 0x60;

/** Puts a module together. Imported functions come first in the index space, as the format wants it. */
export class ModuleWriter {
  private readonly types: FunctionType[] = [];
  private readonly imports: { module: string; name: string; kind: number; type: number }[] = [];
  private readonly functions: { type: number; body: Uint8Array }[] = [];
  private readonly exports: { name: string; index: number }[] = [];
  private importedFunctions = 0;

  private typeIndex(type: FunctionType): number {
    const key = JSON.stringify(type);
    const known = this.types.findIndex((t) => JSON.stringify(t) === key);
    if (known >= 0) return known;
    this.types.push(type);
    return this.types.length - 1;
  }

  importMemory(module: string, name: string): void {
    this.imports.push({ module, name, kind: Kind.memory, type: 0 });
  }

  importTable(module: string, name: string): void {
    this.imports.push({ module, name, kind: Kind.table, type: 0 });
  }

  /** @returns the function's index */
  importFunction(module: string, name: string, type: FunctionType): number {
    if (this.functions.length > 0) throw new Error('imports come before functions');
    this.imports.push({ module, name, kind: Kind.function, type: this.typeIndex(type) });
    return this.importedFunctions++;
  }

  /** Index of a type, for indirect calls. */
  type(type: FunctionType): number {
    return this.typeIndex(type);
  }

  /** @returns the function's index */
  addFunction(type: FunctionType, body: Uint8Array): number {
    this.functions.push({ type: this.typeIndex(type), body });
    return this.importedFunctions + this.functions.length - 1;
  }

  exportFunction(name: string, index: number): void {
    this.exports.push({ name, index });
  }

  bytes(): Uint8Array {
    const out = new ByteWriter();
    out.bytes(HEADER);
    const section = (id: number, count: number, write: (s: ByteWriter) => void): void => {
      if (count === 0) return;
      const s = new ByteWriter();
      s.unsigned(count);
      write(s);
      out.byte(id);
      out.unsigned(s.length);
      out.bytes(s.take());
    };
    section(Section.type, this.types.length, (s) => {
      for (const type of this.types) {
        s.byte(FUNCTION_TYPE);
        for (const list of [type.parameters, type.results]) {
          s.unsigned(list.length);
          s.bytes(list);
        }
      }
    });
    section(Section.import, this.imports.length, (s) => {
      for (const entry of this.imports) {
        s.name(entry.module);
        s.name(entry.name);
        s.byte(entry.kind);
        if (entry.kind === Kind.table) s.byte(FUNCREF);
        // Limits without a maximum and minimum 1 accept any memory or table that is given.
        if (entry.kind === Kind.function) s.unsigned(entry.type);
        else s.bytes([0, 1]);
      }
    });
    section(Section.function, this.functions.length, (s) => {
      for (const f of this.functions) s.unsigned(f.type);
    });
    section(Section.export, this.exports.length, (s) => {
      for (const entry of this.exports) {
        s.name(entry.name);
        s.byte(Kind.function);
        s.unsigned(entry.index);
      }
    });
    section(Section.code, this.functions.length, (s) => {
      for (const f of this.functions) {
        s.unsigned(f.body.length);
        s.bytes(f.body);
      }
    });
    return out.take();
  }
}
