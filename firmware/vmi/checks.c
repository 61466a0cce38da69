#include <vmi/checks.h>

#include <rw/layout.h>
#include <rw/string.h>
#include <rw/sysreg.h>

void vmi_add(const struct vmi_check *check, enum vmi_finding_kind kind, uint64_t a, uint64_t b) {
  struct vmi_findings *findings = check->findings;
  if (findings->count == VMI_MAX_FINDINGS) return;
  findings->finding[findings->count++] = (struct vmi_finding){kind, check->guest->vmid, a, b};
}

/* Byte for byte, which a hash could only repeat: the reference is at hand. The vectors are part of it. */
static void check_text(const struct vmi_check *check) {
  static uint8_t buffer[RW_PAGE_SIZE] __attribute__((aligned(sizeof(uint64_t))));
  const struct rw_guest_layout *layout = &check->kernel->layout;
  for (uint64_t va = layout->text_start; va < layout->text_end;) {
    uint64_t size = RW_PAGE_SIZE - (va & (RW_PAGE_SIZE - 1));
    if (size > layout->text_end - va) size = layout->text_end - va;
    const uint8_t *live = check->memory->bytes(check->memory, va, size, buffer);
    const uint8_t *built = vmi_kernel_at(check->kernel, va, size);
    check->findings->bytes_compared += size;
    if (live == NULL || memcmp(live, built, size) != 0) {
      uint64_t same = 0;
      while (live != NULL && same < size && live[same] == built[same]) same++;
      vmi_add(check, VMI_TEXT, va - layout->image_start + same, 0);
      return;
    }
    va += size;
  }
}

/* Equal to the built table, whose entries all lead into the text (vmi_kernel_open). */
static void check_syscall_table(const struct vmi_check *check) {
  const struct rw_guest_layout *layout = &check->kernel->layout;
  const uint64_t bytes = layout->syscall_count * sizeof(uint64_t);
  const uint64_t *built = (const uint64_t *)vmi_kernel_at(check->kernel, layout->syscall_table, bytes);
  check->findings->bytes_compared += bytes;
  for (uint64_t i = 0; i < layout->syscall_count; i++) {
    uint64_t handler = 0;
    if (vmi_read64(check->memory, layout->syscall_table + i * sizeof handler, &handler) && handler == built[i]) continue;
    vmi_add(check, VMI_SYSCALL_TABLE, i, handler);
    return;
  }
}

static void check_registers(const struct vmi_check *check) {
  const struct vmi_guest *guest = check->guest;
  const struct vmi_past *past = check->past;
  const uint64_t vectors = check->kernel->layout.vectors;
  if (guest->ttbr1 != past->ttbr1) vmi_add(check, VMI_TRANSLATION, guest->ttbr1, past->ttbr1);
  if (guest->tcr != past->tcr) vmi_add(check, VMI_TRANSLATION, guest->tcr, past->tcr);
  if (guest->mair != past->mair) vmi_add(check, VMI_TRANSLATION, guest->mair, past->mair);
  if (guest->vbar != vectors) vmi_add(check, VMI_VBAR, guest->vbar, vectors);
}

bool vmi_is_up(const struct vmi_check *check) {
  const struct vmi_guest *guest = check->guest;
  const struct rw_guest_layout *layout = &check->kernel->layout;
  struct vmi_past *past = check->past;
  uint64_t current;
  if (past->up) return true;
  if ((guest->sctlr & SCTLR_M) == 0 || guest->vbar != layout->vectors) return false;
  if (!vmi_read64(check->memory, layout->current, &current) || current == 0) return false;
  past->up = true;
  past->ttbr1 = guest->chosen ? guest->chosen_ttbr1 : guest->ttbr1;
  past->tcr = guest->chosen ? guest->chosen_tcr : guest->tcr;
  past->mair = guest->chosen ? guest->chosen_mair : guest->mair;
  return true;
}

void vmi_check_guest(const struct vmi_check *check) {
  if (!vmi_is_up(check)) return;
  if ((check->guest->sctlr & SCTLR_M) == 0) {
    vmi_add(check, VMI_MMU_OFF, check->guest->sctlr, 0);
    return;
  }
  check_registers(check);
  check_text(check);
  check_syscall_table(check);
  vmi_check_processes(check);
  vmi_check_process_text(check);
  vmi_check_modules(check);
}
