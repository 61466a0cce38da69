/*
 * An emulated device with a command FIFO, in the manner of a floppy controller. A command and its
 * parameters are collected in a buffer of RW_FIFO_BYTES; when complete, the command runs and the
 * buffer's index starts again.
 *
 * Built with RW_BUG_FIFO, the index is not set back where the parameters of an open-ended command never
 * end (the class of CVE-2015-3456), so a guest writes past the buffer; the hardened build, the default,
 * bounds it.
 */
#include <rw/string.h>
#include <vmm/vmm.h>

#define OPEN_ENDED (~0u)
#define END_OF_PARAMETERS 0x80

static void start_over(struct vmm_fifo *fifo) {
  fifo->count = 0;
  fifo->expected = 0;
}

static void seek(struct vmm_fifo *fifo) {
  fifo->cylinder = fifo->bytes[2];
  start_over(fifo);
}

static void sense(struct vmm_fifo *fifo) {
  fifo->bytes[0] = 0;
  fifo->bytes[1] = fifo->cylinder;
  fifo->results = 2;
  fifo->read = 0;
  start_over(fifo);
}

static void drive_spec(struct vmm_fifo *fifo) { start_over(fifo); }

static const struct {
  uint8_t command;
  uint32_t bytes; /* the command and its parameters */
  void (*run)(struct vmm_fifo *fifo);
} commands[] = {
    {RW_FIFO_CMD_SEEK, 3, seek},
    {RW_FIFO_CMD_SENSE, 1, sense},
    {RW_FIFO_CMD_DRIVE_SPEC, OPEN_ENDED, drive_spec},
};

/* Index in `commands`, or -1. */
static int find(uint8_t command) {
  for (unsigned i = 0; i < sizeof commands / sizeof commands[0]; i++) {
    if (commands[i].command == command) return (int)i;
  }
  return -1;
}

static bool complete(const struct vmm_fifo *fifo, uint8_t last) {
  if (fifo->expected != OPEN_ENDED) return fifo->count == fifo->expected;
  /* Past the buffer there is no command to end. */
  return fifo->count > 1 && fifo->count <= RW_FIFO_BYTES && (last & END_OF_PARAMETERS) != 0;
}

static void take(struct vmm_fifo *fifo, uint8_t byte) {
  if (fifo->count == 0) {
    const int command = find(byte);
    if (command < 0) return;
    fifo->expected = commands[command].bytes;
  }
#ifndef RW_BUG_FIFO
  if (fifo->count >= RW_FIFO_BYTES) {
    start_over(fifo);
    return;
  }
#endif
  fifo->bytes[fifo->count++] = byte;
  if (complete(fifo, byte)) commands[find(fifo->bytes[0])].run(fifo);
}

static uint8_t give(struct vmm_fifo *fifo) {
  if (fifo->read >= fifo->results) return 0;
  const uint8_t byte = fifo->bytes[fifo->read++];
  if (fifo->read == fifo->results) fifo->results = fifo->read = 0;
  return byte;
}

void fifo_access(struct vmm_guest *guest, struct vmm_mmio *access) {
  struct vmm_fifo *fifo = &guest->fifo;
  if (access->write) {
    if (access->offset == RW_FIFO_DATA && fifo->results == 0) take(fifo, (uint8_t)access->value);
  } else if (access->offset == RW_FIFO_DATA) {
    access->value = give(fifo);
  } else {
    access->value = fifo->results > 0 ? RW_FIFO_STATUS_RESULT : RW_FIFO_STATUS_READY;
  }
}
