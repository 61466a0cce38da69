/* The run configuration: bundle kind 6, written by scenarios/config.ts. */
#ifndef RW_CONFIG_H
#define RW_CONFIG_H

#include <stdint.h>

#define RW_CONFIG_MAGIC 0x31435752u /* "RWC1" */
#define RW_CONFIG_VERSION 1

enum rw_workload {
  RW_WORKLOAD_MIXED,
  RW_WORKLOAD_NULL_SYSCALL,
  RW_WORKLOAD_CONTEXT_SWITCH,
  RW_WORKLOAD_PAGE_FAULT,
  RW_WORKLOAD_PIPE,
  RW_WORKLOAD_COPY,
  RW_WORKLOAD_COMPUTE,
  RW_WORKLOAD_MODULE,
  RW_WORKLOADS
};

enum rw_monitor { RW_MONITOR_NONE, RW_MONITOR_TVMI, RW_MONITOR_HOSTVMI };

/* Bits of `ablations`: one protection of tvmi off each. */
#define RW_ABLATION_NO_SECURE_MEMORY (1u << 0)
#define RW_ABLATION_NO_SMC_REWRITE (1u << 1)
#define RW_ABLATION_NO_TVM (1u << 2)
#define RW_ABLATION_WRITABLE_STAGE2 (1u << 3)
#define RW_ABLATION_POLLING_ONLY (1u << 4)
#define RW_ABLATION_NO_NONCE (1u << 5)
#define RW_ABLATION_NO_ARGUMENT_CHECK (1u << 6)
#define RW_ABLATION_NO_MEASURED_BOOT (1u << 7)
#define RW_ABLATION_NO_HOLD (1u << 8)

/* Periods are ticks of the generic counter; `*_tick` count ticks of the VMM's timer. */
struct rw_config {
  uint32_t magic;
  uint32_t version;
  uint32_t seed_lo;
  uint32_t seed_hi;
  uint32_t workload;    /* enum rw_workload */
  uint32_t run_ticks;   /* the VMM ends the run then, whatever the guests do */
  uint32_t attack_tick; /* modules are loaded then; 0 = never */
  uint32_t monitor;     /* enum rw_monitor */
  uint32_t ablations;
  uint32_t secure_timer_period;
  uint32_t cpus;
  uint32_t vmm_tick_period;
  uint32_t guest_tick_period;
  uint32_t workload_rounds;
  uint32_t attack_cpu; /* loads the VMM's modules */
  uint32_t attack_rounds; /* how often an attack repeats itself; 0 = as it likes */
  uint32_t reserved[16];
};

_Static_assert(sizeof(struct rw_config) == 32 * 4, "the run configuration has 32 words");

#endif
