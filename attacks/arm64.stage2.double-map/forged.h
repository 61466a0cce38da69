/* What the attack wants in guest 1's stage 2: a block of guest 0's RAM. */
#ifndef ATTACK_FORGED_H
#define ATTACK_FORGED_H

#include <rw/page_table.h>
#include <rw/vmm_api.h>

#define L1_INDEX(ipa) ((ipa) >> 30)
#define L2_INDEX(ipa) (((ipa) >> 21) & (PT_ENTRIES - 1))
/* An IPA that guest 1 does not use. */
#define HIDDEN_IPA 0x41200000ull
#define STAGE2_BLOCK (PT_S2_NORMAL | PT_S2_READ | PT_S2_WRITE | PT_ACCESS_FLAG | PT_VALID)

/* The entry of guest 1's level 2 table. */
static inline uint64_t *forged_slot(const struct rw_vmm_api *api) {
  const uint64_t *root = (const uint64_t *)api->guests[1].stage2_root;
  return (uint64_t *)(root[L1_INDEX(HIDDEN_IPA)] & PT_ADDRESS) + L2_INDEX(HIDDEN_IPA);
}

static inline uint64_t forged_entry(const struct rw_vmm_api *api) { return api->guests[0].ram | STAGE2_BLOCK; }

#endif
