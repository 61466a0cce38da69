/* The VMM's core: guests, their virtual CPUs, and what the parts of the core offer each other. */
#ifndef VMM_VMM_H
#define VMM_VMM_H

#include <rw/config.h>
#include <rw/layout.h>
#include <rw/vmm_api.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A guest's interrupted registers; vectors.S knows the layout. */
struct vmm_frame {
  uint64_t x[31];
  uint64_t elr;  /* ELR_EL2 */
  uint64_t spsr; /* SPSR_EL2 */
  uint64_t unused;
};

#include <vmm/arch.h>

#define VMM_CONSOLE_BYTES 4096

/* Text of a guest that waits for its turn on the console. */
struct vmm_console {
  char text[VMM_CONSOLE_BYTES];
  uint32_t length;
  char line[RW_HVC_TEXT_MAX]; /* of the emulated UART, until its end */
  uint32_t line_length;
};

/* The FIFO device's state; see core/fifo.c. */
struct vmm_fifo {
  uint8_t bytes[RW_FIFO_BYTES];
  uint32_t count;    /* bytes in the FIFO */
  uint32_t expected; /* bytes of the command that is being taken, 0 = none, ~0 = open-ended */
  uint32_t results;  /* bytes of results */
  uint32_t read;     /* of which so many were read */
  uint8_t cylinder;
};

/* A guest with its one virtual CPU. */
struct vmm_guest {
  unsigned number;
  unsigned cpu; /* physical CPU that runs it */
  bool running; /* false before its start and after its shutdown */
  bool idle;    /* waits for an interrupt */
  uint64_t ram; /* physical address */
  struct vmm_frame frame;
  struct arch_guest arch;
  struct vmm_console console;
  struct vmm_fifo fifo;
  uint32_t shared_pages; /* pages of the shared window in use */
};

/* A physical CPU. TPIDR_EL2 points to it. */
struct vmm_cpu {
  unsigned number;
  struct vmm_guest *current; /* whose registers are live; NULL: none */
  volatile uint64_t online;
  uint64_t recovery; /* stack pointer with which an abort at EL2 goes on, 0 = it does not */
};
_Static_assert(offsetof(struct vmm_cpu, recovery) == 24, "vectors.S knows where it is");

extern struct vmm_guest vmm_guests[RW_GUESTS];
extern struct vmm_cpu vmm_cpus[RW_MAX_CPUS];
extern const struct rw_config *const vmm_config;
/* Timer ticks of CPU 0 since the guests run; attack_tick and run_ticks count in them. */
extern volatile uint64_t rw_vmm_ticks;

/* core/main.c */
_Noreturn void vmm_stop(const char *why);
_Noreturn void vmm_run_end(void);

/* core/lock.c: one lock over the VMM's state. Exception handlers take it on entry and drop it on exit. */
void vmm_lock(void);
void vmm_unlock(void);

/* core/console.c */
void vmm_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void console_write(struct vmm_guest *guest, const char *text, uint32_t length);
void console_put(struct vmm_guest *guest, char character);
void console_release(void);

/* core/scheduler.c. `frame` holds the current guest's registers, and the next one's afterwards. */
/* The CPU's timer tick; `frame` is NULL where no guest runs. */
void scheduler_tick(struct vmm_frame *frame);
/* Gives the CPU to another guest that has something to do. */
void scheduler_yield(struct vmm_frame *frame);
/* The current guest waits for an interrupt. */
void scheduler_wait(struct vmm_frame *frame);
/* A guest of this CPU that runs, other than `after`, in turn; NULL: none. */
struct vmm_guest *scheduler_next(const struct vmm_guest *after, bool also_idle);
void guest_shutdown(struct vmm_frame *frame, const char *how, uint64_t code);

/* core/hypercall.c */
void hypercall(struct vmm_frame *frame);

/* core/memory.c: results and errors are those of rw/hypercall.h. */
bool guest_ram_range(const struct vmm_guest *guest, uint64_t ipa, uint64_t size, uint64_t *pa);
int64_t memory_share(struct vmm_guest *guest, uint64_t ipa, uint64_t peer);
int64_t memory_exchange(struct vmm_guest *guest, uint64_t list, uint64_t count);
bool memory_demand(struct vmm_guest *guest, uint64_t ipa);
void memory_init(void);

/* An access of a guest to an emulated device. */
struct vmm_mmio {
  uint64_t offset; /* within the device's window */
  unsigned size;   /* bytes */
  bool write;
  uint64_t value; /* written, or to be filled in */
};

/* core/mmio.c: false where no device answers. */
bool mmio_access(struct vmm_guest *guest, uint64_t ipa, struct vmm_mmio *access);
/* core/uart.c, core/fifo.c */
void uart_access(struct vmm_guest *guest, struct vmm_mmio *access);
void fifo_access(struct vmm_guest *guest, struct vmm_mmio *access);

/* core/module.c */
void module_init(const void *directory);
void module_tick(void);
uint64_t module_for_guest(const struct vmm_guest *guest);

/* introspect/, or a monitor that takes its place. */
void introspect_init(void);
/* On each timer tick of a CPU; `frame` holds its current guest's registers, NULL where it has none. */
void introspect_tick(const struct vmm_frame *frame);
void introspect_report(void);

#endif
