/* What the VMM's core asks of the instruction set. */
#ifndef VMM_ARCH_H
#define VMM_ARCH_H

#include <rw/hypercall.h>
#include <rw/page_table.h>

#include <stddef.h>
#include <stdint.h>

struct vmm_guest;
struct vmm_frame;
struct vmm_cpu;
struct vmm_mmio;
enum rw_vmm_map;

/* EL1 state that a world switch saves and loads; the list is in arm64/switch.c. */
#define ARCH_EL1_REGISTERS 23
/* Interrupts that a guest can get, one list register each. */
enum arch_virq { ARCH_VIRQ_TIMER, ARCH_VIRQ_EVENT, ARCH_VIRQS };

struct arch_guest {
  uint64_t el1[ARCH_EL1_REGISTERS];
  uint64_t virtual_count; /* CNTVCT_EL0 when it last ran: its time stands still while it does not */
  uint64_t timer_control;
  uint64_t timer_compare;
  uint32_t list_registers[ARCH_VIRQS];
  uint32_t gich_vmcr;
  uint32_t gich_apr;
  uint32_t virq_enabled; /* bit per enum arch_virq, by the emulated distributor */
  uint32_t virq_pending; /* raised while not enabled, or from another CPU */
  uint64_t vttbr;
  struct page_table stage2;
};

/* --- Address space of EL2 (arm64/stage1.c) --- */
void arch_address_space_init(void);
int arch_map(uint64_t va, uint64_t pa, uint64_t size, enum rw_vmm_map kind);
/* Makes a module's slot executable: code and data as rw/layout.h says. 0, or it was refused. */
int arch_module_map(uint64_t base, uint64_t code_bytes);

/* --- Guests' memory (arm64/stage2.c) --- */
void arch_stage2_init(struct vmm_guest *guest);
int arch_stage2_map(struct vmm_guest *guest, uint64_t ipa, uint64_t pa, uint64_t size);
/* Another frame behind a mapped page, with TLB maintenance. */
int arch_stage2_replace(struct vmm_guest *guest, uint64_t ipa, uint64_t pa);
int arch_stage2_share(struct vmm_guest *guest, uint64_t ipa, struct vmm_guest *peer, uint64_t peer_ipa);
/* Physical address, or ~0. */
uint64_t arch_stage2_translate(const struct vmm_guest *guest, uint64_t ipa);
void arch_stage2_on(void);

/* --- CPUs, time, interrupts --- */
struct vmm_cpu *arch_cpu(void);
/* On each CPU, once its address space is on. */
void arch_cpu_init(struct vmm_cpu *cpu);
/* Brings another CPU up; it comes out at vmm_secondary_main(cpu). */
void arch_secondary_start(unsigned cpu);
void arch_secondary_init(void);
/* Waits until another CPU has called arch_signal. */
void arch_wait_signal(void);
void arch_signal(void);
void arch_guest_init(struct vmm_guest *guest);
/* Saves the current guest's state from `frame` and the CPU, loads `next`. */
void arch_switch(struct vmm_frame *frame, struct vmm_guest *next);
/* What a guest's translation and exceptions hang on, live or as saved. Only for guests of this CPU. */
struct arch_translation {
  uint64_t sctlr;
  uint64_t ttbr0;
  uint64_t ttbr1;
  uint64_t tcr;
  uint64_t mair;
  uint64_t vbar;
};
void arch_guest_translation(const struct vmm_guest *guest, struct arch_translation *registers);
/* The CPU has no guest any more. */
void arch_guest_leave(void);
/* Whether a guest may choose this PSTATE for itself. */
bool arch_guest_may_enter(uint64_t pstate);
/* Enters the CPU's current guest for the first time. */
_Noreturn void arch_enter(const struct vmm_frame *frame);
void arch_timer_init(void);
void arch_timer_rearm(void);
/* Waits for an interrupt with the current guest's own timer running. */
void arch_idle(void);
void arch_raise(struct vmm_guest *guest, enum arch_virq virq);
/* A guest's access to its interrupt controller's distributor. */
void arch_interrupt_controller_access(struct vmm_guest *guest, struct vmm_mmio *access);
/* True where the guest has an interrupt to take. */
bool arch_interrupt_waits(const struct vmm_guest *guest);
/* Runs a module's entry; ARCH_ABORTED where it took an abort. */
#define ARCH_ABORTED 0x40000000
int arch_guarded_call(uint64_t entry, const void *argument);
_Noreturn void arch_power_off(void);
_Noreturn void arch_idle_forever(void);

#endif
