/*
 * What a guest asks of the VMM by HVC #0: x0 = function, x1-x3 = arguments, x0 = result. All other
 * registers are kept. Addresses are intermediate physical addresses (IPA).
 */
#ifndef RW_HYPERCALL_H
#define RW_HYPERCALL_H

#define RW_HVC_BASE 0xc6000000u

/* (x1 = IPA of text in the guest's RAM, x2 = bytes, at most RW_HVC_TEXT_MAX) -> 0. */
#define RW_HVC_CONSOLE_WRITE (RW_HVC_BASE + 0)
/* (x1 = IPA of a page of the guest's RAM, x2 = peer) -> IPA at which the peer sees it. */
#define RW_HVC_MEMORY_SHARE (RW_HVC_BASE + 1)
/* (x1 = IPA of an array of x2 page IPAs of the demand area) -> pages exchanged: each is backed by
 * another frame afterwards, filled with zeroes. */
#define RW_HVC_MEMORY_EXCHANGE (RW_HVC_BASE + 2)
/* (x1 = peer) -> 0. Raises RW_VIRQ_EVENT there. */
#define RW_HVC_EVENT_SEND (RW_HVC_BASE + 3)
/* () -> IPA of a module that waits to be loaded, 0 where there is none; each is handed out once. */
#define RW_HVC_MODULE_POLL (RW_HVC_BASE + 4)
/* () -> 0. Gives the rest of the time slice to the other guest. */
#define RW_HVC_YIELD (RW_HVC_BASE + 5)
/* (x1 = exit code). Does not return. */
#define RW_HVC_SHUTDOWN (RW_HVC_BASE + 6)
/* (x1 = IPA of a struct rw_hvc_context in the guest's RAM). The caller goes on with these registers, its
 * PSTATE among them. Returns only where they are refused. */
#define RW_HVC_CONTEXT_LOAD (RW_HVC_BASE + 7)
/* () -> enum rw_vmm_build. */
#define RW_HVC_VERSION (RW_HVC_BASE + 8)
#define RW_HVC_COUNT 9

#define RW_HVC_TEXT_MAX 256
#define RW_HVC_EXCHANGE_MAX 8

#define RW_HVC_UNKNOWN (-1)
#define RW_HVC_INVALID (-2)
#define RW_HVC_NO_MEMORY (-3)
#define RW_HVC_DENIED (-4)

/* Interrupts that a guest sees. */
#define RW_VIRQ_TIMER 27
#define RW_VIRQ_EVENT 48

/* The emulated FIFO device, at RW_GUEST_IPA_FIFO: 32-bit registers. A command byte and its parameters
 * go to DATA; once complete it is carried out, and results are read from DATA. */
#define RW_FIFO_STATUS 0x0
#define RW_FIFO_DATA 0x4
#define RW_FIFO_STATUS_READY 1u  /* takes a command or parameter */
#define RW_FIFO_STATUS_RESULT 2u /* a result waits */
#define RW_FIFO_BYTES 16
#define RW_FIFO_CMD_SEEK 0x0f   /* drive, cylinder */
#define RW_FIFO_CMD_SENSE 0x08  /* -> status, cylinder */
#define RW_FIFO_CMD_DRIVE_SPEC 0x8e /* parameters until one has bit 7 set */

#ifndef __ASSEMBLER__
#include <stdint.h>

static inline int64_t rw_hypercall(uint64_t function, uint64_t a, uint64_t b, uint64_t c) {
  register uint64_t x0 __asm__("x0") = function;
  register uint64_t x1 __asm__("x1") = a;
  register uint64_t x2 __asm__("x2") = b;
  register uint64_t x3 __asm__("x3") = c;
  __asm__ volatile("hvc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3) : "memory");
  return (int64_t)x0;
}

struct rw_hvc_context {
  uint64_t x[31];
  uint64_t pc;
  uint64_t pstate; /* as in SPSR_ELx: AArch64, EL0t, EL1t or EL1h */
};

enum rw_vmm_build { RW_VMM_BUILD_PLAIN, RW_VMM_BUILD_TVMI, RW_VMM_BUILD_HOSTVMI, RW_VMM_BUILDS };

/* The page that the VMM fills for a guest, at RW_GUEST_IPA_BOOT. */
#define RW_GUEST_BOOT_MAGIC 0x31424752u /* "RGB1" */
struct rw_guest_boot {
  uint32_t magic;
  uint32_t guest; /* this guest's number */
  uint32_t guest_count;
  uint32_t workload; /* enum rw_workload */
  uint32_t workload_rounds;
  uint32_t tick_period; /* counter ticks */
  uint64_t seed;
  uint64_t ram_size;
};
#endif

#endif
