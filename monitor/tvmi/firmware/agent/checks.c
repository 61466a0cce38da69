#include "checks.h"

#include <rw/string.h>
#include <rw/sysreg.h>

/* Times that a suspicion must be seen, with the guest running in between, before it is a finding. */
#define STRIKES 3

static void add(struct findings *findings, enum agent_finding_kind kind, uint64_t a, uint64_t b) {
  struct agent_exchange *exchange = findings->exchange;
  if (exchange->findings == TVMI_MAX_FINDINGS) return;
  exchange->finding[exchange->findings++] = (struct agent_finding){kind, findings->vm->vmid, a, b};
}

/* A list may be half changed while the guest's kernel is at work. At rest, what is wrong is wrong;
 * at work, it must be seen again. */
static void suspect(struct findings *findings, const struct agent_vm *registers, enum agent_finding_kind kind,
                    uint64_t a, uint64_t b) {
  struct vm_memory *vm = findings->vm;
  if (registers->presence == VM_IN_PROCESS) {
    add(findings, kind, a, b);
    return;
  }
  const struct agent_finding *last = &vm->suspicion;
  vm->suspected = vm->suspected > 0 && last->kind == kind && last->a == a ? vm->suspected + 1 : 1;
  vm->suspicion = (struct agent_finding){kind, vm->vmid, a, b};
  if (vm->suspected >= STRIKES) add(findings, kind, a, b);
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
  struct vm_memory *vm = check->findings->vm;
  if (view_task_at(&vm->view, task) != NULL) return true;
  suspect(check->findings, check->memory->vm, FINDING_TASK_HIDDEN, pid_of(check->memory, check->kernel, task),
          WITNESS_RUN_QUEUE);
  return false;
}

/* The task list against the scheduler's three witnesses: run queue, current task, live tables. */
static void check_tasks(struct findings *findings, struct guest_memory *memory, const struct kernel *kernel) {
  const struct rw_guest_layout *layout = &kernel->layout;
  const struct agent_vm *registers = memory->vm;
  struct view *view = &findings->vm->view;
  const uint32_t before = findings->exchange->findings, suspected = findings->vm->suspected;
  uint32_t steps;
  if (!view_tasks(view, memory, kernel, &steps)) {
    suspect(findings, registers, FINDING_STRUCTURE, GUEST_LIST_TASKS, steps);
    return;
  }
  findings->exchange->tasks_seen += view->tasks;
  struct queue_check check = {findings, memory, kernel};
  if (!ring_follow(memory, layout->run_queue, layout->task_run_node, check_queued, &check, &steps)) {
    if (findings->exchange->findings == before && findings->vm->suspected == suspected) {
      suspect(findings, registers, FINDING_STRUCTURE, GUEST_LIST_RUN_QUEUE, steps);
    }
    return;
  }
  uint64_t current;
  if (guest_read64(memory, layout->current, &current) && current != 0 && view_task_at(view, current) == NULL) {
    suspect(findings, registers, FINDING_TASK_HIDDEN, pid_of(memory, kernel, current), WITNESS_CURRENT);
    return;
  }
  if (registers->presence == VM_IN_PROCESS && !view_owns_table(view, registers->ttbr0)) {
    add(findings, FINDING_TABLE_UNKNOWN, registers->ttbr0, 0);
    return;
  }
  findings->vm->suspected = 0;
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
  vm->ttbr1 = registers->ttbr1;
  vm->tcr = registers->tcr;
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
  if (registers->presence == VM_AWAY) return;
  check_tasks(findings, memory, kernel);
  uint32_t steps;
  if (!view_modules(&vm->view, memory, kernel, &steps)) {
    suspect(findings, registers, FINDING_STRUCTURE, GUEST_LIST_MODULES, steps);
  }
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
