/* What an introspection can find in a guest, and how a report names it. */
#ifndef VMI_FINDINGS_H
#define VMI_FINDINGS_H

#include <stdbool.h>
#include <stdint.h>

/* `a` and `b` per kind as said here. */
enum vmi_finding_kind {
  VMI_TRANSLATION,   /* a = the live value, b = the expected one (TTBR1_EL1, TCR_EL1 or MAIR_EL1) */
  VMI_MMU_OFF,       /* a = SCTLR_EL1 */
  VMI_VBAR,          /* a = live, b = built */
  VMI_SYSCALL_TABLE, /* a = entry, b = its value */
  VMI_TEXT,          /* a = offset of the first difference in the kernel image */
  VMI_TASK_HIDDEN,   /* a = pid, b = enum vmi_witness */
  VMI_STRUCTURE,     /* a = enum vmi_list, b = elements followed before it broke */
  VMI_TABLE_UNKNOWN, /* a = TTBR0_EL1 that belongs to no task of the list */
  VMI_MODULE_HIDDEN, /* a = address that the kernel can execute, of neither its text nor a module of the list */
  VMI_PROCESS_TEXT,  /* a = pid, b = address in the process's text */
  VMI_FINDING_KINDS
};

/* What showed a task that the list does not hold. */
enum vmi_witness { VMI_WITNESS_RUN_QUEUE, VMI_WITNESS_CURRENT };

enum vmi_list { VMI_LIST_TASKS, VMI_LIST_RUN_QUEUE, VMI_LIST_MODULES, VMI_LIST_TABLES };

struct vmi_finding {
  uint32_t kind; /* enum vmi_finding_kind */
  uint32_t vmid;
  uint64_t a;
  uint64_t b;
};

#define VMI_MAX_FINDINGS 8

/* What one round of checks found, and what all of them have looked at. */
struct vmi_findings {
  uint32_t count;
  uint32_t unused;
  struct vmi_finding finding[VMI_MAX_FINDINGS];
  /* Totals since the start. */
  uint64_t bytes_compared;
  uint64_t tasks_seen;
};

/* How a finding is reported: the alarm, and the names of its two numbers. */
struct vmi_finding_text {
  const char *alarm;
  const char *a;
  const char *b; /* NULL: has no meaning */
};
extern const struct vmi_finding_text vmi_finding_texts[VMI_FINDING_KINDS];

/*
 * A finding that stands is seen again in every round. It is new where it is not among the last ones,
 * or was gone for a while and is back.
 */
#define VMI_REMEMBERED 16
#define VMI_ROUNDS_UNTIL_GONE 64

struct vmi_remembered {
  struct {
    uint64_t a;
    uint64_t round; /* when it was seen last, plus one; 0: no entry */
    uint32_t kind;
    uint32_t vmid;
  } entry[VMI_REMEMBERED];
};

/* Whether a finding is new in this round; remembers it. Kinds from VMI_FINDING_KINDS on are the caller's own. */
bool vmi_is_new(struct vmi_remembered *remembered, uint64_t round, uint32_t kind, uint32_t vmid, uint64_t a);

#endif
