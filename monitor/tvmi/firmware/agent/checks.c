#include "checks.h"

#include <rw/string.h>
#include <rw/sysreg.h>

static void add(struct findings *findings, enum agent_finding_kind kind, uint64_t a, uint64_t b) {
  struct agent_exchange *exchange = findings->exchange;
  if (exchange->findings == TVMI_MAX_FINDINGS) return;
  exchange->finding[exchange->findings++] = (struct agent_finding){kind, findings->vm->vmid, a, b};
}

static void check_text(struct findings *findings, struct guest_memory *memory, const struct kernel *kernel) {
  const struct rw_guest_layout *layout = &kernel->layout;
  for (uint64_t va = layout->text_start; va < layout->text_end;) {
    uint64_t size = RW_PAGE_SIZE - (va & (RW_PAGE_SIZE - 1));
    if (size > layout->text_end - va) size = layout->text_end - va;
    const uint8_t *live = guest_page(memory, va);
    const uint8_t *measured = kernel_at(kernel, va, size);
    findings->exchange->bytes_compared += size;
    if (live == NULL || memcmp(live, measured, size) != 0) {
      uint64_t same = 0;
      while (live != NULL && live[same] == measured[same]) same++;
      add(findings, FINDING_TEXT, va - layout->image_start + same, 0);
      return;
    }
    va += size;
  }
}

static void check_syscall_table(struct findings *findings, struct guest_memory *memory, const struct kernel *kernel) {
  const struct rw_guest_layout *layout = &kernel->layout;
  const uint64_t bytes = layout->syscall_count * sizeof(uint64_t);
  const uint64_t *measured = (const uint64_t *)kernel_at(kernel, layout->syscall_table, bytes);
  findings->exchange->bytes_compared += bytes;
  for (uint64_t i = 0; i < layout->syscall_count; i++) {
    uint64_t handler = 0;
    if (guest_read64(memory, layout->syscall_table + i * sizeof handler, &handler) && handler == measured[i]) continue;
    add(findings, FINDING_SYSCALL_TABLE, i, handler);
    return;
  }
}

struct queue_check {
  struct findings *findings;
  struct guest_memory *memory;
  const struct kernel *kernel;
};

static uint32_t pid_of(struct guest_memory *memory, const struct kernel *kernel, uint64_t task) {
  uint32_t pid = 0;
  (void)guest_read32(memory, task + kernel->layout.task_pid, &pid);
  return pid;
}

static bool check_queued(void *context, uint64_t task) {
  const struct queue_check *check = context;
  if (view_task_at(&check->findings->vm->view, task) != NULL) return true;
  add(check->findings, FINDING_TASK_HIDDEN, pid_of(check->memory, check->kernel, task), WITNESS_RUN_QUEUE);
  return true;
}

/* The task list against the scheduler's three witnesses: run queue, current task, live tables. */
static void check_tasks(struct findings *findings, struct guest_memory *memory, const struct kernel *kernel) {
  const struct rw_guest_layout *layout = &kernel->layout;
  struct view *view = &findings->vm->view;
  uint32_t steps;
  if (!view_tasks(view, memory, kernel, &steps)) {
    add(findings, FINDING_STRUCTURE, GUEST_LIST_TASKS, steps);
    return;
  }
  findings->exchange->tasks_seen += view->tasks;
  struct queue_check check = {findings, memory, kernel};
  if (!ring_follow(memory, layout->run_queue, layout->task_run_node, check_queued, &check, &steps)) {
    add(findings, FINDING_STRUCTURE, GUEST_LIST_RUN_QUEUE, steps);
  }
  uint64_t current;
  if (guest_read64(memory, layout->current, &current) && current != 0 && view_task_at(view, current) == NULL) {
    add(findings, FINDING_TASK_HIDDEN, pid_of(memory, kernel, current), WITNESS_CURRENT);
  }
  if (memory->vm->presence == VM_IN_PROCESS && !view_owns_table(view, memory->vm->ttbr0)) {
    add(findings, FINDING_TABLE_UNKNOWN, memory->vm->ttbr0, 0);
  }
}

static void check_modules(struct findings *findings, struct guest_memory *memory, const struct kernel *kernel) {
  uint32_t steps;
  if (!view_modules(&findings->vm->view, memory, kernel, &steps)) {
    add(findings, FINDING_STRUCTURE, GUEST_LIST_MODULES, steps);
  }
}

static void check_registers(struct findings *findings, const struct agent_vm *registers, const struct kernel *kernel) {
  const struct vm_memory *vm = findings->vm;
  if (registers->ttbr1 != vm->ttbr1) add(findings, FINDING_TRANSLATION, registers->ttbr1, vm->ttbr1);
  if (registers->tcr != vm->tcr) add(findings, FINDING_TRANSLATION, registers->tcr, vm->tcr);
  if (registers->vbar != kernel->layout.vectors) {
    add(findings, FINDING_VBAR, registers->vbar, kernel->layout.vectors);
  }
}

/* A kernel is up once it runs a task. Before, its own boot code may still change everything. */
static bool is_up(struct vm_memory *vm, struct guest_memory *memory, const struct kernel *kernel) {
  const struct agent_vm *registers = memory->vm;
  uint64_t current;
  if (vm->up) return true;
  if ((registers->sctlr & SCTLR_M) == 0 || registers->vbar != kernel->layout.vectors) return false;
  if (!guest_read64(memory, kernel->layout.current, &current) || current == 0) return false;
  vm->up = true;
  vm->ttbr1 = registers->chosen ? registers->chosen_ttbr1 : registers->ttbr1;
  vm->tcr = registers->chosen ? registers->chosen_tcr : registers->tcr;
  return true;
}

void check_vm(struct findings *findings, struct guest_memory *memory, const struct kernel *kernel) {
  struct vm_memory *vm = findings->vm;
  const struct agent_vm *registers = memory->vm;
  if (!is_up(vm, memory, kernel)) return;
  if ((registers->sctlr & SCTLR_M) == 0) {
    add(findings, FINDING_MMU_OFF, registers->sctlr, 0);
    return;
  }
  check_registers(findings, registers, kernel);
  check_text(findings, memory, kernel);
  check_syscall_table(findings, memory, kernel);
  /* Lists that another CPU changes meanwhile would be read half done. */
  if (registers->presence == VM_ELSEWHERE) return;
  check_tasks(findings, memory, kernel);
  check_modules(findings, memory, kernel);
}

void check_switch(struct findings *findings, struct guest_memory *memory, const struct kernel *kernel, uint64_t ttbr0) {
  struct view *view = &findings->vm->view;
  uint32_t steps;
  if (!is_up(findings->vm, memory, kernel)) return;
  if (!view_tasks(view, memory, kernel, &steps)) {
    add(findings, FINDING_STRUCTURE, GUEST_LIST_TASKS, steps);
  } else if (!view_owns_table(view, ttbr0)) {
    add(findings, FINDING_TABLE_UNKNOWN, ttbr0, 0);
  }
}
