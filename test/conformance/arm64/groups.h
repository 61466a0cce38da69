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
  G(registers)

#define DECLARE(name) void group_##name(void);
GROUPS(DECLARE)
#undef DECLARE

static const struct {
  const char *name;
  void (*run)(void);
} groups[] = {
#define ROW(name) {#name, group_##name},
    GROUPS(ROW)
#undef ROW
};

#endif
