/*
 * What EL3 and the agent at S-EL1 tell each other: one structure in the secure carve-out. EL3 fills
 * it before it enters the agent; the agent adds what it found and comes back by SMC. EL3 believes
 * nothing in it beyond its type: counts are clamped, kinds are checked against the table.
 */
#ifndef TVMI_EXCHANGE_H
#define TVMI_EXCHANGE_H

#include <rw/layout.h>

/* The carve-out: the agent's image, then the exchange; the rest is the agent's own. */
#define TVMI_AGENT_IMAGE RW_SECURE_CARVE_OUT
#define TVMI_EXCHANGE (RW_SECURE_CARVE_OUT + 0x100000)

/* SMC by which the agent comes back; x1 = enum agent_result. */
#define TVMI_SMC_AGENT_DONE 0xc3000100u

#ifndef __ASSEMBLER__
#include <stdint.h>
#include <vmi/findings.h>
#include <vmi/guest.h>

#define TVMI_MAX_VMS 4
#define TVMI_MAX_KERNELS 2

enum agent_command {
  AGENT_START, /* reads the measured guest kernels, once */
  AGENT_POLL,  /* compares every guest with what was measured */
  AGENT_SWITCH /* guest `vm` is about to use `argument` as TTBR0_EL1 */
};

enum agent_result { AGENT_OK, AGENT_FAULT };

struct agent_vm {
  struct vmi_guest guest;
  uint64_t cpu; /* that ran it last */
  uint64_t vttbr;
  uint64_t vtcr;
};

struct agent_exchange {
  uint32_t command; /* enum agent_command */
  uint32_t kernels;
  uint32_t vm; /* AGENT_SWITCH: index into vms */
  uint32_t unused;
  uint64_t argument;
  struct {
    uint64_t image; /* in ROM */
    uint64_t size;
  } kernel[TVMI_MAX_KERNELS];
  struct agent_vm vms[TVMI_MAX_VMS];
  struct vmi_findings findings;
  uint64_t walk_references; /* descriptors read since boot */
};
#endif

#endif
