/* Stage 2 faults: memory that is mapped on demand, emulated devices, and accesses to nothing. */
#include "exceptions.h"

#include <rw/sysreg.h>

/* HPFAR_EL2.FIPA: bits 47:12 of the address, from bit 4 on. */
#define HPFAR_IPA(hpfar) (((hpfar) & 0xfffffffff0ull) << 8)
#define PAGE_OFFSET (RW_PAGE_SIZE - 1)
#define ZERO_REGISTER 31

static uint64_t sign_extend(uint64_t value, unsigned bytes, bool to_64) {
  const unsigned shift = 64 - 8 * bytes;
  const uint64_t extended = (uint64_t)((int64_t)(value << shift) >> shift);
  return to_64 ? extended : (uint32_t)extended;
}

/* Carries out a load or store that the syndrome describes (ISS.ISV); false where it does not, or no device is there. */
static bool emulate(struct vmm_frame *frame, struct vmm_guest *guest, uint64_t ipa, uint64_t iss) {
  if ((iss & ISS_ISV) == 0) return false;
  const unsigned target = ISS_SRT(iss);
  struct vmm_mmio access = {.size = 1u << ISS_SAS(iss), .write = (iss & ISS_WNR) != 0};
  if (access.write && target != ZERO_REGISTER) {
    access.value = frame->x[target];
    if (access.size < 8) access.value &= (1ull << 8 * access.size) - 1;
  }
  if (!mmio_access(guest, ipa, &access)) return false;
  if (!access.write && target != ZERO_REGISTER) {
    const bool sign = (iss & ISS_SSE) != 0;
    frame->x[target] = sign ? sign_extend(access.value, access.size, (iss & ISS_SF) != 0) : access.value;
  }
  exception_skip(frame);
  return true;
}

void stage2_abort(struct vmm_frame *frame, uint64_t esr) {
  struct vmm_guest *guest = arch_cpu()->current;
  const uint64_t iss = ESR_ISS(esr);
  const bool data = ESR_EC(esr) == EC_DATA_ABORT_LOWER;
  const uint64_t ipa = HPFAR_IPA(read_sysreg(HPFAR_EL2)) | (read_sysreg(FAR_EL2) & PAGE_OFFSET);
  if (DFSC_TYPE(ISS_DFSC(iss)) == DFSC_TRANSLATION) {
    if (memory_demand(guest, ipa & ~(uint64_t)PAGE_OFFSET)) return;
    if (data && (iss & ISS_S1PTW) == 0 && emulate(frame, guest, ipa, iss)) return;
  }
  vmm_print("vmm: guest %u: access to IPA %lx, where nothing is\n", guest->number, ipa);
  guest_shutdown(frame, "failed", ESR_EC(esr));
}
