#include "walk.h"

#include "memory.h"

#include <rw/page_table.h>
#include <rw/sysreg.h>

#define LAST_LEVEL 3
#define GRANULE_BITS 12
#define LEVEL_BITS 9
#define IPA_BITS 40

/* TCR_EL1 (D13.2.120) */
#define TCR_T0SZ(tcr) ((unsigned)(tcr) & 0x3f)
#define TCR_T1SZ(tcr) ((unsigned)((tcr) >> 16) & 0x3f)
#define TCR_EPD0 RW_BIT(7)
#define TCR_EPD1 RW_BIT(23)
#define TCR_TG0(tcr) (((tcr) >> 14) & 3)
#define TCR_TG0_4K 0
#define TCR_TG1(tcr) (((tcr) >> 30) & 3)
#define TCR_TG1_4K 2
/* TTBR0 or TTBR1 translates: bit 55 says which. */
#define VA_UPPER RW_BIT(55)
#define TTBR_BADDR 0x0000fffffffffffeull
/* VTCR_EL2 (D13.2.139) */
#define VTCR_SL0(vtcr) ((unsigned)((vtcr) >> 6) & 3)
#define MIN_TSZ 16
#define MAX_TSZ 39

static unsigned shift_of(unsigned level) { return GRANULE_BITS + LEVEL_BITS * (LAST_LEVEL - level); }

/* How one stage reads its tables: stage 1 by stage 2, stage 2 directly. */
typedef bool (*table_reader)(struct guest_memory *memory, uint64_t address, uint64_t *descriptor);

/* Follows tables from `table` at `level`, which indexes with `first_bits` bits. Bounded by the levels. */
static bool follow(struct guest_memory *memory, table_reader read, uint64_t table, unsigned level, unsigned first_bits,
                   uint64_t input, uint64_t *output) {
  unsigned bits = first_bits;
  for (;; level++, bits = LEVEL_BITS) {
    const uint64_t index = (input >> shift_of(level)) & (RW_BIT(bits) - 1);
    uint64_t descriptor;
    memory->references++;
    if (!read(memory, table + index * sizeof descriptor, &descriptor)) return false;
    if ((descriptor & PT_VALID) == 0) return false;
    const bool table_bit = (descriptor & PT_TABLE) != 0;
    if (level == LAST_LEVEL ? !table_bit : level == 0 && !table_bit) return false; /* reserved */
    if (level < LAST_LEVEL && table_bit) {
      table = descriptor & PT_ADDRESS;
      continue;
    }
    const uint64_t low = RW_BIT(shift_of(level)) - 1;
    *output = (descriptor & PT_ADDRESS & ~low) | (input & low);
    return true;
  }
}

static bool read_physical(struct guest_memory *memory, uint64_t address, uint64_t *descriptor) {
  (void)memory;
  return memory_read64(address, descriptor);
}

bool walk_stage2(struct guest_memory *memory, uint64_t ipa, uint64_t *pa) {
  const uint64_t vtcr = memory->vm->vtcr;
  const unsigned size = 64 - TCR_T0SZ(vtcr);
  const unsigned sl0 = VTCR_SL0(vtcr);
  if (TCR_TG0(vtcr) != TCR_TG0_4K || TCR_T0SZ(vtcr) < 64 - IPA_BITS || TCR_T0SZ(vtcr) > MAX_TSZ || sl0 > 2) return false;
  if ((ipa >> size) != 0) return false;
  const unsigned level = 2 - sl0;
  if (size <= shift_of(level)) return false;
  /* Concatenated tables widen the first index by up to four bits (D5.2.6). */
  const unsigned bits = size - shift_of(level);
  if (bits > LEVEL_BITS + 4) return false;
  const uint64_t root = memory->vm->vttbr & TTBR_BADDR;
  return follow(memory, read_physical, root, level, bits, ipa, pa);
}

static bool read_intermediate(struct guest_memory *memory, uint64_t address, uint64_t *descriptor) {
  uint64_t pa;
  return walk_stage2(memory, address, &pa) && memory_read64(pa, descriptor);
}

static bool walk_stage1(struct guest_memory *memory, uint64_t va, uint64_t *ipa) {
  const struct vmi_guest *vm = &memory->vm->guest;
  if ((vm->sctlr & SCTLR_M) == 0) {
    *ipa = va;
    return true;
  }
  const bool upper = (va & VA_UPPER) != 0;
  const unsigned tsz = upper ? TCR_T1SZ(vm->tcr) : TCR_T0SZ(vm->tcr);
  const bool granule = upper ? TCR_TG1(vm->tcr) == TCR_TG1_4K : TCR_TG0(vm->tcr) == TCR_TG0_4K;
  const bool disabled = (vm->tcr & (upper ? TCR_EPD1 : TCR_EPD0)) != 0;
  if (!granule || disabled || tsz < MIN_TSZ || tsz > MAX_TSZ) return false;
  const unsigned size = 64 - tsz;
  if ((va >> size) != (upper ? ~0ull >> size : 0)) return false;
  unsigned level = 0;
  while (size <= shift_of(level)) level++;
  const uint64_t root = (upper ? vm->ttbr1 : vm->ttbr0) & TTBR_BADDR;
  return follow(memory, read_intermediate, root, level, size - shift_of(level), va, ipa);
}

bool walk(struct guest_memory *memory, uint64_t va, uint64_t *pa) {
  const uint64_t page = va & ~(uint64_t)(RW_PAGE_SIZE - 1);
  if (page != memory->page_va) {
    uint64_t ipa, at;
    if (!walk_stage1(memory, page, &ipa) || !walk_stage2(memory, ipa, &at)) return false;
    memory->page_va = page;
    memory->page_pa = at;
  }
  *pa = memory->page_pa + (va - page);
  return true;
}

static const void *live_bytes(struct vmi_memory *interface, uint64_t va, size_t size, void *buffer) {
  (void)buffer;
  uint64_t pa;
  return walk((struct guest_memory *)interface, va, &pa) ? memory_at(pa, size) : NULL;
}

static const void *live_physical(struct vmi_memory *interface, uint64_t ipa, size_t size, void *buffer) {
  (void)buffer;
  uint64_t pa;
  return walk_stage2((struct guest_memory *)interface, ipa, &pa) ? memory_at(pa, size) : NULL;
}

void guest_memory_open(struct guest_memory *memory, const struct agent_vm *vm) {
  *memory = (struct guest_memory){.interface = {live_bytes, live_physical}, .vm = vm, .page_va = ~0ull};
}
