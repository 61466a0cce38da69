// Controls that trap an instruction to a higher level: HCR_EL2, SCR_EL3, CPTR, CPACR_EL1, MDCR, CNTHCTL_EL2,
// CNTKCTL_EL1, SCTLR_EL1. Each form runs with the control off and on.
#include "../harness.h"

FORMS(vm_writes);
FORM(vm_writes, "msr sctlr_el1, x0");
FORM(vm_writes, "msr ttbr0_el1, x0");
FORM(vm_writes, "msr ttbr1_el1, x0");
FORM(vm_writes, "msr tcr_el1, x0");
FORM(vm_writes, "msr esr_el1, x0");
FORM(vm_writes, "msr far_el1, x0");
FORM(vm_writes, "msr afsr0_el1, x0");
FORM(vm_writes, "msr afsr1_el1, x0");
FORM(vm_writes, "msr mair_el1, x0");
FORM(vm_writes, "msr amair_el1, x0");
FORM(vm_writes, "msr contextidr_el1, x0");
FORM(vm_writes, "msr tcr_el1, x17");
FORM(vm_writes, "msr ttbr0_el1, xzr");
FORMS_END(vm_writes);

FORMS(vm_reads);
FORM(vm_reads, "mrs x1, sctlr_el1");
FORM(vm_reads, "mrs x2, ttbr0_el1");
FORM(vm_reads, "mrs x3, ttbr1_el1");
FORM(vm_reads, "mrs x4, tcr_el1");
FORM(vm_reads, "mrs x5, esr_el1");
FORM(vm_reads, "mrs x6, far_el1");
FORM(vm_reads, "mrs x7, afsr0_el1");
FORM(vm_reads, "mrs x8, afsr1_el1");
FORM(vm_reads, "mrs x9, mair_el1");
FORM(vm_reads, "mrs x10, amair_el1");
FORM(vm_reads, "mrs x11, contextidr_el1");
FORMS_END(vm_reads);

FORMS(vm_others);
FORM(vm_others, "mrs x1, vbar_el1");
FORM(vm_others, "msr vbar_el1, x2");
FORM(vm_others, "msr tpidr_el0, x0");
FORM(vm_others, "mrs x1, cpacr_el1");
FORM(vm_others, "msr elr_el1, x0");
FORM(vm_others, "msr spsr_el1, x0");
FORM(vm_others, "mrs x1, par_el1");
FORMS_END(vm_others);

// Under TRVM the vector of EL1 could not read its own syndrome: these end at EL2.
FORMS(vm_writes_to_el2);
FORM(vm_writes_to_el2, "msr sctlr_el1, x0; hvc #0xd0e");
FORM(vm_writes_to_el2, "msr ttbr0_el1, x0; hvc #0xd0e");
FORM(vm_writes_to_el2, "msr contextidr_el1, x0; hvc #0xd0e");
FORM(vm_writes_to_el2, "mrs x1, vbar_el1; hvc #0xd0e");
FORM(vm_writes_to_el2, "mrs x1, cpacr_el1; hvc #0xd0e");
FORM(vm_writes_to_el2, "mrs x1, elr_el1; hvc #0xd0e");
FORMS_END(vm_writes_to_el2);

FORMS(calls);
FORM(calls, "smc #0");
FORM(calls, "smc #0x1234");
FORM(calls, "hvc #0x77");
FORMS_END(calls);

FORMS(waits);
FORM(waits, "wfi");
FORMS_END(waits);
// The first WFE takes the event that SEVL leaves: only the second would wait.
FORMS(event_waits);
FORM(event_waits, "sevl; wfe; wfe");
FORMS_END(event_waits);

FORMS(id1);
FORM(id1, "mrs x1, revidr_el1");
FORM(id1, "mrs x1, aidr_el1");
FORMS_END(id1);

FORMS(id2);
FORM(id2, "mrs x1, ctr_el0");
FORM(id2, "mrs x2, ccsidr_el1");
FORM(id2, "mrs x3, clidr_el1");
FORM(id2, "mrs x4, csselr_el1");
FORM(id2, "msr csselr_el1, xzr");
FORMS_END(id2);

FORMS(id3);
FORM(id3, "mrs x1, id_aa64pfr0_el1");
FORM(id3, "mrs x1, id_aa64pfr1_el1");
FORM(id3, "mrs x1, id_aa64dfr0_el1");
FORM(id3, "mrs x1, id_aa64dfr1_el1");
FORM(id3, "mrs x1, id_aa64afr0_el1");
FORM(id3, "mrs x1, id_aa64isar0_el1");
FORM(id3, "mrs x1, id_aa64isar1_el1");
FORM(id3, "mrs x1, id_aa64mmfr0_el1");
FORM(id3, "mrs x1, id_aa64mmfr1_el1");
FORM(id3, "mrs x1, id_pfr0_el1");
FORM(id3, "mrs x1, id_isar0_el1");
FORM(id3, "mrs x1, mvfr0_el1");
FORMS_END(id3);

FORMS(id_untrapped);
FORM(id_untrapped, "mrs x1, midr_el1");
FORM(id_untrapped, "mrs x1, mpidr_el1");
FORM(id_untrapped, "mrs x1, dczid_el0");
FORMS_END(id_untrapped);

FORMS(actlr);
FORM(actlr, "mrs x1, actlr_el1");
FORM(actlr, "msr actlr_el1, xzr");
FORMS_END(actlr);

FORMS(set_way);
FORM(set_way, "dc isw, xzr");
FORM(set_way, "dc csw, x0");
FORM(set_way, "dc cisw, x5");
FORMS_END(set_way);

FORMS(to_coherency);
FORM(to_coherency, "dc ivac, x3");
FORM(to_coherency, "dc civac, x3");
FORM(to_coherency, "dc cvac, x3");
FORMS_END(to_coherency);

FORMS(to_coherency_el0);
FORM(to_coherency_el0, "dc civac, x3");
FORM(to_coherency_el0, "dc cvac, x3");
FORMS_END(to_coherency_el0);

FORMS(to_unification);
FORM(to_unification, "ic ivau, x3");
FORM(to_unification, "ic iallu");
FORM(to_unification, "ic ialluis");
FORM(to_unification, "dc cvau, x3");
FORMS_END(to_unification);

FORMS(to_unification_el0);
FORM(to_unification_el0, "ic ivau, x3");
FORM(to_unification_el0, "dc cvau, x3");
FORMS_END(to_unification_el0);

FORMS(tlb);
FORM(tlb, "tlbi vmalle1");
FORM(tlb, "tlbi vae1, x0");
FORM(tlb, "tlbi aside1, x0");
FORM(tlb, "tlbi vaae1, x0");
FORM(tlb, "tlbi vale1, x0");
FORM(tlb, "tlbi vaale1, x0");
FORM(tlb, "tlbi vmalle1is");
FORM(tlb, "tlbi vae1is, x0");
FORM(tlb, "tlbi aside1is, x0");
FORM(tlb, "tlbi vaae1is, x0");
FORM(tlb, "tlbi vale1is, x0");
FORM(tlb, "tlbi vaale1is, x0");
FORMS_END(tlb);

FORMS(zero);
FORM(zero, "dc zva, x3");
FORMS_END(zero);

FORMS(cache_type);
FORM(cache_type, "mrs x1, ctr_el0");
FORMS_END(cache_type);

FORMS(masks);
FORM(masks, "msr daifset, #2");
FORM(masks, "msr daifclr, #2");
FORM(masks, "mrs x1, daif");
FORM(masks, "msr daif, x0");
FORMS_END(masks);

FORMS(fp);
FORM(fp, ".inst 0x9e670000"); // fmov d0, x0
FORM(fp, ".inst 0x4ea01c00"); // mov v0.16b, v0.16b
FORM(fp, ".inst 0xfd400060"); // ldr d0, [x3]
FORM(fp, "mrs x1, s3_3_c4_c4_0"); // FPCR
FORM(fp, "msr s3_3_c4_c4_1, xzr"); // FPSR
FORMS_END(fp);

FORMS(cpacr);
FORM(cpacr, "mrs x1, cpacr_el1");
FORM(cpacr, "msr cpacr_el1, xzr");
FORMS_END(cpacr);

FORMS(cptr);
FORM(cptr, "mrs x1, cptr_el2");
FORM(cptr, "msr cptr_el2, x6");
FORMS_END(cptr);

FORMS(debug);
FORM(debug, "mrs x1, mdscr_el1");
FORM(debug, "msr dbgbvr0_el1, xzr");
FORM(debug, "mrs x1, dbgbcr0_el1");
FORM(debug, "msr dbgwvr0_el1, xzr");
FORM(debug, "mrs x1, dbgwcr0_el1");
FORMS_END(debug);

FORMS(debug_rom);
FORM(debug_rom, "mrs x1, mdrar_el1");
FORMS_END(debug_rom);

FORMS(debug_os);
FORM(debug_os, "msr oslar_el1, xzr");
FORM(debug_os, "mrs x1, oslsr_el1");
FORM(debug_os, "mrs x1, osdlr_el1");
FORMS_END(debug_os);

FORMS(pmu);
FORM(pmu, "mrs x1, pmcr_el0");
FORM(pmu, "mrs x1, pmcntenset_el0");
FORM(pmu, "msr pmovsclr_el0, xzr");
FORM(pmu, "mrs x1, pmccntr_el0");
FORM(pmu, "mrs x1, pmceid0_el0");
FORM(pmu, "msr pmselr_el0, xzr");
FORMS_END(pmu);

FORMS(pmu_control);
FORM(pmu_control, "mrs x1, pmcr_el0");
FORM(pmu_control, "msr pmcr_el0, xzr");
FORMS_END(pmu_control);

FORMS(physical_counter);
FORM(physical_counter, "mrs x1, cntpct_el0");
FORMS_END(physical_counter);

FORMS(virtual_counter);
FORM(virtual_counter, "mrs x1, cntvct_el0");
FORMS_END(virtual_counter);

FORMS(frequency);
FORM(frequency, "mrs x1, cntfrq_el0");
FORMS_END(frequency);

FORMS(physical_timer);
FORM(physical_timer, "mrs x1, cntp_ctl_el0");
FORM(physical_timer, "msr cntp_ctl_el0, xzr");
FORM(physical_timer, "mrs x1, cntp_cval_el0");
FORM(physical_timer, "msr cntp_cval_el0, xzr");
FORM(physical_timer, "mrs x1, cntp_tval_el0");
FORM(physical_timer, "msr cntp_tval_el0, xzr");
FORMS_END(physical_timer);

FORMS(virtual_timer);
FORM(virtual_timer, "mrs x1, cntv_ctl_el0");
FORM(virtual_timer, "msr cntv_ctl_el0, xzr");
FORM(virtual_timer, "mrs x1, cntv_cval_el0");
FORM(virtual_timer, "msr cntv_cval_el0, xzr");
FORM(virtual_timer, "mrs x1, cntv_tval_el0");
FORM(virtual_timer, "msr cntv_tval_el0, xzr");
FORMS_END(virtual_timer);

FORMS(secure_timer);
FORM(secure_timer, "mrs x1, cntps_ctl_el1");
FORM(secure_timer, "msr cntps_ctl_el1, xzr");
FORM(secure_timer, "msr cntps_cval_el1, xzr");
FORM(secure_timer, "mrs x1, cntps_tval_el1");
FORMS_END(secure_timer);

enum control {
  HCR,
  TGE,
  SCR,
  SECURE_SCR,
  CPTR2,
  CPTR3,
  MDCR2,
  MDCR3,
  CNTHCTL,
  CNTKCTL,
  SCTLR1,
  CPACR,
  PMUSERENR,
  NONE
};

static const struct {
  const char *name;
  enum control control;
  /** Bits that are inverted against the plain value to switch the trap on. */
  uint64_t bits;
  const struct form *forms;
  /** Levels that run the forms, in hexadecimal digits of modes, and whether the forms can run untrapped. */
  enum mode modes[4];
  int count;
  int off;
} rows[] = {
    {"HCR_EL2.TVM", HCR, HCR_TVM, vm_writes, {EL1h}, 1, 1},
    {"HCR_EL2.TVM", HCR, HCR_TVM, vm_reads, {EL1h}, 1, 0},
    {"HCR_EL2.TVM", HCR, HCR_TVM, vm_writes, {EL2h}, 1, 0},
    {"HCR_EL2.TRVM", HCR, HCR_TRVM, vm_reads, {EL1h}, 1, 1},
    {"HCR_EL2.TRVM", HCR, HCR_TRVM, vm_writes_to_el2, {EL1h}, 1, 0},
    {"HCR_EL2.TVM", HCR, HCR_TVM, vm_others, {EL1h}, 1, 1},
    {"HCR_EL2.TSC", HCR, HCR_TSC, calls, {EL0t, EL1h, EL2h}, 3, 1},
    {"HCR_EL2.TWI", HCR, HCR_TWI, waits, {EL0t, EL1h}, 2, 0},
    {"HCR_EL2.TWE", HCR, HCR_TWE, event_waits, {EL0t, EL1h}, 2, 0},
    {"HCR_EL2.TID1", HCR, HCR_TID1, id1, {EL1h}, 1, 1},
    {"HCR_EL2.TID2", HCR, HCR_TID2, id2, {EL1h}, 1, 1},
    {"HCR_EL2.TID3", HCR, HCR_TID3, id3, {EL1h, EL2h}, 2, 1},
    {"HCR_EL2.TID*", HCR, HCR_TID0 | HCR_TID1 | HCR_TID2 | HCR_TID3, id_untrapped, {EL1h}, 1, 1},
    {"HCR_EL2.TACR", HCR, HCR_TACR, actlr, {EL1h}, 1, 1},
    {"HCR_EL2.TSW", HCR, HCR_TSW, set_way, {EL1h, EL2h}, 2, 1},
    {"HCR_EL2.TPC", HCR, HCR_TPC, to_coherency, {EL1h, EL2h}, 2, 1},
    {"HCR_EL2.TPU", HCR, HCR_TPU, to_unification, {EL1h, EL2h}, 2, 1},
    {"HCR_EL2.TTLB", HCR, HCR_TTLB, tlb, {EL1h, EL2h}, 2, 1},
    {"HCR_EL2.TDZ", HCR, HCR_TDZ, zero, {EL0t, EL1h, EL2h}, 3, 1},
    {"HCR_EL2.TID2", HCR, HCR_TID2, cache_type, {EL0t}, 1, 1},
    {"HCR_EL2.TPC", HCR, HCR_TPC, to_coherency_el0, {EL0t}, 1, 1},
    {"HCR_EL2.TPU", HCR, HCR_TPU, to_unification_el0, {EL0t}, 1, 1},
    {"HCR_EL2.TGE", TGE, HCR_TGE, calls, {EL0t}, 1, 0},
    {"HCR_EL2.TGE", TGE, HCR_TGE, waits, {EL0t}, 1, 0},
    {"HCR_EL2.TGE", TGE, HCR_TGE, masks, {EL0t}, 1, 0},
    {"HCR_EL2.TGE", TGE, HCR_TGE, cache_type, {EL0t}, 1, 0},
    {"HCR_EL2.TGE", TGE, HCR_TGE, zero, {EL0t}, 1, 0},
    {"SCR_EL3.SMD", SCR, SCR_SMD, calls, {EL1h, EL2h}, 2, 0},
    {"SCR_EL3.HCE=0", SCR, SCR_HCE, calls, {EL1h, EL2h, EL3h}, 3, 0},
    {"SCR_EL3.TWI", SCR, SCR_TWI, waits, {EL0t, EL1h, EL2h}, 3, 0},
    {"SCR_EL3.TWE", SCR, SCR_TWE, event_waits, {EL1h, EL2h}, 2, 0},
    {"SCR_EL3.ST=0", NONE, 0, secure_timer, {EL0t, EL1h, EL2h, EL3h}, 4, 0},
    {"SCR_EL3.NS=0 ST=0", SECURE_SCR, 0, secure_timer, {EL0t, EL1h, EL3h}, 3, 0},
    {"SCR_EL3.NS=0 ST=1", SECURE_SCR, SCR_ST, secure_timer, {EL0t, EL1h, EL3h}, 3, 0},
    {"CPTR_EL3.TCPAC", CPTR3, CPTR_TCPAC, cpacr, {EL1h, EL2h}, 2, 1},
    {"CPTR_EL3.TCPAC", CPTR3, CPTR_TCPAC, cptr, {EL2h, EL3h}, 2, 1},
    {"CPTR_EL2.TCPAC", CPTR2, CPTR_TCPAC, cpacr, {EL1h, EL2h}, 2, 0},
    {"CPACR_EL1.FPEN=0", CPACR, 0, fp, {EL0t, EL1h}, 2, 0},
    {"CPACR_EL1.FPEN=1", CPACR, UINT64_C(1) << 20, fp, {EL0t}, 1, 0},
    {"CPACR_EL1.FPEN=2", CPACR, UINT64_C(2) << 20, fp, {EL0t, EL1h}, 2, 0},
    {"CPTR_EL2.TFP", CPTR2, CPTR_TFP, fp, {EL0t, EL1h, EL2h}, 3, 0},
    {"CPTR_EL3.TFP", CPTR3, CPTR_TFP, fp, {EL0t, EL1h, EL2h, EL3h}, 4, 0},
    {"MDCR_EL2.TDA", MDCR2, BIT(9), debug, {EL1h, EL2h}, 2, 0},
    {"MDCR_EL2.TDRA", MDCR2, BIT(11), debug_rom, {EL1h, EL2h}, 2, 0},
    {"MDCR_EL2.TDOSA", MDCR2, BIT(10), debug_os, {EL1h, EL2h}, 2, 0},
    {"MDCR_EL2.TPM", MDCR2, BIT(6), pmu, {EL1h}, 1, 0},
    {"MDCR_EL2.TPMCR", MDCR2, BIT(5), pmu_control, {EL1h}, 1, 0},
    {"MDCR_EL3.TDA", MDCR3, BIT(9), debug, {EL1h, EL2h}, 2, 0},
    {"MDCR_EL3.TDOSA", MDCR3, BIT(10), debug_os, {EL1h, EL2h}, 2, 0},
    {"MDCR_EL3.TPM", MDCR3, BIT(6), pmu, {EL1h, EL2h}, 2, 0},
    {"PMUSERENR_EL0=0", PMUSERENR, 0, pmu, {EL0t}, 1, 0},
    {"CNTHCTL_EL2.EL1PCTEN=0", CNTHCTL, BIT(0), physical_counter, {EL0t, EL1h, EL2h}, 3, 1},
    {"CNTHCTL_EL2.EL1PCTEN=0", CNTHCTL, BIT(0), virtual_counter, {EL1h}, 1, 0},
    {"CNTHCTL_EL2.EL1PCEN=0", CNTHCTL, BIT(1), physical_timer, {EL0t, EL1h, EL2h}, 3, 1},
    {"CNTHCTL_EL2.EL1PCEN=0", CNTHCTL, BIT(1), virtual_timer, {EL1h}, 1, 0},
    {"CNTKCTL_EL1.EL0PCTEN", CNTKCTL, BIT(0), physical_counter, {EL0t}, 1, 1},
    {"CNTKCTL_EL1.EL0PCTEN", CNTKCTL, BIT(0), frequency, {EL0t}, 1, 1},
    {"CNTKCTL_EL1.EL0VCTEN", CNTKCTL, BIT(1), virtual_counter, {EL0t}, 1, 1},
    {"CNTKCTL_EL1.EL0VCTEN", CNTKCTL, BIT(1), frequency, {EL0t}, 1, 0},
    {"CNTKCTL_EL1.EL0PTEN", CNTKCTL, BIT(9), physical_timer, {EL0t}, 1, 1},
    {"CNTKCTL_EL1.EL0VTEN", CNTKCTL, BIT(8), virtual_timer, {EL0t}, 1, 1},
    {"SCTLR_EL1.UMA", SCTLR1, SCTLR_UMA, masks, {EL0t}, 1, 1},
    {"SCTLR_EL1.UCI", SCTLR1, SCTLR_UCI, to_coherency_el0, {EL0t}, 1, 1},
    {"SCTLR_EL1.UCI", SCTLR1, SCTLR_UCI, to_unification_el0, {EL0t}, 1, 1},
    {"SCTLR_EL1.UCT", SCTLR1, SCTLR_UCT, cache_type, {EL0t}, 1, 1},
    {"SCTLR_EL1.DZE", SCTLR1, SCTLR_DZE, zero, {EL0t}, 1, 1},
    {"SCTLR_EL1.nTWI=0", NONE, 0, waits, {EL0t}, 1, 0},
    {"SCTLR_EL1.nTWE=0", NONE, 0, event_waits, {EL0t}, 1, 0},
};

static const char *mode_name(enum mode mode) {
  static const char *const names[] = {"EL0", "EL1", "EL2", "EL3"};
  return names[mode >> 2];
}

static void set(enum control control, uint64_t bits) {
  switch (control) {
    case HCR:
    case TGE:
      WRITE(hcr_el2, READ(hcr_el2) ^ bits);
      break;
    case SECURE_SCR:
      secure();
      // fall through
    case SCR:
      WRITE(scr_el3, READ(scr_el3) ^ bits);
      break;
    case CPTR2:
      WRITE(cptr_el2, READ(cptr_el2) ^ bits);
      break;
    case CPTR3:
      WRITE(cptr_el3, READ(cptr_el3) ^ bits);
      break;
    case MDCR2:
      WRITE(mdcr_el2, READ(mdcr_el2) ^ bits);
      break;
    case MDCR3:
      WRITE(mdcr_el3, READ(mdcr_el3) ^ bits);
      break;
    case CNTHCTL:
      WRITE(cnthctl_el2, READ(cnthctl_el2) ^ bits);
      break;
    case CNTKCTL:
      WRITE(cntkctl_el1, READ(cntkctl_el1) ^ bits);
      break;
    case SCTLR1:
      WRITE(sctlr_el1, READ(sctlr_el1) ^ bits);
      break;
    case CPACR:
      WRITE(cpacr_el1, bits);
      break;
    case PMUSERENR:
      WRITE(pmuserenr_el0, bits);
      break;
    case NONE:
      break;
  }
}

extern const uint8_t vectors_el1[];

static void prepare(enum control control) {
  reset();
  WRITE(csselr_el1, 0);
  // FP is on unless the row is about CPACR_EL1, so that the row's own control decides.
  if (control == CPTR2 || control == CPTR3) WRITE(cpacr_el1, UINT64_C(3) << 20);
  // Nothing of EL1's own stands before a trap to EL2 or EL3.
  if (control == HCR || control == SCR)
    WRITE(sctlr_el1, READ(sctlr_el1) | SCTLR_UMA | SCTLR_UCI | SCTLR_UCT | SCTLR_DZE | SCTLR_NTWI | SCTLR_NTWE);
  if (control == CNTHCTL) WRITE(cntkctl_el1, BIT(0) | BIT(1) | BIT(8) | BIT(9));
  x[0] = SCTLR_EL1_RES1;
  x[2] = (uint64_t)vectors_el1;
  x[3] = FRAME(0);
  x[6] = CPTR_EL2_RES1;
}

void group_traps(void) {
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
    for (int m = 0; m < rows[r].count; m++)
      for (const struct form *form = rows[r].forms; form->probe; form++) {
        enum mode mode = rows[r].modes[m];
        heading(rows[r].name, mode_name(mode));
        line(form->name, "");
        if (rows[r].off) {
          prepare(rows[r].control);
          run(mode, form->probe);
          outcome("plain");
        }
        prepare(rows[r].control);
        set(rows[r].control, rows[r].bits);
        if (rows[r].control == SCR && rows[r].bits == SCR_SMD) {
          observation.leave = 1;
          WRITE(cptr_el3, CPTR_TCPAC);
        }
        run(mode, form->probe);
        outcome("set");
        field("spsr", observation.spsr, 8);
        end();
      }
}
