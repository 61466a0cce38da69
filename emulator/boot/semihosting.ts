/** Semihosting for AArch64 (Arm IHI 0095, "Semihosting for AArch32 and AArch64"): output and the exit code only. */

/** The trap instruction is HLT with this immediate. */
export const SEMIHOSTING_IMMEDIATE = 0xf000;

export const SemihostingOperation = {
  SYS_WRITEC: 0x03,
  SYS_WRITE0: 0x04,
  SYS_EXIT: 0x18,
  SYS_EXIT_EXTENDED: 0x20,
} as const;

/** The reason of an ordinary end, whose subcode is the exit code. */
const ADP_Stopped_ApplicationExit = 0x2_0026;
const LONGEST_STRING = 64 * 1024;
/** Exit code for any other reason. */
const ABNORMAL_EXIT = 1;

/** What semihosting needs of the CPU and the machine. */
export interface SemihostingHost {
  /** The byte at a virtual address, or undefined where it cannot be read. Takes no exception. */
  readByte(vaLo: number, vaHi: number): number | undefined;
  /** A byte for the debug console. */
  output(byte: number): void;
  exit(code: number): void;
  /** An operation that is not there. */
  gap(what: string, section: string): void;
}

/**
 * Performs one operation.
 * @param operation W0 @param lo low half of X1 @param hi high half of X1
 * @returns what goes to X0 (sign-extended), or undefined where X0 is left alone
 */
export function semihosting(operation: number, lo: number, hi: number, host: SemihostingHost): number | undefined {
  const byteAt = (i: number) => {
    const at = (lo >>> 0) + i;
    return host.readByte(at | 0, at > 0xffff_ffff ? (hi + 1) | 0 : hi);
  };
  const wordAt = (i: number) =>
    [3, 2, 1, 0].reduce<number | undefined>((word, k) => {
      const byte = byteAt(i + k);
      return word === undefined || byte === undefined ? undefined : word * 256 + byte;
    }, 0);
  switch (operation) {
    case SemihostingOperation.SYS_WRITEC: {
      const byte = byteAt(0);
      if (byte !== undefined) host.output(byte);
      return undefined;
    }
    case SemihostingOperation.SYS_WRITE0:
      for (let i = 0; i < LONGEST_STRING; i++) {
        const byte = byteAt(i);
        if (byte === undefined || byte === 0) break;
        host.output(byte);
      }
      return undefined;
    case SemihostingOperation.SYS_EXIT:
    case SemihostingOperation.SYS_EXIT_EXTENDED: {
      const ordinary = wordAt(0) === ADP_Stopped_ApplicationExit && wordAt(4) === 0;
      host.exit(ordinary ? (wordAt(8) ?? ABNORMAL_EXIT) | 0 : ABNORMAL_EXIT);
      return undefined;
    }
  }
  host.gap(`semihosting operation 0x${operation.toString(16)}`, 'Arm semihosting specification, chapter 6');
  return -1;
}
