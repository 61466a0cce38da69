// Names of the architecture that the checks use (Arm Architecture Reference Manual, DDI 0487).
#ifndef ARM64_H
#define ARM64_H

#include <stdint.h>

#define BIT(n) (UINT64_C(1) << (n))

/** Reads a system register. */
#define READ(reg)                                        \
  ({                                                     \
    uint64_t value_;                                     \
    __asm__ volatile("mrs %0, " #reg : "=r"(value_)::"memory"); \
    value_;                                              \
  })
/** Writes a system register and synchronises. */
#define WRITE(reg, value) __asm__ volatile("msr " #reg ", %0\n\tisb" ::"r"((uint64_t)(value)) : "memory")
/** Runs instructions without operands. */
#define DO(text) __asm__ volatile(text ::: "memory")

/** SPSR_ELx.M: where a probe runs. */
enum mode { EL0t = 0, EL1t = 4, EL1h = 5, EL2t = 8, EL2h = 9, EL3t = 12, EL3h = 13 };

#define PSTATE_F BIT(6)
#define PSTATE_I BIT(7)
#define PSTATE_A BIT(8)
#define PSTATE_D BIT(9)
#define PSTATE_DAIF (PSTATE_D | PSTATE_A | PSTATE_I | PSTATE_F)
#define PSTATE_IL BIT(20)

#define SCR_NS BIT(0)
#define SCR_IRQ BIT(1)
#define SCR_FIQ BIT(2)
#define SCR_EA BIT(3)
#define SCR_SMD BIT(7)
#define SCR_HCE BIT(8)
#define SCR_SIF BIT(9)
#define SCR_RW BIT(10)
#define SCR_ST BIT(11)
#define SCR_TWI BIT(12)
#define SCR_TWE BIT(13)

#define HCR_VM BIT(0)
#define HCR_SWIO BIT(1)
#define HCR_PTW BIT(2)
#define HCR_FMO BIT(3)
#define HCR_IMO BIT(4)
#define HCR_AMO BIT(5)
#define HCR_VF BIT(6)
#define HCR_VI BIT(7)
#define HCR_VSE BIT(8)
#define HCR_FB BIT(9)
#define HCR_DC BIT(12)
#define HCR_TWI BIT(13)
#define HCR_TWE BIT(14)
#define HCR_TID0 BIT(15)
#define HCR_TID1 BIT(16)
#define HCR_TID2 BIT(17)
#define HCR_TID3 BIT(18)
#define HCR_TSC BIT(19)
#define HCR_TIDCP BIT(20)
#define HCR_TACR BIT(21)
#define HCR_TSW BIT(22)
#define HCR_TPC BIT(23)
#define HCR_TPU BIT(24)
#define HCR_TTLB BIT(25)
#define HCR_TVM BIT(26)
#define HCR_TGE BIT(27)
#define HCR_TDZ BIT(28)
#define HCR_HCD BIT(29)
#define HCR_TRVM BIT(30)
#define HCR_RW BIT(31)

#define SCTLR_M BIT(0)
#define SCTLR_A BIT(1)
#define SCTLR_C BIT(2)
#define SCTLR_SA BIT(3)
#define SCTLR_SA0 BIT(4)
#define SCTLR_UMA BIT(9)
#define SCTLR_I BIT(12)
#define SCTLR_DZE BIT(14)
#define SCTLR_UCT BIT(15)
#define SCTLR_NTWI BIT(16)
#define SCTLR_NTWE BIT(18)
#define SCTLR_WXN BIT(19)
#define SCTLR_E0E BIT(24)
#define SCTLR_EE BIT(25)
#define SCTLR_UCI BIT(26)
/** The bits that are RES1 in ARMv8.0. */
#define SCTLR_EL1_RES1 UINT64_C(0x30d00800)
#define SCTLR_ELX_RES1 UINT64_C(0x30c50830)
#define CPTR_EL2_RES1 UINT64_C(0x33ff)
#define TCR_ELX_RES1 UINT64_C(0x80800000)

#define CPTR_TFP BIT(10)
#define CPTR_TTA BIT(20)
#define CPTR_TCPAC BIT(31)

/** Descriptors of the VMSAv8-64 tables, 4 KiB granule. */
#define DESC_INVALID UINT64_C(0)
#define DESC_BLOCK UINT64_C(1)
#define DESC_TABLE UINT64_C(3)
#define DESC_PAGE UINT64_C(3)
#define DESC_ATTR(n) ((uint64_t)(n) << 2)
#define DESC_NS BIT(5)
#define DESC_AP_EL0 BIT(6)
#define DESC_AP_RO BIT(7)
#define DESC_SH_INNER (UINT64_C(3) << 8)
#define DESC_AF BIT(10)
#define DESC_NG BIT(11)
#define DESC_CONTIGUOUS BIT(52)
#define DESC_PXN BIT(53)
#define DESC_UXN BIT(54)
#define DESC_XN BIT(54)
#define TABLE_PXN BIT(59)
#define TABLE_UXN BIT(60)
#define TABLE_AP_NO_EL0 BIT(61)
#define TABLE_AP_RO BIT(62)
#define TABLE_NS BIT(63)
/** Stage 2: memory attributes, access permissions. */
#define S2_NORMAL (UINT64_C(15) << 2)
#define S2_DEVICE (UINT64_C(1) << 2)
#define S2_READ BIT(6)
#define S2_WRITE BIT(7)
#define S2_XN BIT(54)

/** Exception classes, ESR_ELx.EC. */
#define EC_ILLEGAL 0x0e
#define EC_SVC64 0x15
#define EC_HVC64 0x16
#define EC_INSTRUCTION_ABORT_LOWER 0x20
#define EC_INSTRUCTION_ABORT 0x21
#define EC_PC_ALIGNMENT 0x22
#define EC_DATA_ABORT_LOWER 0x24
#define EC_DATA_ABORT 0x25
#define EC_WATCHPOINT_LOWER 0x34
#define EC_WATCHPOINT 0x35

#endif
