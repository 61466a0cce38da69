/** Something that software asked for and this machine does not have. A gap is always on record, never silent. */
export interface Unimplemented {
  /** What kind of thing: an instruction, a system register, a device register, a mode. */
  readonly kind: 'instruction' | 'register' | 'device' | 'mode';
  /** The encoding or address, in hexadecimal, and its name where there is one. */
  readonly what: string;
  /** The manual and section that define it. */
  readonly section: string;
  /** Where: the program counter, in hexadecimal. */
  readonly pc: string;
}

/** Collects each distinct gap once, with the number of times it was met. */
export class UnimplementedLog {
  private readonly records = new Map<string, Unimplemented & { count: number }>();
  /** Called on each record; with `--strict` it ends the run. */
  onRecord: (record: Unimplemented) => void = () => {};

  record(gap: Unimplemented): void {
    const key = `${gap.kind} ${gap.what}`;
    const known = this.records.get(key);
    if (known) known.count++;
    else this.records.set(key, { ...gap, count: 1 });
    this.onRecord(gap);
  }

  list(): readonly (Unimplemented & { readonly count: number })[] {
    return [...this.records.values()];
  }

  clear(): void {
    this.records.clear();
  }
}
