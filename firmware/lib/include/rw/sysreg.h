/* System registers and barriers, by the names of the Arm ARM. */
#ifndef RW_SYSREG_H
#define RW_SYSREG_H

#define RW_BIT(n) (1ull << (n))

/* SCR_EL3 (D13.2.109) */
#define SCR_NS RW_BIT(0)
#define SCR_IRQ RW_BIT(1)
#define SCR_FIQ RW_BIT(2)
#define SCR_EA RW_BIT(3)
#define SCR_RES1 (3ull << 4)
#define SCR_SMD RW_BIT(7)
#define SCR_HCE RW_BIT(8)
#define SCR_SIF RW_BIT(9)
#define SCR_RW RW_BIT(10)
#define SCR_ST RW_BIT(11)

/* HCR_EL2 (D13.2.48) */
#define HCR_VM RW_BIT(0)
#define HCR_SWIO RW_BIT(1)
#define HCR_PTW RW_BIT(2)
#define HCR_FMO RW_BIT(3)
#define HCR_IMO RW_BIT(4)
#define HCR_AMO RW_BIT(5)
#define HCR_TWI RW_BIT(13)
#define HCR_TSC RW_BIT(19)
#define HCR_TVM RW_BIT(26)
#define HCR_RW RW_BIT(31)

/* SCTLR_ELx (D13.2.118) */
#define SCTLR_M RW_BIT(0)
#define SCTLR_A RW_BIT(1)
#define SCTLR_C RW_BIT(2)
#define SCTLR_SA RW_BIT(3)
#define SCTLR_I RW_BIT(12)
#define SCTLR_WXN RW_BIT(19)
#define SCTLR_EL3_RES1 0x30c50830ull
#define SCTLR_EL2_RES1 0x30c50830ull
#define SCTLR_EL1_RES1 0x30d00800ull
#define SCTLR_EL1_UCI RW_BIT(26)
#define SCTLR_EL1_UCT RW_BIT(15)
#define SCTLR_EL1_DZE RW_BIT(14)
#define SCTLR_EL1_SA0 RW_BIT(4)

/* SPSR_ELx, AArch64 (C5.2.18) */
#define SPSR_M_EL0T 0x0ull
#define SPSR_M_EL1T 0x4ull
#define SPSR_M_EL1H 0x5ull
#define SPSR_M_EL2H 0x9ull
#define SPSR_M_EL3H 0xdull
#define SPSR_M_MASK 0x1full /* M[4]: AArch32 */
#define SPSR_DAIF (0xfull << 6)
#define SPSR_NZCV (0xfull << 28)

/* ESR_ELx (D13.2.37) */
#define ESR_EC(esr) (((esr) >> 26) & 0x3f)
#define ESR_ISS(esr) ((esr) & 0x1ffffff)
#define ESR_IL RW_BIT(25)
#define EC_UNKNOWN 0x00
#define EC_WFX 0x01
#define EC_FP 0x07
#define EC_ILLEGAL_STATE 0x0e
#define EC_SVC64 0x15
#define EC_HVC64 0x16
#define EC_SMC64 0x17
#define EC_SYSREG 0x18
#define EC_INSTRUCTION_ABORT_LOWER 0x20
#define EC_INSTRUCTION_ABORT_SAME 0x21
#define EC_PC_ALIGNMENT 0x22
#define EC_DATA_ABORT_LOWER 0x24
#define EC_DATA_ABORT_SAME 0x25
#define EC_SP_ALIGNMENT 0x26
#define EC_SERROR 0x2f
#define EC_BRK64 0x3c
#define EC_COUNT 64

/* ISS of a data abort */
#define ISS_DFSC(iss) ((iss) & 0x3f)
#define ISS_WNR RW_BIT(6)
#define ISS_S1PTW RW_BIT(7)
#define ISS_CM RW_BIT(8)
#define ISS_FNV RW_BIT(10)
#define ISS_SF RW_BIT(15)
#define ISS_SRT(iss) (((iss) >> 16) & 0x1f)
#define ISS_SSE RW_BIT(21)
#define ISS_SAS(iss) (((iss) >> 22) & 3)
#define ISS_ISV RW_BIT(24)
#define DFSC_TYPE(dfsc) ((dfsc) & 0x3c)
#define DFSC_TRANSLATION 0x04
#define DFSC_ACCESS_FLAG 0x08
#define DFSC_PERMISSION 0x0c

/* CNT*_CTL_ELx (D13.8) */
#define CNT_CTL_ENABLE RW_BIT(0)
#define CNT_CTL_IMASK RW_BIT(1)
#define CNT_CTL_ISTATUS RW_BIT(2)

/* MPIDR_EL1 */
#define MPIDR_AFF0(mpidr) ((mpidr) & 0xff)
#define MPIDR_AFFINITY 0xff00ffffffull

#ifndef __ASSEMBLER__
#include <stdint.h>

#define read_sysreg(name)                                    \
  ({                                                         \
    uint64_t value_;                                         \
    __asm__ volatile("mrs %0, " #name : "=r"(value_));       \
    value_;                                                  \
  })
#define write_sysreg(name, value) __asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(value)) : "memory")

static inline void isb(void) { __asm__ volatile("isb" : : : "memory"); }
static inline void dsb_sy(void) { __asm__ volatile("dsb sy" : : : "memory"); }
static inline void dsb_ish(void) { __asm__ volatile("dsb ish" : : : "memory"); }
static inline void wfi(void) { __asm__ volatile("dsb sy\n wfi" : : : "memory"); }
static inline void wfe(void) { __asm__ volatile("wfe" : : : "memory"); }
static inline void sev(void) { __asm__ volatile("dsb sy\n sev" : : : "memory"); }
#endif

#endif
