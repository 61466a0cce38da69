import type { Statement } from '../../../ir/ir.ts';
import type { Lift, Site } from '../../decode/encoding.ts';
import { LiftMode, SystemCall } from '../../system-calls.ts';
import { system } from '../build.ts';

/** Lifts an instruction to its fast form, or gives undefined where only the exact operation will do. */
export type FastLift = (word: number, site: Site) => readonly Statement[] | undefined;

/**
 * The exact operation. Where floating point is enabled the block goes on behind it, since nothing but a fault redirects; where it
 * may be trapped the block ends.
 */
export const exact: Lift = (word, site) => system(SystemCall.fpSimd, word, (site.mode & LiftMode.fp) === 0);

/** The fast form where floating point is enabled and there is one, else the exact operation. */
export const fast =
  (lift: FastLift): Lift =>
  (word, site) =>
    ((site.mode & LiftMode.fp) !== 0 ? lift(word, site) : undefined) ?? exact(word, site);

/** Like {@link fast}, for arithmetic that also needs FPCR to be zero. */
export const fastArithmetic = (lift: FastLift): Lift => {
  const lifted = fast(lift);
  return (word, site) => ((site.mode & LiftMode.fpDefault) !== 0 ? lifted(word, site) : exact(word, site));
};

/** The first of two fast forms that there is; the second needs FPCR to be zero. */
export const either =
  (plain: FastLift, arithmetic: FastLift): FastLift =>
  (word, site) =>
    plain(word, site) ?? ((site.mode & LiftMode.fpDefault) !== 0 ? arithmetic(word, site) : undefined);
