/** Register offsets and fields of the GICv2: Arm IHI 0048B.b, chapters 4 and 5. */

/** Distributor, table 4-1. */
export const Gicd = {
  CTLR: 0x000,
  TYPER: 0x004,
  IIDR: 0x008,
  IGROUPR: 0x080,
  ISENABLER: 0x100,
  ICENABLER: 0x180,
  ISPENDR: 0x200,
  ICPENDR: 0x280,
  ISACTIVER: 0x300,
  ICACTIVER: 0x380,
  IPRIORITYR: 0x400,
  ITARGETSR: 0x800,
  ICFGR: 0xc00,
  NSACR: 0xe00,
  SGIR: 0xf00,
  CPENDSGIR: 0xf10,
  SPENDSGIR: 0xf20,
  /** ICPIDR4-7, ICPIDR0-3, ICCIDR0-3. */
  IDENTIFICATION: 0xfd0,
} as const;

/** CPU interface, table 4-2, and virtual CPU interface, table 5-7: the same layout. */
export const Gicc = {
  CTLR: 0x0000,
  PMR: 0x0004,
  BPR: 0x0008,
  IAR: 0x000c,
  EOIR: 0x0010,
  RPR: 0x0014,
  HPPIR: 0x0018,
  ABPR: 0x001c,
  AIAR: 0x0020,
  AEOIR: 0x0024,
  AHPPIR: 0x0028,
  APR: 0x00d0,
  NSAPR: 0x00e0,
  IIDR: 0x00fc,
  DIR: 0x1000,
} as const;

/** GICC_CTLR, secure view (4.4.1). */
export const GiccCtlr = {
  EnableGrp0: 1 << 0,
  EnableGrp1: 1 << 1,
  AckCtl: 1 << 2,
  FIQEn: 1 << 3,
  CBPR: 1 << 4,
  EOImodeS: 1 << 9,
  EOImodeNS: 1 << 10,
} as const;

/** Virtual interface control, table 5-1. */
export const Gich = {
  HCR: 0x000,
  VTR: 0x004,
  VMCR: 0x008,
  MISR: 0x010,
  EISR0: 0x020,
  EISR1: 0x024,
  ELRSR0: 0x030,
  ELRSR1: 0x034,
  APR: 0x0f0,
  LR: 0x100,
} as const;

/** GICH_HCR (5.3.1). */
export const GichHcr = {
  En: 1 << 0,
  UIE: 1 << 1,
  LRENPIE: 1 << 2,
  NPIE: 1 << 3,
  VGrp0EIE: 1 << 4,
  VGrp0DIE: 1 << 5,
  VGrp1EIE: 1 << 6,
  VGrp1DIE: 1 << 7,
  EOICountShift: 27,
} as const;

/** GICH_MISR (5.3.4). */
export const GichMisr = {
  EOI: 1 << 0,
  U: 1 << 1,
  LRENP: 1 << 2,
  NP: 1 << 3,
  VGrp0E: 1 << 4,
  VGrp0D: 1 << 5,
  VGrp1E: 1 << 6,
  VGrp1D: 1 << 7,
} as const;

/** GICH_LRn (5.3.8). */
export const GichLr = {
  Pending: 1 << 28,
  Active: 1 << 29,
  Grp1: 1 << 30,
  HW: 1 << 31,
  /** Only where HW is 0. */
  EOI: 1 << 19,
} as const;

/** Interrupts banked by CPU: SGIs 0-15, PPIs 16-31. */
export const PRIVATE_INTERRUPTS = 32;
export const SGIS = 16;
/** Identifiers that are no interrupt (3.2.5). */
export const SPURIOUS = 1023;
export const SPURIOUS_GROUP1 = 1022;
/** Running priority when nothing is active (4.4.6). */
export const IDLE_PRIORITY = 0xff;
/** PPI of the virtual interface's maintenance interrupt on this board (as on Cortex-A15/A57 systems). */
export const MAINTENANCE_PPI = 25;
/** The highest priority of the non-secure half of the range (3.8.2). */
export const NORMAL_HIGHEST = 0x80;
