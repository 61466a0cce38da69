/* Pipes: a ring of bytes; a reader waits while it is empty, a writer while it is full. */
#include <guest/kernel.h>

#define PIPES 8
#define PIPE_BYTES 256

struct pipe {
  uint8_t bytes[PIPE_BYTES];
  uint32_t read; /* counts up, modulo PIPE_BYTES */
  uint32_t written;
};

static struct pipe pipes[PIPES];
static unsigned used;

int64_t pipe_create(void) { return used < PIPES ? (int64_t)used++ : ERROR_RESOURCE; }

int64_t pipe_read(uint64_t number, uint8_t *to, uint64_t size) {
  if (number >= used) return ERROR_ARGUMENT;
  struct pipe *pipe = &pipes[number];
  while (pipe->read == pipe->written && size > 0) scheduler_wait(pipe);
  uint64_t done = 0;
  while (done < size && pipe->read != pipe->written) to[done++] = pipe->bytes[pipe->read++ % PIPE_BYTES];
  scheduler_wake(pipe);
  return (int64_t)done;
}

int64_t pipe_write(uint64_t number, const uint8_t *from, uint64_t size) {
  if (number >= used) return ERROR_ARGUMENT;
  struct pipe *pipe = &pipes[number];
  for (uint64_t done = 0; done < size;) {
    while (pipe->written - pipe->read == PIPE_BYTES) scheduler_wait(pipe);
    while (done < size && pipe->written - pipe->read < PIPE_BYTES) pipe->bytes[pipe->written++ % PIPE_BYTES] = from[done++];
    scheduler_wake(pipe);
  }
  return (int64_t)size;
}
