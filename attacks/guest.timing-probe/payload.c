/*
 * Asks the counter whether somebody watches. An instruction that nobody traps takes one tick at most; one
 * that is trapped and looked at takes many. And while this loop waits for nothing, time that it does not
 * see goes to someone else. What it concludes stands in `conclusion`. Runs at EL1 in the guest's kernel.
 */
#include <rw/guest_api.h>
#include <rw/sysreg.h>

#define PROBES 16
/* Counter ticks: what a trap with a look behind it takes at least, and a round of looks between two instructions. */
#define TRAPPED 8
#define STOLEN 1200
/* Counter ticks to wait for a round of looks. */
#define WATCH 60000

enum { UNDECIDED, UNWATCHED, WATCHED };
volatile uint64_t conclusion = UNDECIDED;
volatile uint64_t probe_ticks;
volatile uint64_t stolen_ticks;

/* Writes the value that is there already: nothing changes but time. */
static uint64_t probe(void) {
  const uint64_t own = read_sysreg(TTBR0_EL1);
  const uint64_t start = read_sysreg(CNTVCT_EL0);
  for (unsigned i = 0; i < PROBES; i++) write_sysreg(TTBR0_EL1, own);
  isb();
  return (read_sysreg(CNTVCT_EL0) - start) / PROBES;
}

/* The longest stretch between two readings of the counter. */
static uint64_t watch(void) {
  const uint64_t start = read_sysreg(CNTVCT_EL0);
  uint64_t longest = 0, last = start;
  while (last - start < WATCH) {
    const uint64_t now = read_sysreg(CNTVCT_EL0);
    if (now - last > longest) longest = now - last;
    last = now;
  }
  return longest;
}

RW_MODULE_ENTRY int module_entry(const struct rw_guest_api *api) {
  (void)api;
  probe_ticks = probe();
  stolen_ticks = watch();
  conclusion = probe_ticks >= TRAPPED || stolen_ticks >= STOLEN ? WATCHED : UNWATCHED;
  return 0;
}
