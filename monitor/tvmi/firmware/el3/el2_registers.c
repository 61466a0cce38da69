/* Writes of EL2's registers on behalf of a VMM that cannot do them itself. */
#include "frames.h"
#include "stage1.h"
#include "tvmi.h"

#include <rw/page_table.h>
#include <rw/sysreg.h>

#define TCR_T0SZ(tcr) ((tcr) & 0x3f)
#define TCR_TG0(tcr) (((tcr) >> 14) & 3)
/* Input sizes whose tables start at level 1 (D5.2.2). */
#define LEVEL1_MIN_T0SZ 25
#define LEVEL1_MAX_T0SZ 33
#define VTCR_SL0(vtcr) (((vtcr) >> 6) & 3)
#define TTBR_BADDR 0x0000fffffffff000ull
#define VTTBR_VMID(vttbr) ((unsigned)((vttbr) >> 48) & 0xff)
#define VBAR_ALIGNMENT 0x7ffull
/* HCR_EL2 bits that would take the guest out of our view: TGE, DC, E2H. */
#define HCR_FORBIDDEN (RW_BIT(27) | RW_BIT(12) | RW_BIT(34))

struct el2_register {
  const char *alarm;
  uint64_t (*read)(void);
  void (*write)(uint64_t value);
  /* What the first value must fulfil. NULL: anything. */
  bool (*first)(uint64_t value);
  /* What every later value must fulfil. NULL: it must be the first one again. */
  bool (*later)(uint64_t value);
};

#define ACCESSORS(name)                                              \
  static uint64_t read_##name(void) { return read_sysreg(name); }    \
  static void write_##name(uint64_t value) { write_sysreg(name, value); }
ACCESSORS(ttbr0_el2)
ACCESSORS(vbar_el2)
ACCESSORS(sctlr_el2)
ACCESSORS(hcr_el2)
ACCESSORS(vttbr_el2)
ACCESSORS(vtcr_el2)
ACCESSORS(tcr_el2)
ACCESSORS(mair_el2)

/* A value that was granted; `known` once there is one. */
struct grant {
  uint64_t value;
  bool known;
};

/* The value granted last on any CPU. While EL2's MMU is off its measured boot code may choose again. */
static struct grant grants[RW_EL2_REGISTERS];
/* What each CPU's own register must hold. */
static struct grant live_grants[RW_MAX_CPUS][RW_EL2_REGISTERS];
static bool locked;

static bool level1_tables(uint64_t tcr) {
  return TCR_TG0(tcr) == 0 && TCR_T0SZ(tcr) >= LEVEL1_MIN_T0SZ && TCR_T0SZ(tcr) <= LEVEL1_MAX_T0SZ;
}

static bool vtcr_allowed(uint64_t vtcr) { return level1_tables(vtcr) && VTCR_SL0(vtcr) == 1; }

static bool vbar_allowed(uint64_t vbar) {
  const struct frame *frame = frame_at(vbar);
  if ((vbar & VBAR_ALIGNMENT) != 0 || frame == NULL) return false;
  return !locked || frame->kind == FRAME_CODE;
}

static bool sctlr_allowed(uint64_t sctlr) {
  const uint64_t on = SCTLR_M | SCTLR_WXN;
  if ((sctlr & SCTLR_M) == 0) return !locked;
  return (sctlr & on) == on && stage1_adopted();
}

/* What was switched on stays on. */
static bool hcr_allowed(uint64_t hcr) {
  const uint64_t sticky = HCR_VM | HCR_RW | (ablated(RW_ABLATION_NO_TVM) ? 0 : HCR_TVM);
  if ((hcr & HCR_FORBIDDEN) != 0) return false;
  if ((hcr & HCR_VM) != 0 && (hcr & sticky) != sticky) return false;
  return (hcr & sticky & grants[RW_EL2_HCR].value) == (sticky & grants[RW_EL2_HCR].value);
}

static bool vttbr_allowed(uint64_t vttbr) {
  const struct frame *root = frame_at(vttbr & TTBR_BADDR);
  return root != NULL && root->kind == FRAME_STAGE2_TABLE && root->level == 1 && root->owner == VTTBR_VMID(vttbr);
}

static const struct el2_register REGISTERS[RW_EL2_REGISTERS] = {
    [RW_EL2_TTBR0] = {"el2.ttbr0.denied", read_ttbr0_el2, write_ttbr0_el2, NULL, NULL},
    [RW_EL2_VBAR] = {"el2.vbar.denied", read_vbar_el2, write_vbar_el2, vbar_allowed, NULL},
    [RW_EL2_SCTLR] = {"el2.sctlr.denied", read_sctlr_el2, write_sctlr_el2, sctlr_allowed, NULL},
    [RW_EL2_HCR] = {"el2.hcr.denied", read_hcr_el2, write_hcr_el2, hcr_allowed, hcr_allowed},
    [RW_EL2_VTTBR] = {"el2.vttbr.denied", read_vttbr_el2, write_vttbr_el2, vttbr_allowed, vttbr_allowed},
    [RW_EL2_VTCR] = {"el2.vtcr.denied", read_vtcr_el2, write_vtcr_el2, vtcr_allowed, NULL},
    [RW_EL2_TCR] = {"el2.tcr.denied", read_tcr_el2, write_tcr_el2, level1_tables, NULL},
    [RW_EL2_MAIR] = {"el2.mair.denied", read_mair_el2, write_mair_el2, NULL, NULL},
};

static bool allowed(const struct el2_register *reg, const struct grant *grant, uint64_t value) {
  const bool pinned = locked && grant->known;
  if (!pinned) return reg->first == NULL || reg->first(value);
  return reg->later == NULL ? value == grant->value : reg->later(value);
}

/* The tables are looked at once, with EL2's MMU off: afterwards only secure calls change them. */
static const char *adopt(uint64_t ttbr0, uint64_t *detail) {
  if (grants[RW_EL2_TTBR0].known) return grants[RW_EL2_TTBR0].value == ttbr0 ? NULL : "el2.ttbr0.denied";
  if (locked || !grants[RW_EL2_TCR].known) return "el2.ttbr0.denied";
  return stage1_adopt(ttbr0, detail);
}

/* Once EL2's MMU is on, what its boot code chose is what it keeps. */
static bool keep_choices(void) {
  locked = true;
  return !grants[RW_EL2_VBAR].known || vbar_allowed(grants[RW_EL2_VBAR].value);
}

int64_t call_el2_write(const uint64_t *x) {
  if (x[1] >= RW_EL2_REGISTERS) return RW_TVMI_INVALID;
  const struct el2_register *reg = &REGISTERS[x[1]];
  struct grant *grant = &grants[x[1]];
  uint64_t value = x[2], detail = value;
  if (x[1] == RW_EL2_HCR && ablated(RW_ABLATION_NO_TVM)) value &= ~HCR_TVM;
  if (!allowed(reg, grant, value)) return deny(reg->alarm, ",value=%lx", x[2]);
  if (x[1] == RW_EL2_TTBR0) {
    const char *alarm = adopt(value, &detail);
    if (alarm != NULL) return deny(alarm, ",value=%lx,detail=%lx", value, detail);
  }
  if (x[1] == RW_EL2_SCTLR && !locked && (value & SCTLR_M) != 0 && !keep_choices()) {
    return deny("el2.vbar.denied", ",value=%lx", grants[RW_EL2_VBAR].value);
  }
  *grant = live_grants[el3_cpu()][x[1]] = (struct grant){value, true};
  reg->write(value);
  isb();
  return RW_TVMI_OK;
}

bool el2_runs_guests(void) { return grants[RW_EL2_VTTBR].known; }

void el2_compare_live(struct finding_count *count) {
  const struct grant *granted = live_grants[el3_cpu()];
  for (unsigned i = 0; i < RW_EL2_REGISTERS; i++) {
    const uint64_t live = REGISTERS[i].read();
    if (!granted[i].known || live == granted[i].value) continue;
    count->standing++;
    if (!finding_is_new(VMI_FINDING_KINDS + i, el3_cpu(), live)) continue;
    count->reported++;
    report("el3", "el2.live", ",register=%x,value=%lx,granted=%lx", i, live, granted[i].value);
  }
}
