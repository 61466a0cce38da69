/* Alarms: what the agent found, and what EL3 refuses, as reports. */
#include "tvmi.h"

#include <stdarg.h>

/* Per kind: the alarm, and how its two numbers are called. */
static const struct {
  const char *alarm;
  const char *a;
  const char *b;
} FINDINGS[FINDING_KINDS] = {
    [FINDING_TRANSLATION] = {"guest.translation", "value", "expected"},
    [FINDING_MMU_OFF] = {"guest.mmu", "sctlr", "b"},
    [FINDING_VBAR] = {"guest.vbar", "value", "expected"},
    [FINDING_SYSCALL_TABLE] = {"guest.syscall-table", "entry", "value"},
    [FINDING_TEXT] = {"guest.text", "offset", "b"},
    [FINDING_TASK_HIDDEN] = {"guest.task-hidden", "pid", "witness"},
    [FINDING_STRUCTURE] = {"guest.structure", "list", "steps"},
    [FINDING_TABLE_UNKNOWN] = {"guest.table-unknown", "ttbr0", "b"},
};

uint32_t report_findings(void) {
  /* The exchange is the agent's: believe no count and no kind. */
  const uint32_t count = exchange->findings < TVMI_MAX_FINDINGS ? exchange->findings : TVMI_MAX_FINDINGS;
  for (uint32_t i = 0; i < count; i++) {
    const struct agent_finding finding = exchange->finding[i];
    if (finding.kind >= FINDING_KINDS) continue;
    report("agent", FINDINGS[finding.kind].alarm, ",vm=%x,%s=%lx,%s=%lx", finding.vmid, FINDINGS[finding.kind].a,
           finding.a, FINDINGS[finding.kind].b, finding.b);
  }
  return count;
}

static uint64_t denied;

int64_t deny(const char *alarm, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  report_list("el3", alarm, format, arguments);
  va_end(arguments);
  denied++;
  return RW_TVMI_DENIED;
}

uint64_t denials(void) { return denied; }
