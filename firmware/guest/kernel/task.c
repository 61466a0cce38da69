/* Tasks: the ring of all of them, making one, ending one. */
#include <guest/kernel.h>
#include <rw/string.h>
#include <rw/sysreg.h>

#define FIRST_PID 1
/* A pid is an ASID too, and those have 8 bits. */
#define LAST_PID 255

struct rw_guest_node task_list;
static struct task tasks[MAX_TASKS];
static uint32_t next_pid = FIRST_PID;

/* What switch_context takes from the stack: x19-x30. */
struct saved_registers {
  uint64_t x19_x28[10];
  uint64_t x29;
  uint64_t x30;
};

void tasks_init(void) {
  ring_init(&task_list);
  ring_init(&run_queue);
}

static struct task *free_task(void) {
  for (unsigned i = 0; i < MAX_TASKS; i++) {
    if (tasks[i].state == TASK_FREE) return &tasks[i];
  }
  return NULL;
}

struct task *task_create(const char *name, uint64_t function, uint64_t argument) {
  struct task *task = free_task();
  if (task == NULL || next_pid > LAST_PID) return NULL;
  uint8_t *stack = task->stack;
  memset(task, 0, sizeof *task);
  task->stack = stack != NULL ? stack : page_get_kernel();
  task->pid = next_pid++;
  rw_copy_name(task->name, name, TASK_NAME);
  if (task->stack == NULL || space_create(task) != 0) return NULL;
  struct frame *frame = (struct frame *)(task->stack + KERNEL_STACK_SIZE) - 1;
  *frame = (struct frame){.sp = USER_STACK_TOP, .elr = user_image.entry, .spsr = SPSR_M_EL0T};
  frame->x[0] = function;
  frame->x[1] = argument;
  struct saved_registers *saved = (struct saved_registers *)frame - 1;
  *saved = (struct saved_registers){.x30 = (uint64_t)task_first_return};
  task->kernel_sp = (uint64_t)saved;
  ring_append(&task_list, &task->tasks);
  scheduler_make_ready(task);
  return task;
}

/* Through the ring, as every tool that lists processes does. */
struct task *task_find(uint32_t pid) {
  for (struct rw_guest_node *node = task_list.next; node != &task_list; node = node->next) {
    struct task *task = (struct task *)((uint8_t *)node - offsetof(struct task, tasks));
    if (task->pid == pid) return task;
  }
  return NULL;
}

_Noreturn void task_exit(uint64_t value) {
  current_task->exit_value = value;
  current_task->state = TASK_EXITED;
  schedule();
  kernel_panic("a task that exited runs");
}

/* Its pages of tables stay with the kernel: a run makes few tasks. */
void task_reap(struct task *task) {
  space_release_heap(task);
  ring_remove(&task->tasks);
  task->state = TASK_FREE;
}
