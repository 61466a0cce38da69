/* Alarms: what the agent found, and what EL3 refuses, as reports. */
#include "tvmi.h"

#include <stdarg.h>
#include <stddef.h>

static struct vmi_remembered remembered;

bool finding_is_new(uint32_t kind, uint32_t vmid, uint64_t a) {
  return vmi_is_new(&remembered, poll_count(), kind, vmid, a);
}

static void report_finding(const struct vmi_finding *finding) {
  const struct vmi_finding_text *text = &vmi_finding_texts[finding->kind];
  if (text->b == NULL) {
    report("agent", text->alarm, ",vm=%x,%s=%lx", finding->vmid, text->a, finding->a);
  } else {
    report("agent", text->alarm, ",vm=%x,%s=%lx,%s=%lx", finding->vmid, text->a, finding->a, text->b, finding->b);
  }
}

void report_findings(struct finding_count *count) {
  /* The exchange is the agent's: believe no count and no kind. */
  const uint32_t found = exchange->findings.count < VMI_MAX_FINDINGS ? exchange->findings.count : VMI_MAX_FINDINGS;
  for (uint32_t i = 0; i < found; i++) {
    const struct vmi_finding finding = exchange->findings.finding[i];
    if (finding.kind >= VMI_FINDING_KINDS) continue;
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
