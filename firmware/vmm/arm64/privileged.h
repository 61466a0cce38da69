/*
 * The writes by which EL2 rules itself and its guests. In the plain build they are what the
 * architecture offers; in the build for tvmi (RW_SMC_REWRITE) each is a secure call, and the binary
 * holds no such MSR at all (EL3 looks for them).
 *
 * A write that the monitor refuses ends the VMM: it asks for nothing that should be refused.
 */
#ifndef VMM_ARM64_PRIVILEGED_H
#define VMM_ARM64_PRIVILEGED_H

#include <rw/sysreg.h>
#include <rw/tvmi_smc.h>
#include <vmm/vmm.h>

static inline void privileged_check(int64_t status) {
  if (status != RW_TVMI_OK) vmm_stop("the monitor refused a privileged write");
}

#ifdef RW_SMC_REWRITE

/* privileged_write(HCR, value): HCR_EL2 = value. */
#define privileged_write(name, value) privileged_check(rw_smc(RW_SMC_EL2_WRITE, RW_EL2_##name, (uint64_t)(value), 0))
static inline int privileged_stage1_store(uint64_t slot, uint64_t descriptor) {
  return (int)rw_smc(RW_SMC_STAGE1_STORE, slot, descriptor, 0);
}
static inline int privileged_stage2_store(uint64_t slot, uint64_t descriptor) {
  return (int)rw_smc(RW_SMC_STAGE2_STORE, slot, descriptor, 0);
}
/* `frame` becomes the root of the tables of `vmid`. */
static inline void privileged_stage2_create(uint64_t frame, uint64_t vmid) {
  privileged_check(rw_smc(RW_SMC_STAGE2_CREATE, frame, vmid, 0));
}
/* `frame` may be mapped by `vmid` too. */
static inline int privileged_stage2_share(uint64_t frame, uint64_t vmid) {
  return (int)rw_smc(RW_SMC_STAGE2_SHARE, frame, vmid, 0);
}
/* A guest's write of an EL1 register that HCR_EL2.TVM trapped. */
#define privileged_trapped_write(name, value) rw_smc(RW_SMC_TRAPPED_WRITE, RW_EL1_##name, (value), 0)

#else

#define privileged_write(name, value) write_sysreg(name##_EL2, value)
static inline int privileged_store(uint64_t slot, uint64_t descriptor) {
  *(volatile uint64_t *)slot = descriptor;
  return 0;
}
static inline int privileged_stage1_store(uint64_t slot, uint64_t descriptor) {
  return privileged_store(slot, descriptor);
}
static inline int privileged_stage2_store(uint64_t slot, uint64_t descriptor) {
  return privileged_store(slot, descriptor);
}
static inline void privileged_stage2_create(uint64_t frame, uint64_t vmid) {
  (void)frame;
  (void)vmid;
}
static inline int privileged_stage2_share(uint64_t frame, uint64_t vmid) {
  (void)frame;
  (void)vmid;
  return 0;
}
#define privileged_trapped_write(name, value) \
  ({                                          \
    write_sysreg(name##_EL1, (value));        \
    0;                                        \
  })

#endif

#endif
