/* The system-call table and its shorter handlers. A pointer argument is checked before it is used. */
#include <guest/kernel.h>
#include <rw/string.h>

#define WRITE_MAX 128

static int64_t sys_null(const uint64_t *arguments) {
  (void)arguments;
  return 0;
}

static int64_t sys_getpid(const uint64_t *arguments) {
  (void)arguments;
  return current_task->pid;
}

static int64_t sys_write(const uint64_t *arguments) {
  if (arguments[1] > WRITE_MAX || !space_allows(arguments[0], arguments[1], false)) return ERROR_ADDRESS;
  console_text((const char *)arguments[0], arguments[1]);
  return (int64_t)arguments[1];
}

static int64_t sys_exit(const uint64_t *arguments) { task_exit(arguments[0]); }

static int64_t sys_spawn(const uint64_t *arguments) {
  char name[TASK_NAME];
  if (!space_allows(arguments[0], TASK_NAME, false) || !space_allows(arguments[1], 4, false)) return ERROR_ADDRESS;
  rw_copy_name(name, (const char *)arguments[0], sizeof name);
  const struct task *task = task_create(name, arguments[1], arguments[2]);
  return task == NULL ? ERROR_RESOURCE : (int64_t)task->pid;
}

static int64_t sys_try_wait(const uint64_t *arguments) {
  if (!space_allows(arguments[1], sizeof(uint64_t), true)) return ERROR_ADDRESS;
  struct task *task = task_find((uint32_t)arguments[0]);
  if (task == NULL) return ERROR_ARGUMENT;
  if (task->state != TASK_EXITED) return 0;
  *(uint64_t *)arguments[1] = task->exit_value;
  task_reap(task);
  return 1;
}

static int64_t sys_yield(const uint64_t *arguments) {
  (void)arguments;
  scheduler_make_ready(current_task);
  schedule();
  return 0;
}

static int64_t sys_sleep(const uint64_t *arguments) {
  if (arguments[0] == 0) return 0;
  current_task->sleep_ticks = arguments[0];
  scheduler_wait(NULL);
  return 0;
}

static int64_t sys_pipe(const uint64_t *arguments) {
  (void)arguments;
  return pipe_create();
}

static int64_t sys_pipe_read(const uint64_t *arguments) {
  if (!space_allows(arguments[1], arguments[2], true)) return ERROR_ADDRESS;
  return pipe_read(arguments[0], (uint8_t *)arguments[1], arguments[2]);
}

static int64_t sys_pipe_write(const uint64_t *arguments) {
  if (!space_allows(arguments[1], arguments[2], false)) return ERROR_ADDRESS;
  return pipe_write(arguments[0], (const uint8_t *)arguments[1], arguments[2]);
}

static int64_t sys_module_poll(const uint64_t *arguments) {
  (void)arguments;
  return module_poll();
}

static int64_t sys_module_load(const uint64_t *arguments) { return module_load(arguments[0]); }

static int64_t sys_module_install(const uint64_t *arguments) {
  (void)arguments;
  return module_install();
}

static int64_t sys_module_remove(const uint64_t *arguments) {
  (void)arguments;
  return module_remove();
}

static int64_t sys_boot_info(const uint64_t *arguments) {
  const int64_t values[] = {
      [BOOT_GUEST] = boot_info->guest,
      [BOOT_WORKLOAD] = boot_info->workload,
      [BOOT_ROUNDS] = boot_info->workload_rounds,
      [BOOT_SEED] = (int64_t)boot_info->seed,
  };
  return arguments[0] < sizeof values / sizeof values[0] ? values[arguments[0]] : ERROR_ARGUMENT;
}

static int64_t sys_heap_release(const uint64_t *arguments) {
  (void)arguments;
  space_release_heap(current_task);
  return 0;
}

static int64_t sys_message_send(const uint64_t *arguments) { return message_send(arguments[0]); }

static int64_t sys_message_wait(const uint64_t *arguments) {
  (void)arguments;
  return message_wait();
}

static int64_t sys_shutdown(const uint64_t *arguments) {
  return rw_hypercall(RW_HVC_SHUTDOWN, arguments[0], 0, 0);
}

/* Writable, as kernels have it that patch themselves: guest.syscall.hook needs no more than a store. */
syscall_handler syscall_table[SYS_COUNT] = {
    [SYS_NULL] = sys_null,
    [SYS_GETPID] = sys_getpid,
    [SYS_WRITE] = sys_write,
    [SYS_EXIT] = sys_exit,
    [SYS_SPAWN] = sys_spawn,
    [SYS_TRY_WAIT] = sys_try_wait,
    [SYS_YIELD] = sys_yield,
    [SYS_SLEEP] = sys_sleep,
    [SYS_PIPE] = sys_pipe,
    [SYS_PIPE_READ] = sys_pipe_read,
    [SYS_PIPE_WRITE] = sys_pipe_write,
    [SYS_MODULE_POLL] = sys_module_poll,
    [SYS_MODULE_LOAD] = sys_module_load,
    [SYS_BOOT_INFO] = sys_boot_info,
    [SYS_HEAP_RELEASE] = sys_heap_release,
    [SYS_MESSAGE_SEND] = sys_message_send,
    [SYS_MESSAGE_WAIT] = sys_message_wait,
    [SYS_SHUTDOWN] = sys_shutdown,
    [SYS_MODULE_INSTALL] = sys_module_install,
    [SYS_MODULE_REMOVE] = sys_module_remove,
};

void syscall(struct frame *frame) {
  const uint64_t number = frame->x[8];
  const int64_t result = number < SYS_COUNT ? syscall_table[number](frame->x) : ERROR_CALL;
  frame->x[0] = (uint64_t)result;
}
