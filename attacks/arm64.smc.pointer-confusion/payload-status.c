/*
 * Asks the monitor for its status, to be written to an address that lies in the agent's code: the
 * monitor damages its own memory. Runs at EL2.
 */
#include "agent.h"

#include <rw/tvmi_smc.h>

/* Code of the agent that runs at its start alone: damage there goes unnoticed. */
#define TARGET (RW_SECURE_CARVE_OUT + 0x10)

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) {
  const int64_t answer = rw_smc(RW_SMC_STATUS, TARGET, sizeof(struct rw_tvmi_status), 0);
  return answer == RW_TVMI_UNKNOWN ? store_directly(api) : (int)answer;
}
