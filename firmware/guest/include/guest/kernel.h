/* The guest kernel's parts and what they offer each other. */
#ifndef GUEST_KERNEL_H
#define GUEST_KERNEL_H

#include <guest/abi.h>
#include <rw/guest_api.h>
#include <rw/hypercall.h>
#include <rw/layout.h>
#include <rw/page_table.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A physical address as the kernel sees it, and back. */
#define TO_VIRTUAL(ipa) ((void *)((uint64_t)(ipa) + RW_GUEST_LINEAR_VA))
#define TO_PHYSICAL(va) ((uint64_t)(va) - RW_GUEST_LINEAR_VA)

#define TASK_NAME 16
#define MAX_TASKS 24
#define KERNEL_STACK_SIZE RW_PAGE_SIZE

/* A process's registers on its way into the kernel; vectors.S knows the layout. */
struct frame {
  uint64_t x[31];
  uint64_t sp; /* SP_EL0 */
  uint64_t elr;
  uint64_t spsr;
};

enum task_state { TASK_FREE, TASK_READY, TASK_RUNNING, TASK_WAITING, TASK_EXITED };

struct task {
  struct rw_guest_node tasks; /* ring of all tasks */
  struct rw_guest_node run;   /* ring of the ready ones, in the order in which they run */
  uint32_t pid;
  uint32_t state; /* enum task_state */
  char name[TASK_NAME];
  uint64_t ttbr0;     /* root of its tables, and its ASID */
  uint64_t kernel_sp; /* while it does not run */
  uint8_t *stack;     /* its kernel stack */
  struct page_table space;
  uint64_t sleep_ticks; /* left, 0 = does not sleep */
  const void *waits_for;
  uint64_t exit_value;
};

extern struct rw_guest_node task_list;
extern struct rw_guest_node run_queue;
extern struct task *volatile current_task;
extern const volatile struct rw_guest_boot *boot_info;

/* ring.c */
void ring_init(struct rw_guest_node *head);
void ring_append(struct rw_guest_node *head, struct rw_guest_node *node);
void ring_remove(struct rw_guest_node *node);

/* console.c: a line's prefix is the guest's ("g0: "). */
void kernel_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void console_text(const char *text, size_t size);
_Noreturn void kernel_panic(const char *why);

/* memory.c */
void memory_init(void);
/* A zeroed page: of the kernel's pool, or of the pool that processes get. NULL where none is left. */
void *page_get_kernel(void);
void *page_get_user(void);
void page_put_user(void *page);
int kernel_map(uint64_t va, uint64_t ipa, uint64_t size, uint64_t attributes);
void kernel_unmap(uint64_t va, uint64_t size);
extern const uint64_t kernel_code_attributes, kernel_data_attributes;

/* space.c: a process's address space */
int space_create(struct task *task);
void space_release_heap(struct task *task);
/* A translation or permission fault at `address`: true where it is resolved. */
bool space_fault(struct task *task, uint64_t address, bool write);
/* True where all of [address, address + size) is a process's to read, or to write. */
bool space_allows(uint64_t address, uint64_t size, bool write);
extern const struct user_image user_image;

/* task.c */
void tasks_init(void);
struct task *task_create(const char *name, uint64_t function, uint64_t argument);
struct task *task_find(uint32_t pid);
_Noreturn void task_exit(uint64_t value);
void task_reap(struct task *task);

/* scheduler.c */
void scheduler_make_ready(struct task *task);
/* Gives the CPU to the next ready task; the current one is in a ring already or waits. */
void schedule(void);
void scheduler_wait(const void *what);
void scheduler_wake(const void *what);
void scheduler_tick(void);
void scheduler_preempt(void);
_Noreturn void scheduler_start(void);

/* interrupts.c */
void interrupts_init(void);
void interrupt(void);

/* syscalls.c */
#define SYSCALL_ARGUMENTS 3
typedef int64_t (*syscall_handler)(const uint64_t *arguments);
extern syscall_handler syscall_table[SYS_COUNT];
void syscall(struct frame *frame);

/* pipe.c */
int64_t pipe_create(void);
int64_t pipe_read(uint64_t pipe, uint8_t *to, uint64_t size);
int64_t pipe_write(uint64_t pipe, const uint8_t *from, uint64_t size);

/* module.c */
struct module {
  struct rw_guest_node node;
  char name[TASK_NAME];
  uint64_t base;
  uint64_t size;
};
extern struct rw_guest_node module_list;
int64_t module_poll(void);
/* The one that the VMM hands out. What its entry returns, or an error. */
int64_t module_load(uint64_t handle);
/* The kernel's own: the same, and its end. */
int64_t module_install(void);
int64_t module_remove(void);

/* message.c: one word through a shared page, from guest 0 to guest 1 */
int64_t message_send(uint64_t value);
int64_t message_wait(void);
void message_event(void);

/* devices.c: what the VMM emulates, tried once */
bool fifo_try(void);
bool exchange_try(void);
void uart_print(const char *text);

/* switch.S */
void switch_context(uint64_t *save_sp, uint64_t load_sp);
void task_first_return(void);

#endif
