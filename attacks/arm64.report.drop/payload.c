/* Alters guest 0's kernel, so that there is something to report and to conceal. Runs at EL2. */
#include "../include/guest_text.h"

RW_MODULE_ENTRY int module_entry(const struct rw_vmm_api *api) { return alter_guest_text(api); }
