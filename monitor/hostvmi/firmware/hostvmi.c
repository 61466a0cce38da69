/*
 * hostvmi: conventional introspection, in the VMM's own memory and at its own privilege. From time to
 * time it compares each guest with the kernel that was loaded, and prints what differs. It trusts the
 * VMM's code, the VMM's read service, its own reference and its own notes; an attacker at EL2 owns
 * them all.
 *
 * It takes the place of introspect/ in its build of the VMM.
 */
#include "reader.h"

#include <rw/bundle.h>
#include <rw/string.h>
#include <rw/sysreg.h>
#include <vmi/checks.h>

#define REFERENCE_BYTES 0x20000
#define CHECK __attribute__((noinline, section(".check")))
/* SPSR_EL2.M: a guest that was interrupted at EL0 */
#define SPSR_M 0xf

static struct watched {
  struct vmi_kernel kernel;
  struct vmi_past past;
  struct vmi_view view;
  bool known; /* its kernel has a layout table */
  uint8_t reference[REFERENCE_BYTES] __attribute__((aligned(RW_PAGE_SIZE)));
} watched[RW_GUESTS];

static struct vmi_findings findings;
static struct vmi_remembered remembered;
static uint64_t rounds;
/* Count at which a CPU's next round is due. */
static uint64_t due[RW_MAX_CPUS];

static void report(const struct vmi_finding *finding) {
  const struct vmi_finding_text *text = &vmi_finding_texts[finding->kind];
  vmm_print("hostvmi: alarm %s guest=%x,%s=%lx", text->alarm, finding->vmid, text->a, finding->a);
  if (text->b != NULL) vmm_print(",%s=%lx", text->b, finding->b);
  vmm_print("\n");
}

/* The decision: whether this guest is what it was. What is wrong with it is said once. */
CHECK static bool guest_sound(unsigned number, const struct vmm_frame *frame) {
  struct watched *watch = &watched[number];
  struct arch_translation registers;
  arch_guest_translation(&vmm_guests[number], &registers);
  const struct vmi_guest guest = {
      .vmid = number,
      .presence = (frame->spsr & SPSR_M) == SPSR_M_EL0T ? VMI_IN_PROCESS : VMI_IN_KERNEL,
      .sctlr = registers.sctlr,
      .ttbr0 = registers.ttbr0,
      .ttbr1 = registers.ttbr1,
      .tcr = registers.tcr,
      .mair = registers.mair,
      .vbar = registers.vbar,
  };
  struct reader reader;
  reader_open(&reader, number);
  const struct vmi_check check = {&guest, &watch->kernel, &reader.interface, &watch->past, &watch->view, &findings};
  findings.count = 0;
  vmi_check_guest(&check);
  for (uint32_t i = 0; i < findings.count; i++) {
    const struct vmi_finding *finding = &findings.finding[i];
    if (vmi_is_new(&remembered, rounds, finding->kind, finding->vmid, finding->a)) report(finding);
  }
  return findings.count == 0;
}

/* A guest before its first instruction is what it should stay: it comes from the ROM, and nothing has run yet. */
static void take_reference(unsigned number, const struct rw_bundle_entry *entry) {
  struct watched *watch = &watched[number];
  if (entry->size > REFERENCE_BYTES) return;
  memcpy(watch->reference, (const void *)entry->load, entry->size);
  watch->known = vmi_kernel_open(&watch->kernel, watch->reference, entry->size);
}

void introspect_init(void) {
  const struct rw_bundle *directory = (const struct rw_bundle *)RW_DIRECTORY_COPY;
  const struct rw_bundle_entry *entry = NULL;
  for (unsigned number = 0; number < RW_GUESTS; number++) {
    entry = rw_bundle_next(directory, RW_BUNDLE_GUEST_KERNEL, entry);
    if (entry == NULL) break;
    take_reference(number, entry);
    vmm_print("hostvmi: %s guest %u\n", watched[number].known ? "watches" : "cannot introspect", number);
  }
}

/* On each timer tick of a CPU: its own guests stand still now, so their lists are whole. */
void introspect_tick(const struct vmm_frame *frame) {
  const struct vmm_cpu *cpu = arch_cpu();
  if (read_sysreg(CNTPCT_EL0) < due[cpu->number]) return;
  rounds++;
  for (unsigned number = 0; number < RW_GUESTS; number++) {
    const struct vmm_guest *guest = &vmm_guests[number];
    if (!watched[number].known || !guest->running || guest->cpu != cpu->number) continue;
    guest_sound(number, guest == cpu->current ? frame : &guest->frame);
  }
  /* From the round's end, so that the guests get a period between two, however long one takes. */
  due[cpu->number] = read_sysreg(CNTPCT_EL0) + vmm_config->secure_timer_period;
}

void introspect_report(void) { vmm_print("hostvmi: end\n"); }
