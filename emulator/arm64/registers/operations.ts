import { type RegisterRow, row, type Trap } from './row.ts';
import { DC_ZVA, TPC, TPC_USER, TPU, TPU_USER, TSW, TTLB } from './traps.ts';

/** System instructions (op0 = 1): cache maintenance, address translation, TLB maintenance (Arm ARM C5.3-C5.5). */
const op = (op1: number, crn: number, crm: number, op2: number, traps: readonly Trap[] = []): RegisterRow =>
  row(1, op1, crn, crm, op2, { only: 'write', traps });

export const CACHE_OPERATIONS = {
  'IC IALLUIS': op(0, 7, 1, 0, TPU),
  'IC IALLU': op(0, 7, 5, 0, TPU),
  'IC IVAU': op(3, 7, 5, 1, TPU_USER),
  'DC IVAC': op(0, 7, 6, 1, TPC),
  'DC ISW': op(0, 7, 6, 2, TSW),
  'DC CSW': op(0, 7, 10, 2, TSW),
  'DC CISW': op(0, 7, 14, 2, TSW),
  'DC ZVA': op(3, 7, 4, 1, DC_ZVA),
  'DC CVAC': op(3, 7, 10, 1, TPC_USER),
  'DC CVAU': op(3, 7, 11, 1, TPU_USER),
  'DC CIVAC': op(3, 7, 14, 1, TPC_USER),
} as const;

export const TRANSLATE_OPERATIONS = {
  'AT S1E1R': op(0, 7, 8, 0),
  'AT S1E1W': op(0, 7, 8, 1),
  'AT S1E0R': op(0, 7, 8, 2),
  'AT S1E0W': op(0, 7, 8, 3),
  'AT S1E2R': op(4, 7, 8, 0),
  'AT S1E2W': op(4, 7, 8, 1),
  'AT S12E1R': op(4, 7, 8, 4),
  'AT S12E1W': op(4, 7, 8, 5),
  'AT S12E0R': op(4, 7, 8, 6),
  'AT S12E0W': op(4, 7, 8, 7),
  'AT S1E3R': op(6, 7, 8, 0),
  'AT S1E3W': op(6, 7, 8, 1),
} as const;

/** CRm of TLBI: 3 is inner shareable, 7 this CPU alone (0 and 4 for those by intermediate physical address). */
export const TLB_OPERATIONS = {
  'TLBI VMALLE1IS': op(0, 8, 3, 0, TTLB),
  'TLBI VAE1IS': op(0, 8, 3, 1, TTLB),
  'TLBI ASIDE1IS': op(0, 8, 3, 2, TTLB),
  'TLBI VAAE1IS': op(0, 8, 3, 3, TTLB),
  'TLBI VALE1IS': op(0, 8, 3, 5, TTLB),
  'TLBI VAALE1IS': op(0, 8, 3, 7, TTLB),
  'TLBI VMALLE1': op(0, 8, 7, 0, TTLB),
  'TLBI VAE1': op(0, 8, 7, 1, TTLB),
  'TLBI ASIDE1': op(0, 8, 7, 2, TTLB),
  'TLBI VAAE1': op(0, 8, 7, 3, TTLB),
  'TLBI VALE1': op(0, 8, 7, 5, TTLB),
  'TLBI VAALE1': op(0, 8, 7, 7, TTLB),
  'TLBI IPAS2E1IS': op(4, 8, 0, 1),
  'TLBI IPAS2LE1IS': op(4, 8, 0, 5),
  'TLBI IPAS2E1': op(4, 8, 4, 1),
  'TLBI IPAS2LE1': op(4, 8, 4, 5),
  'TLBI ALLE2IS': op(4, 8, 3, 0),
  'TLBI VAE2IS': op(4, 8, 3, 1),
  'TLBI ALLE1IS': op(4, 8, 3, 4),
  'TLBI VALE2IS': op(4, 8, 3, 5),
  'TLBI VMALLS12E1IS': op(4, 8, 3, 6),
  'TLBI ALLE2': op(4, 8, 7, 0),
  'TLBI VAE2': op(4, 8, 7, 1),
  'TLBI ALLE1': op(4, 8, 7, 4),
  'TLBI VALE2': op(4, 8, 7, 5),
  'TLBI VMALLS12E1': op(4, 8, 7, 6),
  'TLBI ALLE3IS': op(6, 8, 3, 0),
  'TLBI VAE3IS': op(6, 8, 3, 1),
  'TLBI VALE3IS': op(6, 8, 3, 5),
  'TLBI ALLE3': op(6, 8, 7, 0),
  'TLBI VAE3': op(6, 8, 7, 1),
  'TLBI VALE3': op(6, 8, 7, 5),
} as const;
