// What every group of checks uses: the machine's plain state, probes, translation tables, and the transcript.
#ifndef HARNESS_H
#define HARNESS_H

#include <stddef.h>

#include "arm64.h"
#include "observation.h"

// --- transcript ---
void put(const char *text);
/** The low `digits` hexadecimal digits of a value. */
void put_hex(uint64_t value, int digits);
/** Starts a group: `# name`. */
void group(const char *name);
/** What stands at the head of the following lines; `group` clears it. */
void heading(const char *first, const char *second);
/** Starts a line: `heading name part:`. */
void line(const char *name, const char *part);
/** Ends a line. */
void end(void);
/** ` key=value` */
void field(const char *key, uint64_t value, int digits);
/** Writes what the last probe observed; the whole line. */
void show(const char *name, const char *part);
/** The same, and x0 to x(count-1) as the exception left them. */
void show_registers(const char *name, const char *part, int count);
/** The same, and PSTATE.DAIF as the handler found it. */
void show_masks(const char *name, const char *part);

// --- probes ---
/** Defines a probe: instructions that start at the symbol `name` and end, unless they trap, in SVC #DONE. */
#define PROBE(name, text)                                                                          \
  __asm__(".pushsection .text.probes,\"ax\"\n\t.balign 4\n" #name ":\n\t" text "\n\tsvc #0xd0e\n\t.popsection"); \
  extern const uint32_t name[]

/** A probe whose name is its own text, in a list of such. */
struct form {
  const uint32_t *probe;
  const char *name;
};
/** Starts a list of forms. */
#define FORMS(list)                                                            \
  __asm__(".pushsection .data." #list ",\"aw\"\n\t.balign 8\n" #list ":\n\t.popsection"); \
  extern const struct form list[]
/** Adds a form. The text may not contain the numeric labels 77 and 78. */
#define FORM(list, text)                                                                                  \
  __asm__(".pushsection .text.probes,\"ax\"\n\t.balign 4\n77:\n\t" text "\n\tsvc #0xd0e\n\t.popsection\n\t" \
          ".pushsection .rodata.forms,\"a\"\n78:\n\t.asciz \"" text "\"\n\t.popsection\n\t"                    \
          ".pushsection .data." #list ",\"aw\"\n\t.quad 77b, 78b\n\t.popsection")
/** Ends a list: a row without a probe. */
#define FORMS_END(list) __asm__(".pushsection .data." #list ",\"aw\"\n\t.quad 0, 0\n\t.popsection")

/** General registers with which the next probe starts; `reset` clears them. */
extern uint64_t x[31];
/** PSTATE of the next probe besides M; `reset` sets all masks. */
extern uint64_t pstate;
/** Runs a probe at a level. */
void run(enum mode mode, const uint32_t *probe);
/** Runs code at an address that is no probe; ELR is shown relative to `pc`. */
void run_at(enum mode mode, uint64_t pc);
/**
 * Writes the short form of what the last probe observed: ` key=ok`, or target, class and syndrome, and the link where it
 * is not the probe's first instruction. For tables of outcomes.
 */
void outcome(const char *key);
/** The same of the level and vector alone. */
void target(const char *key);
/** True if the last probe came to its end without another exception. */
int done(void);

// --- state ---
/** Brings every register that a check may change to its plain value: non-secure, AArch64, MMUs off, nothing trapped. */
void reset(void);
/** Clears SCR_EL3.NS: the levels below EL3 are secure. */
void secure(void);

// --- translation, 4 KiB granule ---
enum regime { EL1, EL1_HIGH, EL2, EL3, STAGE2, REGIMES };
/** Roots of the tables that `reset` fills with the plain map (the image, RAM and devices, each at its own address). */
extern uint64_t root[REGIMES][512];
/**
 * Virtual address of the window in which checks map things; no index on the way to its page is zero, and its low 39 bits
 * lie among the frames, should a machine take a 512 GiB block.
 */
#define WINDOW UINT64_C(0x8042201000)
/** Physical pages on which checks work; never part of the image. */
#define FRAME(n) (UINT64_C(0x42000000) + (uint64_t)(n) * 0x1000)
/** A physical address that nothing answers. */
#define HOLE UINT64_C(0x08100000)
/** Writes a descriptor for `va` at `level`, with tables on the way from a pool that `reset` empties. @returns its place */
uint64_t *map(uint64_t *table, uint64_t va, int level, uint64_t descriptor);
/** The same where the walk starts at `start` with a table of `table`. */
uint64_t *map_from(uint64_t *table, int start, uint64_t va, int level, uint64_t descriptor);
/** A zeroed table. */
uint64_t *new_table(void);
/** Normal memory, read-write for the regime's own level, accessed. */
#define PAGE_RW (DESC_PAGE | DESC_AF | DESC_ATTR(1) | DESC_SH_INNER)
#define BLOCK_RW (DESC_BLOCK | DESC_AF | DESC_ATTR(1) | DESC_SH_INNER)
#define S2_PAGE (DESC_PAGE | DESC_AF | S2_NORMAL | S2_READ | S2_WRITE | DESC_SH_INNER)
#define S2_BLOCK (DESC_BLOCK | DESC_AF | S2_NORMAL | S2_READ | S2_WRITE | DESC_SH_INNER)
/** 48-bit virtual addresses below and above. */
#define TCR_EL1_PLAIN (UINT64_C(16) | UINT64_C(16) << 16 | UINT64_C(2) << 30 | UINT64_C(4) << 32)
#define TCR_ELX_PLAIN (TCR_ELX_RES1 | UINT64_C(16) | UINT64_C(4) << 16)
/** 44-bit intermediate addresses, from level 0. */
#define VTCR_PLAIN (UINT64_C(20) | UINT64_C(2) << 6 | UINT64_C(4) << 16 | BIT(31))
/** Switches a regime's translation on, with the plain map. */
void translate(enum regime regime);
/** Invalidates all TLBs. */
void flush(void);
/** Puts SVC #DONE at an address, so that a fetch from there ends a probe, or another instruction. */
void put_instruction(uint64_t pa, uint32_t instruction);
#define INSTRUCTION_DONE (UINT32_C(0xd4000001) | DONE << 5)
uint64_t load(uint64_t pa);
void store(uint64_t pa, uint64_t value);

#endif
