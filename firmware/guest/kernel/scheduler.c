/* Round robin over the run queue, which is a ring apart from that of all tasks. */
#include <guest/kernel.h>
#include <rw/sysreg.h>

struct rw_guest_node run_queue;
/* NULL while nothing runs. */
struct task *volatile current_task;
static bool preempt;

static struct task *of_run_node(struct rw_guest_node *node) {
  return (struct task *)((uint8_t *)node - offsetof(struct task, run));
}

static struct task *of_list_node(struct rw_guest_node *node) {
  return (struct task *)((uint8_t *)node - offsetof(struct task, tasks));
}

void scheduler_make_ready(struct task *task) {
  task->state = TASK_READY;
  ring_append(&run_queue, &task->run);
}

/* Nothing is ready: interrupts are taken here until something is. */
static void idle(void) {
  current_task = NULL;
  while (run_queue.next == &run_queue) {
    wfi();
    __asm__ volatile("msr DAIFClr, #2\n isb\n msr DAIFSet, #2" : : : "memory");
  }
}

static void run(struct task *task) {
  ring_remove(&task->run);
  task->state = TASK_RUNNING;
  current_task = task;
  write_sysreg(TTBR0_EL1, task->ttbr0);
  isb();
}

void schedule(void) {
  struct task *previous = current_task;
  if (run_queue.next == &run_queue) idle();
  struct task *next = of_run_node(run_queue.next);
  run(next);
  preempt = false;
  if (next != previous) switch_context(&previous->kernel_sp, next->kernel_sp);
}

_Noreturn void scheduler_start(void) {
  uint64_t unused;
  struct task *first = of_run_node(run_queue.next);
  run(first);
  switch_context(&unused, first->kernel_sp);
  kernel_panic("the boot stack runs");
}

void scheduler_wait(const void *what) {
  current_task->waits_for = what;
  current_task->state = TASK_WAITING;
  schedule();
}

void scheduler_wake(const void *what) {
  for (struct rw_guest_node *node = task_list.next; node != &task_list; node = node->next) {
    struct task *task = of_list_node(node);
    if (task->state != TASK_WAITING || task->waits_for != what) continue;
    task->waits_for = NULL;
    scheduler_make_ready(task);
  }
}

/* The timer's interrupt. */
void scheduler_tick(void) {
  preempt = true;
  for (struct rw_guest_node *node = task_list.next; node != &task_list; node = node->next) {
    struct task *task = of_list_node(node);
    if (task->sleep_ticks == 0 || --task->sleep_ticks > 0) continue;
    scheduler_make_ready(task);
  }
}

/* On the way back to a process: its time slice may be over. */
void scheduler_preempt(void) {
  if (!preempt) return;
  scheduler_make_ready(current_task);
  schedule();
}
