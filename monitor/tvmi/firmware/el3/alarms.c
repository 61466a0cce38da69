/* Alarms: what the agent found, and what EL3 refuses, as reports. */
#include "tvmi.h"

#include <stdarg.h>
#include <stddef.h>

/* Per kind: the alarm, and how its two numbers are called. */
static const struct {
  const char *alarm;
  const char *a;
  const char *b; /* NULL: has no meaning */
} FINDINGS[FINDING_KINDS] = {
    [FINDING_TRANSLATION] = {"guest.translation", "value", "expected"},
    [FINDING_MMU_OFF] = {"guest.mmu", "sctlr", NULL},
    [FINDING_VBAR] = {"guest.vbar", "value", "expected"},
    [FINDING_SYSCALL_TABLE] = {"guest.syscall-table", "entry", "value"},
    [FINDING_TEXT] = {"guest.text", "offset", NULL},
    [FINDING_TASK_HIDDEN] = {"guest.task-hidden", "pid", "witness"},
    [FINDING_STRUCTURE] = {"guest.structure", "list", "steps"},
    [FINDING_TABLE_UNKNOWN] = {"guest.table-unknown", "ttbr0", NULL},
};

/*
 * A finding that stands is seen again at every poll and every event. It is reported when it is new:
 * not among the last ones, or gone for a while and back.
 */
#define REMEMBERED 16
#define POLLS_UNTIL_GONE 64

static struct {
  uint64_t a;
  uint64_t poll; /* when it was seen last, plus one; 0: no entry */
  uint32_t kind;
  uint32_t vmid;
} remembered[REMEMBERED];

bool finding_is_new(uint32_t kind, uint32_t vmid, uint64_t a) {
  const uint64_t now = poll_count() + 1;
  unsigned oldest = 0;
  for (unsigned i = 0; i < REMEMBERED; i++) {
    if (remembered[i].poll < remembered[oldest].poll) oldest = i;
    if (remembered[i].poll == 0 || remembered[i].kind != kind || remembered[i].vmid != vmid || remembered[i].a != a) continue;
    const bool gone = now - remembered[i].poll > POLLS_UNTIL_GONE;
    remembered[i].poll = now;
    return gone;
  }
  remembered[oldest].kind = kind;
  remembered[oldest].vmid = vmid;
  remembered[oldest].a = a;
  remembered[oldest].poll = now;
  return true;
}

static void report_finding(const struct agent_finding *finding) {
  const char *a = FINDINGS[finding->kind].a, *b = FINDINGS[finding->kind].b;
  const char *alarm = FINDINGS[finding->kind].alarm;
  if (b == NULL) {
    report("agent", alarm, ",vm=%x,%s=%lx", finding->vmid, a, finding->a);
  } else {
    report("agent", alarm, ",vm=%x,%s=%lx,%s=%lx", finding->vmid, a, finding->a, b, finding->b);
  }
}

void report_findings(struct finding_count *count) {
  /* The exchange is the agent's: believe no count and no kind. */
  const uint32_t found = exchange->findings < TVMI_MAX_FINDINGS ? exchange->findings : TVMI_MAX_FINDINGS;
  for (uint32_t i = 0; i < found; i++) {
    const struct agent_finding finding = exchange->finding[i];
    if (finding.kind >= FINDING_KINDS) continue;
    count->standing++;
    if (!finding_is_new(finding.kind, finding.vmid, finding.a)) continue;
    count->reported++;
    report_finding(&finding);
  }
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
