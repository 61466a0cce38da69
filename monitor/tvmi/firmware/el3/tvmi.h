/* EL3 of tvmi: what its files offer each other. All of it runs on one CPU at a time, under `lock`. */
#ifndef TVMI_TVMI_H
#define TVMI_TVMI_H

#include <el3/el3.h>
#include <rw/anchor.h>
#include <rw/config.h>
#include <rw/tvmi_smc.h>
#include <tvmi/exchange.h>

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whether the run's configuration takes that protection (RW_ABLATION_*) away. */
static inline bool ablated(uint32_t bit) { return (el3_boot.config->ablations & bit) != 0; }

/* --- report.c: one line on the secure UART each ------------------------------------------------ */

/* In the ROM, beside EL3's own image: trusted. */
extern const struct rw_anchor *const anchor;
/* Takes key and nonce from it. Before that, nothing can be reported. */
void report_init(void);
/* `id` is boot, ok, bye or an alarm; `format` makes `,key=value...` from lower-case words and numbers, or "". */
void report(const char *component, const char *id, const char *format, ...) __attribute__((format(printf, 3, 4)));
void report_list(const char *component, const char *id, const char *format, va_list arguments);
/* A number that only who knows key and nonce can tell, another one for each purpose. */
uint64_t report_secret(const char *purpose);
/* Lines sent so far. */
uint32_t report_count(void);

/* --- lock.c ------------------------------------------------------------------------------------ */

void lock(void);
void unlock(void);
bool locked_here(void);
/* The software-generated interrupt that brings a CPU to the lock. */
#define HOLD_INTERRUPT 8
/* Comes back when every other CPU stands at the lock, which this one has: until unlock they stay there. */
void hold_others(void);

/* --- measure.c --------------------------------------------------------------------------------- */

/* Sends report 0 with the hashes of all stages measured so far, once. */
void measure_report(void);

/* --- tzc.c: the address-space controller ------------------------------------------------------- */

/* Opens RAM to both worlds and closes the carve-out to the normal one; its interrupt comes to EL3. */
void tzc_close_carve_out(void);
/* An access was refused. */
void tzc_interrupt(void);
/* Number of the controller's interrupt at the GIC. */
#define TZC_INTERRUPT (32 + 48)

/* --- world.c: the agent at S-EL1 --------------------------------------------------------------- */

extern struct agent_exchange *const exchange;
/* Runs a command of the agent and comes back. What it found stands in `exchange`. */
enum agent_result agent_run(enum agent_command command);
/* The agent's SMC. Ends the agent_run that is under way. */
_Noreturn void agent_done(uint64_t result);
/* Brings the agent up; stops the boot where that fails. */
void agent_start(void);

/* --- alarms.c ---------------------------------------------------------------------------------- */

struct finding_count {
  uint32_t standing; /* seen now */
  uint32_t reported; /* of which so many were new */
};
/* Whether a finding was not standing before; remembers it. Kinds from VMI_FINDING_KINDS on are EL3's own. */
bool finding_is_new(uint32_t kind, uint32_t vmid, uint64_t a);
/* Reports what the agent found, where it is new; adds to `count`. */
void report_findings(struct finding_count *count);

/* --- vms.c: what is known of each VM ----------------------------------------------------------- */

/* The slot of a VMID, made where there is none yet; NULL where all are taken. */
struct agent_vm *vm_slot(uint32_t vmid);
unsigned vm_index(const struct agent_vm *vm);
/* The VM whose EL1 registers are live, or NULL: that of VTTBR_EL2. */
struct agent_vm *vm_live(void);
/* Copies the live EL1 registers and stage-2 root. */
void vm_capture(struct agent_vm *vm, enum vmi_presence presence);
/* No VM runs on this CPU now: registers stay as they were seen last. */
void vm_all_away(void);

/* --- poll.c: the secure timer ------------------------------------------------------------------ */

/* On each CPU: the timer is its own. */
void poll_start(void);
void poll_interrupt(const struct el3_context *context);
uint64_t poll_count(void);

/* --- The secure calls: x1-x3 in, status out ---------------------------------------------------- */

int64_t call_el2_write(const uint64_t *x);      /* el2_registers.c */
int64_t call_stage1_store(const uint64_t *x);   /* stage1.c */
int64_t call_stage2_create(const uint64_t *x);  /* stage2.c */
int64_t call_stage2_store(const uint64_t *x);   /* stage2.c */
int64_t call_stage2_share(const uint64_t *x);   /* stage2.c */
int64_t call_module_load(const uint64_t *x);    /* modules.c */
int64_t call_trapped_write(const uint64_t *x);  /* trapped.c */

/* Raises an alarm and is RW_TVMI_DENIED. */
int64_t deny(const char *alarm, const char *format, ...) __attribute__((format(printf, 2, 3)));
uint64_t denials(void);

/* Whether a VM may have run: the VMM's boot, which is measured, is over then, and no CPU starts any more. */
bool el2_runs_guests(void);
/* The EL2 registers as granted differ from the live ones: reports it; adds to `count`. */
void el2_compare_live(struct finding_count *count);

#endif
