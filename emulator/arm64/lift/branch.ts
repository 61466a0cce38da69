/** Branches (Arm ARM C4.1.3). */
import type { Expr, Statement } from '../../ir/ir.ts';
import type { Lift, Site } from '../decode/encoding.ts';
import { bcond, imm14, imm19, imm26, Rn, Rt, testedBit, widthOf } from '../decode/fields.ts';
import { bigInt, condition, int, LR, narrow, pcPlus, readZR, set, slot, temp } from './build.ts';

/** Bytes of an A64 instruction. */
export const INSTRUCTION_BYTES = 4;

const returnAddress = (site: Site): Statement => set(LR, bigInt(pcPlus(site, INSTRUCTION_BYTES), 64));

const goto = (site: Site, instructions: number): Statement => ({
  kind: 'goto',
  target: pcPlus(site, instructions * INSTRUCTION_BYTES),
});

const branchIf = (site: Site, test: Expr, instructions: number): readonly Statement[] => [
  {
    kind: 'branch',
    condition: test,
    taken: pcPlus(site, instructions * INSTRUCTION_BYTES),
    otherwise: pcPlus(site, INSTRUCTION_BYTES),
  },
];

/** B. */
export const branch: Lift = (word, site) => [goto(site, imm26(word))];

/** BL. */
export const branchLink: Lift = (word, site) => [returnAddress(site), goto(site, imm26(word))];

/** B.cond. Conditions AL and NV always hold. */
export const branchCondition: Lift = (word, site) => {
  const cc = bcond(word);
  return cc >= 14 ? [goto(site, imm19(word))] : branchIf(site, condition(cc), imm19(word));
};

/** CBZ, CBNZ. */
export const compareBranch =
  (test: 'eqz' | 'nez'): Lift =>
  (word, site) =>
    branchIf(site, narrow(test, readZR(Rt(word), widthOf(word))), imm19(word));

/** TBNZ; TBZ is the same with its ways exchanged. */
export const testBranch =
  (nonZero: boolean): Lift =>
  (word, site) => {
    const bit = narrow('bit', readZR(Rt(word), 64), int(testedBit(word), 64));
    const target = pcPlus(site, imm14(word) * INSTRUCTION_BYTES);
    const next = pcPlus(site, INSTRUCTION_BYTES);
    return [{ kind: 'branch', condition: bit, taken: nonZero ? target : next, otherwise: nonZero ? next : target }];
  };

/** BR, RET. */
export const branchRegister: Lift = (word) => [{ kind: 'jump', target: readZR(Rn(word), 64) }];

/** BLR: the target is read before the link register is written. */
export const branchLinkRegister: Lift = (word, site) => {
  const n = Rn(word);
  if (n !== LR) return [returnAddress(site), { kind: 'jump', target: readZR(n, 64) }];
  return [set(temp(0), readZR(n, 64)), returnAddress(site), { kind: 'jump', target: slot(temp(0), 64) }];
};
