/* The workloads: each a function of a process, ending with a checksum that depends on nothing but its argument. */
#include "user.h"

#include <rw/string.h>

#define HASH_START 0xcbf29ce484222325ull
#define HASH_PRIME 0x100000001b3ull
#define SYSCALLS_PER_ROUND 64
#define YIELDS_PER_ROUND 8
#define PAGES_PER_ROUND 8
#define PIPE_BYTES_PER_ROUND 512
#define PIPE_CHUNK 64
#define COPY_BYTES 4096
#define COPIES_PER_ROUND 4
#define STEPS_PER_ROUND 6000
#define MODULES_PER_ROUND 8
#define PAGE 4096

static uint64_t mix(uint64_t hash, uint64_t value) { return (hash ^ value) * HASH_PRIME; }

/* xorshift64 (Marsaglia 2003) */
static uint64_t next_random(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return *state;
}

uint64_t work_null_syscall(uint64_t argument) {
  uint64_t hash = HASH_START;
  for (uint32_t i = 0; i < WORK_ROUNDS(argument) * SYSCALLS_PER_ROUND; i++) {
    hash = mix(hash, (uint64_t)system_call(SYS_NULL, i, 0, 0) + i);
  }
  return hash;
}

uint64_t work_yield(uint64_t argument) {
  uint64_t hash = mix(HASH_START, WORK_SEED(argument));
  for (uint32_t i = 0; i < WORK_ROUNDS(argument) * YIELDS_PER_ROUND; i++) {
    hash = mix(hash, (uint64_t)system_call(SYS_YIELD, 0, 0, 0) + i);
  }
  return hash;
}

/* Touches fresh heap pages, checks that they are empty, gives them back. */
uint64_t work_page_fault(uint64_t argument) {
  uint64_t hash = HASH_START;
  for (uint32_t round = 0; round < WORK_ROUNDS(argument); round++) {
    for (uint32_t page = 0; page < PAGES_PER_ROUND; page++) {
      volatile uint64_t *at = (volatile uint64_t *)(USER_HEAP + (uint64_t)page * PAGE);
      hash = mix(hash, *at);
      *at = WORK_SEED(argument) + page;
      hash = mix(hash, *at);
    }
    system_call(SYS_HEAP_RELEASE, 0, 0, 0);
  }
  return hash;
}

uint64_t work_pipe_writer(uint64_t argument) {
  uint64_t state = WORK_SEED(argument) | 1, hash = HASH_START;
  uint8_t chunk[PIPE_CHUNK];
  for (uint32_t left = WORK_ROUNDS(argument) * PIPE_BYTES_PER_ROUND; left > 0; left -= PIPE_CHUNK) {
    for (uint32_t i = 0; i < PIPE_CHUNK; i++) {
      chunk[i] = (uint8_t)next_random(&state);
      hash = mix(hash, chunk[i]);
    }
    system_call(SYS_PIPE_WRITE, WORK_PIPE(argument), (uint64_t)chunk, PIPE_CHUNK);
  }
  return hash;
}

/* Ends with the same checksum as the writer if every byte arrives, once and in order. */
uint64_t work_pipe_reader(uint64_t argument) {
  uint64_t hash = HASH_START;
  uint8_t chunk[PIPE_CHUNK];
  for (uint32_t left = WORK_ROUNDS(argument) * PIPE_BYTES_PER_ROUND; left > 0;) {
    const uint32_t wanted = left < PIPE_CHUNK ? left : PIPE_CHUNK;
    const int64_t got = system_call(SYS_PIPE_READ, WORK_PIPE(argument), (uint64_t)chunk, wanted);
    for (int64_t i = 0; i < got; i++) hash = mix(hash, chunk[i]);
    left -= (uint32_t)got;
  }
  return hash;
}

/* Loads the kernel's own module and takes it out again. */
uint64_t work_module(uint64_t argument) {
  uint64_t hash = HASH_START;
  for (uint32_t i = 0; i < WORK_ROUNDS(argument) * MODULES_PER_ROUND; i++) {
    hash = mix(hash, (uint64_t)system_call(SYS_MODULE_INSTALL, 0, 0, 0));
    system_call(SYS_YIELD, 0, 0, 0);
    hash = mix(hash, (uint64_t)system_call(SYS_MODULE_REMOVE, 0, 0, 0) + i);
  }
  return hash;
}

static uint64_t copy_source[COPY_BYTES / sizeof(uint64_t)] = {0x0123456789abcdef};

uint64_t work_copy(uint64_t argument) {
  uint64_t state = WORK_SEED(argument) | 1, hash = HASH_START;
  uint64_t *to = (uint64_t *)USER_HEAP;
  for (uint32_t i = 0; i < COPY_BYTES / sizeof(uint64_t); i++) copy_source[i] += next_random(&state);
  for (uint32_t i = 0; i < WORK_ROUNDS(argument) * COPIES_PER_ROUND; i++) {
    memcpy(to, copy_source, COPY_BYTES);
    hash = mix(hash, to[next_random(&state) % (COPY_BYTES / sizeof(uint64_t))]);
    copy_source[i % 8]++;
  }
  return hash;
}

uint64_t work_compute(uint64_t argument) {
  uint64_t state = WORK_SEED(argument) | 1, hash = HASH_START;
  for (uint32_t i = 0; i < WORK_ROUNDS(argument) * STEPS_PER_ROUND; i++) {
    const uint64_t value = next_random(&state);
    hash = (value & 1) != 0 ? mix(hash, value) : hash + (value >> 3) / (i + 1);
  }
  return hash;
}
