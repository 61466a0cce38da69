/* The first process: starts the workload's processes, waits for them, prints what they found, shuts the guest down. */
#include "user.h"

#include <rw/config.h>
#include <rw/console.h>

#define MAX_CHILDREN 6
#define NAME_BYTES 16
#define LINE_BYTES 128
/* What pipe a pair of processes uses. */
#define PIPE_A 0
#define PIPE_B 1

struct child {
  char name[NAME_BYTES];
  work function;
  uint32_t pipe;
  uint32_t seed; /* added to the run's */
  uint32_t factor; /* of the workload's rounds */
};

/* By enum rw_workload. */
static const struct child children_of[RW_WORKLOADS][MAX_CHILDREN] = {
    [RW_WORKLOAD_MIXED] = {{"compute", work_compute, 0, 1, 1},
                           {"copy", work_copy, 0, 2, 1},
                           {"pagefault", work_page_fault, 0, 3, 1},
                           {"writer", work_pipe_writer, PIPE_A, 4, 1},
                           {"reader", work_pipe_reader, PIPE_A, 4, 1},
                           {"syscall", work_null_syscall, 0, 5, 1}},
    [RW_WORKLOAD_NULL_SYSCALL] = {{"syscall-1", work_null_syscall, 0, 1, 3},
                                  {"syscall-2", work_null_syscall, 0, 2, 3},
                                  {"syscall-3", work_null_syscall, 0, 3, 3},
                                  {"syscall-4", work_null_syscall, 0, 4, 3}},
    [RW_WORKLOAD_CONTEXT_SWITCH] = {{"switch-1", work_yield, 0, 1, 2},
                                    {"switch-2", work_yield, 0, 2, 2},
                                    {"switch-3", work_yield, 0, 3, 2},
                                    {"switch-4", work_yield, 0, 4, 2}},
    [RW_WORKLOAD_PAGE_FAULT] = {{"fault-1", work_page_fault, 0, 1, 1},
                                {"fault-2", work_page_fault, 0, 2, 1},
                                {"fault-3", work_page_fault, 0, 3, 1},
                                {"fault-4", work_page_fault, 0, 4, 1}},
    [RW_WORKLOAD_PIPE] = {{"writer-1", work_pipe_writer, PIPE_A, 1, 2},
                          {"reader-1", work_pipe_reader, PIPE_A, 1, 2},
                          {"writer-2", work_pipe_writer, PIPE_B, 2, 2},
                          {"reader-2", work_pipe_reader, PIPE_B, 2, 2}},
    [RW_WORKLOAD_COPY] = {{"copy-1", work_copy, 0, 1, 3},
                          {"copy-2", work_copy, 0, 2, 3},
                          {"copy-3", work_copy, 0, 3, 3},
                          {"copy-4", work_copy, 0, 4, 3}},
    [RW_WORKLOAD_COMPUTE] = {{"compute-1", work_compute, 0, 1, 1},
                             {"compute-2", work_compute, 0, 2, 1},
                             {"compute-3", work_compute, 0, 3, 1},
                             {"compute-4", work_compute, 0, 4, 1}},
    [RW_WORKLOAD_MODULE] = {{"modules", work_module, 0, 1, 2},
                            {"compute", work_compute, 0, 2, 1},
                            {"switch", work_yield, 0, 3, 4},
                            {"syscall", work_null_syscall, 0, 4, 2}},
};

static const char *const workload_names[RW_WORKLOADS] = {
    [RW_WORKLOAD_MIXED] = "mixed",
    [RW_WORKLOAD_NULL_SYSCALL] = "null-syscall",
    [RW_WORKLOAD_CONTEXT_SWITCH] = "context-switch",
    [RW_WORKLOAD_PAGE_FAULT] = "page-fault",
    [RW_WORKLOAD_PIPE] = "pipe",
    [RW_WORKLOAD_COPY] = "copy",
    [RW_WORKLOAD_COMPUTE] = "compute",
    [RW_WORKLOAD_MODULE] = "module",
};

struct line {
  char text[LINE_BYTES];
  size_t used;
};

static void put(void *context, char character) {
  struct line *line = context;
  if (line->used < sizeof line->text) line->text[line->used++] = character;
}

void print(const char *format, ...) {
  struct line line = {.used = 0};
  va_list arguments;
  va_start(arguments, format);
  rw_vformat(put, &line, format, arguments);
  va_end(arguments);
  system_call(SYS_WRITE, (uint64_t)line.text, line.used, 0);
}

static uint64_t boot_value(uint64_t field) { return (uint64_t)system_call(SYS_BOOT_INFO, field, 0, 0); }

/* Until the process has exited; a module that waits to be loaded is loaded meanwhile. */
static uint64_t wait_for(uint64_t pid) {
  uint64_t value = 0;
  while (system_call(SYS_TRY_WAIT, pid, (uint64_t)&value, 0) == 0) {
    const int64_t module = system_call(SYS_MODULE_POLL, 0, 0, 0);
    if (module != 0) system_call(SYS_MODULE_LOAD, (uint64_t)module, 0, 0);
    system_call(SYS_SLEEP, 1, 0, 0);
  }
  return value;
}

static uint32_t start(const struct child *children, int64_t *pids) {
  const uint32_t rounds = (uint32_t)boot_value(BOOT_ROUNDS), seed = (uint32_t)boot_value(BOOT_SEED);
  uint32_t count = 0;
  for (; count < MAX_CHILDREN && children[count].function != NULL; count++) {
    const struct child *child = &children[count];
    const uint64_t argument = WORK_ARGUMENT(rounds * child->factor, child->pipe, seed + child->seed);
    pids[count] = system_call(SYS_SPAWN, (uint64_t)child->name, (uint64_t)child->function, argument);
  }
  return count;
}

/* Function of the first process. */
uint64_t user_init(uint64_t argument) {
  (void)argument;
  const uint64_t guest = boot_value(BOOT_GUEST), workload = boot_value(BOOT_WORKLOAD) % RW_WORKLOADS;
  const struct child *children = children_of[workload];
  int64_t pids[MAX_CHILDREN];
  print("workload %s\n", workload_names[workload]);
  if (guest == 0) system_call(SYS_MESSAGE_SEND, boot_value(BOOT_SEED), 0, 0);
  system_call(SYS_PIPE, 0, 0, 0);
  system_call(SYS_PIPE, 0, 0, 0);
  const uint32_t count = start(children, pids);
  uint64_t sum = 0;
  for (uint32_t i = 0; i < count; i++) {
    const uint64_t value = wait_for((uint64_t)pids[i]);
    print("pid %ld %s %016lx\n", pids[i], children[i].name, value);
    sum += value;
  }
  if (guest == 1) print("message %lx\n", (uint64_t)system_call(SYS_MESSAGE_WAIT, 0, 0, 0));
  print("done %016lx\n", sum);
  system_call(SYS_SHUTDOWN, 0, 0, 0);
  return 0;
}
