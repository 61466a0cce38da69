/* Guest writes that HCR_EL2.TVM traps: decided and performed by the monitor under tvmi. */
#include "exceptions.h"
#include "privileged.h"

/* ISS of a trapped MSR or MRS (D13.2.37): Op0, Op2, Op1, CRn, Rt, CRm, direction (1 = read). */
#define ISS_RT(iss) (((iss) >> 5) & 0x1f)
#define ISS_READ RW_BIT(0)
#define ISS_REGISTER_MASK 0x3ffc1eull
#define ISS_REGISTER(op0, op1, crn, crm, op2) \
  ((uint64_t)(op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)
#define ZERO_REGISTER 31

/* Every register that TVM traps: its encoding and its name. */
#define TRAPPED_REGISTERS(X)                                                                        \
  X(SCTLR, 3, 0, 1, 0, 0)                                                                           \
  X(TTBR0, 3, 0, 2, 0, 0)                                                                           \
  X(TTBR1, 3, 0, 2, 0, 1)                                                                           \
  X(TCR, 3, 0, 2, 0, 2)                                                                             \
  X(AFSR0, 3, 0, 5, 1, 0)                                                                           \
  X(AFSR1, 3, 0, 5, 1, 1)                                                                           \
  X(ESR, 3, 0, 5, 2, 0)                                                                             \
  X(FAR, 3, 0, 6, 0, 0)                                                                             \
  X(MAIR, 3, 0, 10, 2, 0)                                                                           \
  X(AMAIR, 3, 0, 10, 3, 0)                                                                          \
  X(CONTEXTIDR, 3, 0, 13, 0, 1)

/* 0, a refusal, or 1 where it is none of these registers. */
static int64_t perform(uint64_t which, uint64_t value) {
  switch (which) {
#define PERFORM(name, op0, op1, crn, crm, op2)  \
  case ISS_REGISTER(op0, op1, crn, crm, op2):   \
    return privileged_trapped_write(name, value);
    TRAPPED_REGISTERS(PERFORM)
  }
  return 1;
}

/* A refused write is dropped: the guest goes on with the register's old value. */
void trapped_register(struct vmm_frame *frame, uint64_t esr) {
  const uint64_t iss = ESR_ISS(esr);
  const unsigned source = ISS_RT(iss);
  const uint64_t value = source == ZERO_REGISTER ? 0 : frame->x[source];
  struct vmm_guest *guest = arch_cpu()->current;
  if ((iss & ISS_READ) != 0 || perform(iss & ISS_REGISTER_MASK, value) > 0) {
    vmm_print("vmm: guest %u: trapped register access %lx that nothing handles\n", guest->number, iss);
    guest_shutdown(frame, "failed", ESR_EC(esr));
    return;
  }
  exception_skip(frame);
}
