// Every group of checks, in the order of the transcript.
#ifndef GROUPS_H
#define GROUPS_H

#define GROUPS(G) \
  G(walk)         \
  G(returns)      \
  G(stage1)       \
  G(permissions)  \
  G(ranges)       \
  G(granule64)    \
  G(aborts)       \
  G(stage2)       \
  G(syndrome)     \
  G(traps)        \
  G(undefined)    \
  G(interrupts)   \
  G(timers)       \
  G(gic)          \
  G(virtual_gic)  \
  G(exclusives)   \
  G(tlb)          \
  G(at)           \
  G(registers)    \
  G(controls)     \
  G(debug)        \
  G(mixed)        \
  G(scan)

/** Run instead of the others where there is a second CPU. */
#define PAIR_GROUPS(G) G(pair)

#define DECLARE(name) void group_##name(void);
GROUPS(DECLARE)
PAIR_GROUPS(DECLARE)
#undef DECLARE

struct group {
  const char *name;
  void (*run)(void);
};
#define ROW(name) {#name, group_##name},
static const struct group groups[] = {GROUPS(ROW)};
static const struct group pair_groups[] = {PAIR_GROUPS(ROW)};
#undef ROW

#endif
