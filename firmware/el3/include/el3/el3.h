/*
 * EL3 firmware: what the shared start-up offers, and the hooks that each image (el3-plain here,
 * el3-tvmi under monitor/tvmi) implements.
 *
 * All EL3 code runs with interrupts masked, on a stack of its own per CPU, with its MMU on: ROM
 * read-only and executable, secure RAM and devices secure, normal RAM as non-secure memory, the
 * carve-out (RW_SECURE_CARVE_OUT) as secure memory.
 */
#ifndef EL3_EL3_H
#define EL3_EL3_H

#include <rw/bundle.h>
#include <rw/config.h>
#include <rw/gicv2.h>
#include <rw/layout.h>

#include <stdbool.h>
#include <stdint.h>

/* The interrupted level's registers; vectors.S knows the layout. Restored on the way back. */
struct el3_context {
  uint64_t x[31];
  uint64_t elr;  /* ELR_EL3 */
  uint64_t spsr; /* SPSR_EL3 */
  uint64_t scr;  /* SCR_EL3: a hook that changes the world changes it here */
};

/* What the start-up found. Complete before el3_platform_init, what comes from flash apart. */
struct el3_boot {
  const void *device_tree;
  bool has_tzc; /* the device tree names an "arm,tzc-400" */
  /* In flash; complete before el3_configured. */
  const struct rw_bundle *bundle;
  const struct rw_config *config;
};
extern struct el3_boot el3_boot;

extern const struct gicv2 el3_gic;

/* --- Hooks of an image ------------------------------------------------------------------------- */

/* Name that the first console line shows: "plain", "tvmi". */
extern const char el3_name[];
/* Once, on CPU 0, after the GIC is set up and before anything in flash is looked at. */
void el3_platform_init(void);
/* Before any field of the directory is believed: 0 = go on, else boot stops. `size` covers all its entries. */
int el3_measure_directory(const struct rw_bundle *directory, uint64_t size);
/* Before anything of a payload is used: 0 = go on, else boot stops. `bytes` is the payload in flash. */
int el3_measure(const struct rw_bundle_entry *entry, const uint8_t *bytes);
/* The run configuration is known and nothing is loaded yet. */
void el3_configured(void);
/* After all payloads stand in memory, just before EL2 is entered on CPU 0. */
void el3_images_loaded(void);
/* On each secondary CPU that PSCI brings up, before it enters EL2. */
void el3_secondary_init(unsigned cpu);
/* Whether PSCI may bring a CPU up at `entry` now: code that starts there runs at EL2 with its MMU off. */
bool el3_may_start(uint64_t entry);
/* An SMC: from the normal world if it is no PSCI call, from the secure world always. Result in x[0]. */
void el3_smc(struct el3_context *context);
/* Another synchronous exception from a lower level. Must make it go away or call el3_stop. */
void el3_trap(struct el3_context *context, uint64_t esr);
/* A group 0 interrupt, taken from any lower level; the caller ends it at the GIC afterwards. */
void el3_fiq(struct el3_context *context, unsigned interrupt);
/* Before power goes off or the machine resets, whoever asked. */
void el3_platform_exit(void);

/* --- What the start-up offers ------------------------------------------------------------------ */

/* One line or part of one on UART 0; begin lines with "el3: ". */
void el3_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Prints why, calls el3_platform_exit, powers off. */
_Noreturn void el3_stop(const char *why);
/* `stage` is not what it should be: says so and powers off. */
_Noreturn void el3_refuse_boot(const char *stage);
_Noreturn void el3_power_off(void);
_Noreturn void el3_reset(void);
/* This CPU's number: MPIDR_EL1.Aff0. */
unsigned el3_cpu(void);
/* Whether a CPU is on by PSCI: it runs the normal world, or is on its way between there and EL3. */
bool psci_is_on(unsigned cpu);
/* Maps more into EL3's address space, one to one: `attributes` of rw/page_table.h. 0 or negative. */
int el3_map(uint64_t address, uint64_t size, uint64_t attributes);
/* From the page after EL3's own .bss to the end of secure RAM: free for the image's use. */
extern uint8_t el3_free_secure_ram[];

/* --- Between the start-up's own files ---------------------------------------------------------- */

void el3_memory_init(void);
void el3_mmu_on(void);
void psci_init(void);
void psci_forget(void);
void psci_smc(struct el3_context *context);
bool psci_owns(uint32_t function);
/* Leaves EL3 for `entry` at EL2, non-secure, with x0 and x1; the stack of this CPU is empty again. */
_Noreturn void el3_enter_el2(uint64_t entry, uint64_t x0, uint64_t x1, uint64_t scr);
uint64_t el3_normal_world_scr(void);

#endif
