/*
 * What EL3 and the agent at S-EL1 tell each other: one structure in the secure carve-out. EL3 fills
 * it before it enters the agent; the agent adds what it found and comes back by SMC. EL3 believes
 * nothing in it beyond its type: counts are clamped, kinds are checked against the table.
 */
#ifndef TVMI_EXCHANGE_H
#define TVMI_EXCHANGE_H

#include <rw/layout.h>

/* The carve-out: the agent's image, then the exchange; the rest is the agent's own. */
#define TVMI_AGENT_IMAGE RW_SECURE_CARVE_OUT
#define TVMI_EXCHANGE (RW_SECURE_CARVE_OUT + 0x100000)

/* SMC by which the agent comes back; x1 = enum agent_result. */
#define TVMI_SMC_AGENT_DONE 0xc3000100u

#ifndef __ASSEMBLER__
#include <stdint.h>

#define TVMI_MAX_VMS 4
#define TVMI_MAX_FINDINGS 8
#define TVMI_MAX_KERNELS 2

enum agent_command {
  AGENT_START, /* reads the measured guest kernels, once */
  AGENT_POLL,  /* compares every guest with what was measured */
  AGENT_SWITCH /* guest `vm` is about to use `argument` as TTBR0_EL1 */
};

enum agent_result { AGENT_OK, AGENT_FAULT };

/* What the agent can find; the texts stand in alarms.c. `a` and `b` per finding as said here. */
enum agent_finding_kind {
  FINDING_TRANSLATION,   /* a = the live value, b = the expected one (TTBR1_EL1 or TCR_EL1) */
  FINDING_MMU_OFF,       /* a = SCTLR_EL1 */
  FINDING_VBAR,          /* a = live, b = measured */
  FINDING_SYSCALL_TABLE, /* a = entry, b = its value */
  FINDING_TEXT,          /* a = offset of the first difference in the kernel image */
  FINDING_TASK_HIDDEN,   /* a = pid, b = enum task_witness */
  FINDING_STRUCTURE,     /* a = enum guest_list, b = elements followed before it broke */
  FINDING_TABLE_UNKNOWN, /* a = TTBR0_EL1 that belongs to no task of the list */
  FINDING_KINDS
};

/* What showed a task that the list does not hold. */
enum task_witness { WITNESS_RUN_QUEUE, WITNESS_CURRENT, WITNESS_TRANSLATION };

enum guest_list { GUEST_LIST_TASKS, GUEST_LIST_RUN_QUEUE, GUEST_LIST_MODULES };

/* How far a VM's registers can be believed at this moment. */
enum vm_presence {
  VM_UNKNOWN,   /* never seen */
  VM_ELSEWHERE, /* another CPU runs it: what it changes may be half done */
  VM_AWAY,      /* this CPU runs it, but not now: its registers are those seen last */
  VM_IN_KERNEL, /* interrupted at EL1 */
  VM_IN_PROCESS /* interrupted at EL0 */
};

struct agent_vm {
  uint32_t vmid;
  uint16_t presence; /* enum vm_presence */
  uint16_t cpu;      /* that ran it last */
  uint64_t vttbr;
  uint64_t vtcr;
  uint64_t sctlr;
  uint64_t ttbr0;
  uint64_t ttbr1;
  uint64_t tcr;
  uint64_t vbar;
  /* What its boot code chose, where EL3 saw it (HCR_EL2.TVM); chosen = 0: not known. */
  uint64_t chosen;
  uint64_t chosen_ttbr1;
  uint64_t chosen_tcr;
};

struct agent_finding {
  uint32_t kind; /* enum agent_finding_kind */
  uint32_t vmid;
  uint64_t a;
  uint64_t b;
};

struct agent_exchange {
  uint32_t command; /* enum agent_command */
  uint32_t kernels;
  uint32_t vm; /* AGENT_SWITCH: index into vms */
  uint32_t findings;
  uint64_t argument;
  struct {
    uint64_t image; /* in ROM */
    uint64_t size;
  } kernel[TVMI_MAX_KERNELS];
  struct agent_vm vms[TVMI_MAX_VMS];
  struct agent_finding finding[TVMI_MAX_FINDINGS];
  /* Totals since boot. */
  uint64_t walk_references;
  uint64_t bytes_compared;
  uint64_t tasks_seen;
};
#endif

#endif
