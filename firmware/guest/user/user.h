/* What the processes' program uses. */
#ifndef GUEST_USER_H
#define GUEST_USER_H

#include <guest/abi.h>

#include <stddef.h>
#include <stdint.h>

static inline int64_t system_call(uint64_t number, uint64_t a, uint64_t b, uint64_t c) {
  register uint64_t x0 __asm__("x0") = a;
  register uint64_t x1 __asm__("x1") = b;
  register uint64_t x2 __asm__("x2") = c;
  register uint64_t x8 __asm__("x8") = number;
  __asm__ volatile("svc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x8) : "memory");
  return (int64_t)x0;
}

/* A line by rw_format's rules; the kernel puts the guest's prefix before it. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* A process's work: its argument says how much and on what; the result is its checksum. */
typedef uint64_t (*work)(uint64_t argument);

/* Arguments of all work: rounds, a pipe, a seed. */
#define WORK_ARGUMENT(rounds, pipe, seed) ((uint64_t)(rounds) << 32 | (uint64_t)(pipe) << 24 | ((seed) & 0xffffff))
#define WORK_ROUNDS(argument) ((uint32_t)((argument) >> 32))
#define WORK_PIPE(argument) ((uint32_t)((argument) >> 24) & 0xff)
#define WORK_SEED(argument) ((uint32_t)(argument) & 0xffffff)

uint64_t work_null_syscall(uint64_t argument);
uint64_t work_yield(uint64_t argument);
uint64_t work_page_fault(uint64_t argument);
uint64_t work_pipe_writer(uint64_t argument);
uint64_t work_pipe_reader(uint64_t argument);
uint64_t work_copy(uint64_t argument);
uint64_t work_compute(uint64_t argument);
/* One process of a guest alone may do this: the kernel has one module of its own. */
uint64_t work_module(uint64_t argument);

#endif
