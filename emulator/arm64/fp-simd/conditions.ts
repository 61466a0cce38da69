const N = 8;
const Z = 4;
const C = 2;
const V = 1;

const same = (nzcv: number): boolean => ((nzcv & N) !== 0) === ((nzcv & V) !== 0);

/** By `cond<3:1>`. */
const TESTS: readonly ((nzcv: number) => boolean)[] = [
  (nzcv) => (nzcv & Z) !== 0,
  (nzcv) => (nzcv & C) !== 0,
  (nzcv) => (nzcv & N) !== 0,
  (nzcv) => (nzcv & V) !== 0,
  (nzcv) => (nzcv & (C | Z)) === C,
  same,
  (nzcv) => (nzcv & Z) === 0 && same(nzcv),
  () => true,
];

const ALWAYS = 14;

/** `ConditionHolds` (Arm ARM C1.2.4). @param nzcv N=8 Z=4 C=2 V=1 */
export function conditionHolds(cond: number, nzcv: number): boolean {
  const holds = TESTS[cond >> 1](nzcv);
  return cond < ALWAYS && (cond & 1) === 1 ? !holds : holds;
}
