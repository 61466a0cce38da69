/*
 * Kernels of exceptions, faults and translations. Entered at EL3 with its MMU on: builds tables for the levels below, and runs
 * one loop of system.S at its level.
 */
#include "system.h"

typedef unsigned long u64;

#define BLOCK_BYTES 0x200000UL
#define RAM 0x40000000UL
#define RAM_BYTES 0x4000000UL
#define FRAMES 0x42000000UL
#define OTHER_FRAMES 0x42200000UL
#define PAGE 4096UL

/* Descriptors (D5.3): valid, AF, inner shareable, attribute 0 of MAIR. */
#define TABLE 3UL
#define BLOCK (1UL | 3UL << 8 | 1UL << 10)
#define LEAF (3UL | 3UL << 8 | 1UL << 10)
#define EL0_MAY_WRITE (1UL << 6)
/* Stage 2: reads and writes, normal write-back. */
#define STAGE2 (3UL << 6 | 0xfUL << 2)

#define SCR_NS_HCE_RW (1UL | 3UL << 4 | 1UL << 8 | 1UL << 10)
#define HCR_VM (1UL << 0)
#define HCR_TVM (1UL << 26)
#define HCR_RW (1UL << 31)
#define SCTLR_MMU_ON (0x30d00800UL | 1)
#define SCTLR_EL2_MMU_ON (0x30c50830UL | 1)
/* T0SZ = 25, write-back, inner shareable; 40-bit addresses. */
#define TCR (25UL | 1UL << 8 | 1UL << 10 | 3UL << 12)
#define TCR_EL1 (TCR | 1UL << 23 | 2UL << 32)
#define TCR_EL2 (TCR | 2UL << 16 | 1UL << 23 | 1UL << 31)
#define VTCR (TCR | 1UL << 6 | 2UL << 16 | 1UL << 31)
#define VMID(n) ((u64)(n) << 48)

/* EL1h and EL2h with interrupts masked; EL0. */
#define TO_EL2 0x3c9UL
#define TO_EL1 0x3c5UL
#define TO_EL0 0x3c0UL

#define SYSTEM_REGISTER(name, value) __asm__ volatile("msr " #name ", %0" : : "r"((u64)(value)) : "memory")

extern char vectors_el3[], vectors_el2_call[], vectors_el2_fault[], vectors_el2_write[], vectors_el2_switch[];
extern char vectors_el1_call[], vectors_el1_fault[];
extern char user_start[], image_start[];
extern u64 level1[];

u64 enter(u64 spsr, void (*loop)(void), u64 rounds, const u64 arguments[5]);
void svc_loop(void), hvc_loop(void), smc_loop(void), stage1_fault_loop(void), stage2_fault_loop(void);
void trapped_write_loop(void), tlbi_loop(void), tlbi_all_loop(void), vttbr_loop(void);

#define TABLE_OF(name) static u64 name[512] __attribute__((aligned(4096)))
TABLE_OF(stage1_root);
TABLE_OF(stage1_blocks);
TABLE_OF(image_pages);
TABLE_OF(remapped_pages);
/* Two guests' stage 2. */
static u64 stage2_root[2][512] __attribute__((aligned(4096)));
static u64 stage2_blocks[2][512] __attribute__((aligned(4096)));
static u64 switched_pages[2][512] __attribute__((aligned(4096)));

/* A kernel: where its loop runs, who answers it, and HCR_EL2 beside RW. */
struct kernel {
  void (*loop)(void);
  u64 spsr;
  const char *el1, *el2;
  u64 hcr;
  u64 arguments[5];
};

#define ALL_EL1 vectors_el1_call
static const struct kernel kernels[] = {
  {svc_loop, TO_EL0, vectors_el1_call, vectors_el2_call, 0, {0}},
  {hvc_loop, TO_EL1, ALL_EL1, vectors_el2_call, HCR_VM, {0}},
  {smc_loop, TO_EL1, ALL_EL1, vectors_el2_call, 0, {0}},
  {smc_loop, TO_EL2, ALL_EL1, vectors_el2_call, 0, {0}},
  {stage1_fault_loop, TO_EL0, vectors_el1_fault, vectors_el2_call, 0, {ABSENT_VA}},
  {stage2_fault_loop, TO_EL1, ALL_EL1, vectors_el2_fault, HCR_VM, {ABSENT_IPA}},
  {trapped_write_loop, TO_EL1, ALL_EL1, vectors_el2_write, HCR_VM | HCR_TVM, {SCTLR_MMU_ON, (u64)stage1_root}},
  {tlbi_loop, TO_EL1, ALL_EL1, vectors_el2_call, 0, {(u64)remapped_pages, REMAPPED_VA, FRAMES ^ OTHER_FRAMES}},
  {tlbi_all_loop, TO_EL1, ALL_EL1, vectors_el2_call, 0, {(u64)remapped_pages, REMAPPED_VA, FRAMES ^ OTHER_FRAMES}},
  {vttbr_loop, TO_EL1, ALL_EL1, vectors_el2_switch, HCR_VM,
   {SWITCHED_VA, VMID(1) + (u64)stage2_root[0], VMID(2) + (u64)stage2_root[1]}},
};

static u64 index2(u64 address) { return (address / BLOCK_BYTES) % 512; }

static void build_stage1(void) {
  stage1_root[1] = (u64)stage1_blocks | TABLE;
  for (u64 at = RAM; at < RAM + RAM_BYTES; at += BLOCK_BYTES) stage1_blocks[index2(at)] = at | BLOCK;
  for (u64 i = 0; i < 512; i++) image_pages[i] = ((u64)image_start + i * PAGE) | LEAF;
  image_pages[((u64)user_start - (u64)image_start) / PAGE] |= EL0_MAY_WRITE;
  stage1_blocks[index2((u64)image_start)] = (u64)image_pages | TABLE;
  for (u64 i = 0; i < REMAPPED_PAGES; i++) {
    remapped_pages[i] = (FRAMES + i * PAGE) | LEAF;
    *(volatile u64 *)(FRAMES + i * PAGE) = i * 3 + 1;
    *(volatile u64 *)(OTHER_FRAMES + i * PAGE) = i * 5 + 2;
  }
  stage1_blocks[index2(REMAPPED_VA)] = (u64)remapped_pages | TABLE;
  stage1_blocks[index2(SWITCHED_VA)] = SWITCHED_VA | BLOCK;
  stage1_blocks[index2(ABSENT_IPA)] = (ABSENT_IPA & ~(BLOCK_BYTES - 1)) | BLOCK;
}

static void build_stage2(void) {
  for (int guest = 0; guest < 2; guest++) {
    stage2_root[guest][1] = (u64)stage2_blocks[guest] | TABLE;
    for (u64 at = RAM; at < RAM + RAM_BYTES; at += BLOCK_BYTES) stage2_blocks[guest][index2(at)] = at | BLOCK | STAGE2;
    switched_pages[guest][0] = (guest ? OTHER_FRAMES : FRAMES) | LEAF | STAGE2;
    stage2_blocks[guest][index2(SWITCHED_VA)] = (u64)switched_pages[guest] | TABLE;
  }
}

u64 system_kernel(u64 number, u64 rounds) {
  const struct kernel *kernel = &kernels[number];
  build_stage1();
  build_stage2();
  SYSTEM_REGISTER(scr_el3, SCR_NS_HCE_RW);
  SYSTEM_REGISTER(vbar_el3, vectors_el3);
  SYSTEM_REGISTER(hcr_el2, HCR_RW | kernel->hcr);
  SYSTEM_REGISTER(vbar_el2, kernel->el2);
  SYSTEM_REGISTER(ttbr0_el2, level1);
  SYSTEM_REGISTER(mair_el2, 0xff);
  SYSTEM_REGISTER(tcr_el2, TCR_EL2);
  SYSTEM_REGISTER(vtcr_el2, VTCR);
  SYSTEM_REGISTER(vttbr_el2, VMID(1) | (u64)stage2_root[0]);
  SYSTEM_REGISTER(sctlr_el2, SCTLR_EL2_MMU_ON);
  SYSTEM_REGISTER(vbar_el1, kernel->el1);
  SYSTEM_REGISTER(ttbr0_el1, stage1_root);
  SYSTEM_REGISTER(mair_el1, 0xff);
  SYSTEM_REGISTER(tcr_el1, TCR_EL1);
  SYSTEM_REGISTER(sctlr_el1, SCTLR_MMU_ON);
  __asm__ volatile("dsb sy\n isb\n tlbi alle1\n tlbi alle2\n dsb sy\n isb" : : : "memory");
  return enter(kernel->spsr, kernel->loop, rounds, kernel->arguments);
}
