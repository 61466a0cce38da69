/* The task list against the scheduler's three witnesses: run queue, current task, live tables. */
#include <vmi/checks.h>

static uint32_t pid_of(const struct vmi_check *check, uint64_t task) {
  uint32_t pid = 0;
  (void)vmi_read32(check->memory, task + check->kernel->layout.task_pid, &pid);
  return pid;
}

static bool check_queued(void *context, uint64_t task) {
  const struct vmi_check *check = context;
  if (vmi_task_at(check->view, task) != NULL) return true;
  vmi_add(check, VMI_TASK_HIDDEN, pid_of(check, task), VMI_WITNESS_RUN_QUEUE);
  return true;
}

void vmi_check_processes(const struct vmi_check *check) {
  const struct rw_guest_layout *layout = &check->kernel->layout;
  uint32_t steps;
  if (!vmi_read_tasks(check->view, check->memory, check->kernel, &steps)) {
    vmi_add(check, VMI_STRUCTURE, VMI_LIST_TASKS, steps);
    return;
  }
  check->findings->tasks_seen += check->view->tasks;
  if (!vmi_follow(check->memory, layout->run_queue, layout->task_run_node, check_queued, (void *)check, &steps)) {
    vmi_add(check, VMI_STRUCTURE, VMI_LIST_RUN_QUEUE, steps);
  }
  uint64_t current;
  if (vmi_read64(check->memory, layout->current, &current) && current != 0 &&
      vmi_task_at(check->view, current) == NULL) {
    vmi_add(check, VMI_TASK_HIDDEN, pid_of(check, current), VMI_WITNESS_CURRENT);
  }
  if (check->guest->presence == VMI_IN_PROCESS && !vmi_owns_table(check->view, check->guest->ttbr0)) {
    vmi_add(check, VMI_TABLE_UNKNOWN, check->guest->ttbr0, 0);
  }
}

void vmi_check_switch(const struct vmi_check *check, uint64_t ttbr0) {
  uint32_t steps;
  if (!vmi_is_up(check)) return;
  if (!vmi_read_tasks(check->view, check->memory, check->kernel, &steps)) {
    vmi_add(check, VMI_STRUCTURE, VMI_LIST_TASKS, steps);
  } else if (!vmi_owns_table(check->view, ttbr0)) {
    vmi_add(check, VMI_TABLE_UNKNOWN, ttbr0, 0);
  }
}
