/** Why a translation failed: fault status codes (Arm ARM D12.2.36, DFSC and IFSC). Add the level to those up to 0x14. */
export const FaultStatus = {
  ADDRESS_SIZE: 0x00,
  TRANSLATION: 0x04,
  ACCESS_FLAG: 0x08,
  PERMISSION: 0x0c,
  EXTERNAL: 0x10,
  EXTERNAL_ON_WALK: 0x14,
  ALIGNMENT: 0x21,
} as const;

/** The fault that the last walk ended in: one object per CPU, filled again and again. */
export interface Fault {
  /** Fault status code with its level. */
  status: number;
  /** The fault is one of stage 2 (taken to EL2). */
  secondStage: boolean;
  /** Stage 2 failed for an access of the stage 1 walk. */
  onStage1Walk: boolean;
  /** Page of the intermediate physical address concerned, for stage 2: an int32. */
  ipaPage: number;
}

/** True for the two kinds of synchronous external abort. */
export function isExternal(status: number): boolean {
  return status === FaultStatus.EXTERNAL || (status & ~3) === FaultStatus.EXTERNAL_ON_WALK;
}
