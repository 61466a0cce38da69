/** Why a command cannot go on; each kind has its exit code (sysexits.h where it has one). */
export const EXIT = {
  ok: 0,
  disagrees: 1,
  usage: 64,
  badInput: 65,
  missingInput: 66,
  unavailable: 69,
  internal: 70,
  limit: 124,
} as const;

export type FailureKind = 'usage' | 'badInput' | 'missingInput' | 'unavailable' | 'internal' | 'limit';

/** Something that the user can act on: one clear sentence, with the place. Never shown with a stack trace. */
export class Failure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind, message: string) {
    super(message);
    this.name = 'Failure';
    this.kind = kind;
  }

  get exitCode(): number {
    return EXIT[this.kind];
  }
}
