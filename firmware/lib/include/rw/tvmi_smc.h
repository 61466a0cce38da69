/*
 * The secure calls of the monitor `tvmi`: what the VMM at EL2 asks of EL3, because its own binary
 * holds no such instruction any more (ours, after the paper's "high-privilege instruction").
 *
 * Convention: SMC Calling Convention, fast SMC64, OEM service range. x0 = function id, x1-x3 =
 * arguments; x0 = result; x1-x3 are clobbered only where a call says so, everything else is kept.
 * Calls are taken from EL2 alone: from any other level the answer is RW_TVMI_UNKNOWN.
 *
 * How a VMM built with RW_SMC_REWRITE comes up:
 *  1. MMU off: it fills its stage-1 tables with plain stores. Their frames must lie in the table
 *     area (RW_VMM_TABLES), text mapped executable and not writable, all else not executable.
 *  2. RW_SMC_EL2_WRITE: MAIR, TCR, VBAR, TTBR0, then SCTLR (M, C, I, WXN). At TTBR0, EL3 walks the
 *     tables, scans every executable page, and makes every leaf over the table area read-only.
 *  3. From then on table entries change by RW_SMC_STAGE1_STORE and RW_SMC_STAGE2_STORE only. Tables
 *     are linked from the root down: a frame must be free when a table descriptor to it is stored,
 *     and EL3 fills it with zeroes then.
 *  4. Stage 2: RW_SMC_STAGE2_CREATE makes a free frame the root of a VMID (start at level 1, 4 KiB
 *     granule); then RW_SMC_EL2_WRITE of VTCR, VTTBR and HCR. VTTBR may name created roots only.
 *
 * TLB maintenance stays with the VMM (TLBI is not privileged in this sense).
 */
#ifndef RW_TVMI_SMC_H
#define RW_TVMI_SMC_H

#define RW_SMC_BASE 0xc3000000u

/* () -> x0 = RW_TVMI_ABI; RW_TVMI_UNKNOWN (-1) where no monitor answers. */
#define RW_SMC_VERSION (RW_SMC_BASE + 0)
/* (x1 = enum rw_el2_register, x2 = value) -> status. Writes an EL2 register after validation. */
#define RW_SMC_EL2_WRITE (RW_SMC_BASE + 1)
/* (x1 = physical address of the entry, x2 = descriptor) -> status. An entry of EL2's own stage 1. */
#define RW_SMC_STAGE1_STORE (RW_SMC_BASE + 2)
/* (x1 = physical address of a free frame of the table area, x2 = VMID) -> status. */
#define RW_SMC_STAGE2_CREATE (RW_SMC_BASE + 3)
/* (x1 = physical address of the entry, x2 = descriptor) -> status. An entry of a stage-2 table. */
#define RW_SMC_STAGE2_STORE (RW_SMC_BASE + 4)
/* (x1 = physical address of a frame, x2 = VMID that may map it too) -> status. Must be called while
 * EL2 handles an HVC of the VM that owns the frame: that is the owner's consent. */
#define RW_SMC_STAGE2_SHARE (RW_SMC_BASE + 5)
/* (x1 = first byte, page aligned, inside RW_VMM_MODULES; x2 = bytes of code; x3 = bytes of code and
 * data) -> status. EL3 makes the code pages read-only, scans them, then makes them executable. The
 * code must fill whole pages; data pages stay writable. Mapped by 4 KiB pages before the call. */
#define RW_SMC_MODULE_LOAD (RW_SMC_BASE + 6)
/* (x1 = enum rw_el1_register, x2 = value) -> status. A guest's write that HCR_EL2.TVM trapped; the
 * guest's EL1 registers are live. EL3 decides and performs it. */
#define RW_SMC_TRAPPED_WRITE (RW_SMC_BASE + 7)
/* (x1 = ESR_EL2, x2 = FAR_EL2) -> status. An abort that EL2 took from itself, for the record. */
#define RW_SMC_EL2_FAULT (RW_SMC_BASE + 8)
/* (x1 = physical address of a struct rw_tvmi_status in normal memory, x2 = its size) -> status. */
#define RW_SMC_STATUS (RW_SMC_BASE + 9)

#define RW_TVMI_ABI 1

/* Results in x0, as signed 64-bit numbers. */
#define RW_TVMI_OK 0
#define RW_TVMI_UNKNOWN (-1) /* no such function, or not from EL2 (SMCCC's NOT_SUPPORTED) */
#define RW_TVMI_DENIED (-2)  /* understood and refused by policy; an alarm was raised */
#define RW_TVMI_INVALID (-3) /* arguments make no sense: alignment, range, unknown register */
#define RW_TVMI_BUSY (-4)    /* a frame is already in use as something else */

/* Registers of RW_SMC_EL2_WRITE. */
enum rw_el2_register {
  RW_EL2_TTBR0,
  RW_EL2_VBAR,
  RW_EL2_SCTLR,
  RW_EL2_HCR,
  RW_EL2_VTTBR,
  RW_EL2_VTCR,
  RW_EL2_TCR,
  RW_EL2_MAIR,
  RW_EL2_REGISTERS
};

/* Registers of RW_SMC_TRAPPED_WRITE: all that HCR_EL2.TVM traps in AArch64. */
enum rw_el1_register {
  RW_EL1_SCTLR,
  RW_EL1_TTBR0,
  RW_EL1_TTBR1,
  RW_EL1_TCR,
  RW_EL1_ESR,
  RW_EL1_FAR,
  RW_EL1_AFSR0,
  RW_EL1_AFSR1,
  RW_EL1_MAIR,
  RW_EL1_AMAIR,
  RW_EL1_CONTEXTIDR,
  RW_EL1_REGISTERS
};

#ifndef __ASSEMBLER__
#include <stdint.h>

/* What RW_SMC_STATUS stores: nothing that helps an attacker. */
struct rw_tvmi_status {
  uint64_t abi;
  uint64_t reports; /* lines sent so far on the secure UART */
};

/* One secure call. Arguments and result as the macros above say. */
static inline int64_t rw_smc(uint32_t function, uint64_t a, uint64_t b, uint64_t c) {
  register uint64_t x0 __asm__("x0") = function;
  register uint64_t x1 __asm__("x1") = a;
  register uint64_t x2 __asm__("x2") = b;
  register uint64_t x3 __asm__("x3") = c;
  __asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
  return (int64_t)x0;
}
#endif

#endif
