// What is kept of the first exception that a probe takes: offsets for the assembly, the structure for C.
#ifndef OBSERVATION_H
#define OBSERVATION_H

#define OBS_TAKEN 0
#define OBS_EL 8
#define OBS_VECTOR 16
#define OBS_ESR 24
#define OBS_FAR 32
#define OBS_ELR 40
#define OBS_SPSR 48
#define OBS_HPFAR 56
#define OBS_SCRATCH 64
#define OBS_LEAVE 72
#define OBS_DAIF 80
#define OBS_X 88
#define OBS_BYTES 336

/** Immediate of the SMC by which a vector returns to EL3. */
#define LEAVE 0x1eaf
/** Immediate of the SVC that ends a probe which took no exception. */
#define DONE 0xd0e

/** Where the second CPU looks for what to run: the first word of secure RAM. */
#define SECONDARY_ENTRY 0x0e000000

#ifndef __ASSEMBLER__
#include <stdint.h>

struct observation {
  uint64_t taken;
  /** Exception level that took the exception, and the offset of the vector. */
  uint64_t el, vector;
  uint64_t esr, far, elr, spsr, hpfar;
  uint64_t scratch;
  /** Not zero: vectors leave by a register access that CPTR_EL3.TCPAC traps instead of SMC. */
  uint64_t leave;
  /** PSTATE.DAIF in the handler. */
  uint64_t daif;
  uint64_t x[31];
};

extern struct observation observation;
_Static_assert(sizeof(struct observation) == OBS_BYTES, "observation.h");
#endif
#endif
