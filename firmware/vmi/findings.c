#include <vmi/findings.h>

#include <stddef.h>

const struct vmi_finding_text vmi_finding_texts[VMI_FINDING_KINDS] = {
    [VMI_TRANSLATION] = {"guest.translation", "value", "expected"},
    [VMI_MMU_OFF] = {"guest.mmu", "sctlr", NULL},
    [VMI_VBAR] = {"guest.vbar", "value", "expected"},
    [VMI_SYSCALL_TABLE] = {"guest.syscall-table", "entry", "value"},
    [VMI_TEXT] = {"guest.text", "offset", NULL},
    [VMI_TASK_HIDDEN] = {"guest.task-hidden", "pid", "witness"},
    [VMI_STRUCTURE] = {"guest.structure", "list", "steps"},
    [VMI_TABLE_UNKNOWN] = {"guest.table-unknown", "ttbr0", NULL},
    [VMI_MODULE_HIDDEN] = {"guest.module-hidden", "address", NULL},
    [VMI_PROCESS_TEXT] = {"guest.process-text", "pid", "address"},
};
