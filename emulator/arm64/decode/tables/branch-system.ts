/** Branches, exception generation and system instructions: Arm ARM C4.1.3. */

import {
  branch,
  branchCondition,
  branchLink,
  branchLinkRegister,
  branchRegister,
  compareBranch,
  testBranch,
} from '../../lift/branch.ts';
import { cleanLine, invalidateInstructions, readZeroingSize, zeroLine } from '../../lift/cache.ts';
import { exceptionReturn, hypervisorCall, secureMonitorCall, supervisorCall } from '../../lift/exception.ts';
import { clearInterruptMasks, setInterruptMasks, writeInterruptMasks } from '../../lift/interrupt-masks.ts';
import { clearExclusive, nothing, readNzcv, systemCall, systemCallEnds, writeNzcv } from '../../lift/system.ts';
import { readRegister, writeRegister } from '../../lift/system-register.ts';
import { SystemCall } from '../../system-calls.ts';
import { type Encoding, row } from '../encoding.ts';

export const BRANCH_SYSTEM: readonly Encoding[] = [
  row('B.cond', '0101010 0 imm19 0 bcond', branchCondition),
  row('B', '0 00101 imm26', branch),
  row('BL', '1 00101 imm26', branchLink),
  row('CBZ', 'sf 011010 0 imm19 Rt', compareBranch('eqz')),
  row('CBNZ', 'sf 011010 1 imm19 Rt', compareBranch('nez')),
  row('TBZ', 'b5 011011 0 b40 imm14 Rt', testBranch(false)),
  row('TBNZ', 'b5 011011 1 b40 imm14 Rt', testBranch(true)),
  row('BR', '1101011 0000 11111 000000 Rn 00000', branchRegister),
  row('BLR', '1101011 0001 11111 000000 Rn 00000', branchLinkRegister),
  row('RET', '1101011 0010 11111 000000 Rn 00000', branchRegister),
  row('ERET', '1101011 0100 11111 000000 11111 00000', exceptionReturn),
  row('DRPS', '1101011 0101 11111 000000 11111 00000', systemCallEnds(SystemCall.drps)),

  row('SVC', '11010100 000 imm16 000 01', supervisorCall),
  row('HVC', '11010100 000 imm16 000 10', hypervisorCall),
  row('SMC', '11010100 000 imm16 000 11', secureMonitorCall),
  row('BRK', '11010100 001 imm16 000 00', systemCallEnds(SystemCall.brk)),
  row('HLT', '11010100 010 imm16 000 00', systemCallEnds(SystemCall.hlt)),
  row('DCPS1', '11010100 101 imm16 000 01', systemCallEnds(SystemCall.dcps)),
  row('DCPS2', '11010100 101 imm16 000 10', systemCallEnds(SystemCall.dcps)),
  row('DCPS3', '11010100 101 imm16 000 11', systemCallEnds(SystemCall.dcps)),

  // Hints that ARMv8.0 does not define execute as NOP.
  row('HINT', '1101010100 0 00 011 0010 CRm op2 11111', nothing),
  row('YIELD', '1101010100 0 00 011 0010 0000 001 11111', systemCallEnds(SystemCall.yield)),
  row('WFE', '1101010100 0 00 011 0010 0000 010 11111', systemCallEnds(SystemCall.wfe)),
  row('WFI', '1101010100 0 00 011 0010 0000 011 11111', systemCallEnds(SystemCall.wfi)),
  row('SEV', '1101010100 0 00 011 0010 0000 100 11111', systemCall(SystemCall.sev)),
  row('SEVL', '1101010100 0 00 011 0010 0000 101 11111', systemCall(SystemCall.sevl)),

  row('CLREX', '1101010100 0 00 011 0011 CRm 010 11111', clearExclusive),
  row('DSB', '1101010100 0 00 011 0011 CRm 100 11111', nothing),
  row('DMB', '1101010100 0 00 011 0011 CRm 101 11111', nothing),
  row('ISB', '1101010100 0 00 011 0011 CRm 110 11111', nothing),

  row('MSR (immediate) SPSel', '1101010100 0 00 000 0100 CRm 101 11111', systemCallEnds(SystemCall.msrImmediate)),
  row('MSR (immediate) DAIFSet', '1101010100 0 00 011 0100 CRm 110 11111', setInterruptMasks),
  row('MSR (immediate) DAIFClr', '1101010100 0 00 011 0100 CRm 111 11111', clearInterruptMasks),

  row('SYS', '1101010100 0 01 op1 CRn CRm op2 Rt', systemCallEnds(SystemCall.sys)),
  row('SYS IC IALLUIS', '1101010100 0 01 000 0111 0001 000 Rt', invalidateInstructions),
  row('SYS IC IALLU', '1101010100 0 01 000 0111 0101 000 Rt', invalidateInstructions),
  row('SYS IC IVAU', '1101010100 0 01 011 0111 0101 001 Rt', invalidateInstructions),
  row('SYS DC ZVA', '1101010100 0 01 011 0111 0100 001 Rt', zeroLine),
  row('SYS DC CVAC', '1101010100 0 01 011 0111 1010 001 Rt', cleanLine),
  row('SYS DC CVAU', '1101010100 0 01 011 0111 1011 001 Rt', cleanLine),
  row('SYS DC CIVAC', '1101010100 0 01 011 0111 1110 001 Rt', cleanLine),
  // What follows is fetched anew only where the operation removed its translation.
  row('SYS TLBI', '1101010100 0 01 op1 1000 CRm op2 Rt', systemCall(SystemCall.sys)),
  row('SYSL', '1101010100 1 01 op1 CRn CRm op2 Rt', systemCall(SystemCall.sysl)),
  row('MSR (register)', '1101010100 0 1 o0 op1 CRn CRm op2 Rt', writeRegister),
  row('MRS', '1101010100 1 1 o0 op1 CRn CRm op2 Rt', readRegister),
  row('MSR NZCV', '1101010100 0 1 1 011 0100 0010 000 Rt', writeNzcv),
  row('MRS DCZID_EL0', '1101010100 1 1 1 011 0000 0000 111 Rt', readZeroingSize),
  row('MSR DAIF', '1101010100 0 1 1 011 0100 0010 001 Rt', writeInterruptMasks),
  row('MRS NZCV', '1101010100 1 1 1 011 0100 0010 000 Rt', readNzcv),
];
