/* What the kernels of exceptions, faults and translations share between C (system.c) and assembly (system.S). */
#ifndef BENCH_SYSTEM_H
#define BENCH_SYSTEM_H

/* Exit code of the image where an exception came that no kernel asks for. Results are six bits wide. */
#define UNEXPECTED 0x7f

/* Virtual addresses of EL1 and EL0; what is not here is mapped to itself in blocks of 2 MiB. */
#define REMAPPED_VA 0x48000000
#define REMAPPED_PAGES 64
#define ABSENT_VA 0x50000028
#define SWITCHED_VA 0x70000000
#define ABSENT_IPA 0x72000028

#endif
