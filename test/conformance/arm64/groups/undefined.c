// What is undefined at a level: registers and operations of a higher one, read-only registers that are written,
// encodings that nobody allocated, instructions of later versions of the architecture.
#include "../harness.h"

FORMS(of_el1);
FORM(of_el1, "mrs x1, sctlr_el1");
FORM(of_el1, "msr vbar_el1, x0");
FORM(of_el1, "mrs x1, elr_el1");
FORM(of_el1, "msr spsr_el1, x0");
FORM(of_el1, "mrs x1, sp_el0");
FORM(of_el1, "mrs x1, esr_el1");
FORM(of_el1, "mrs x1, far_el1");
FORM(of_el1, "msr ttbr0_el1, x0");
FORM(of_el1, "mrs x1, currentel");
FORM(of_el1, "mrs x1, spsel");
FORM(of_el1, "msr spsel, #1");
FORM(of_el1, "mrs x1, midr_el1");
FORM(of_el1, "mrs x1, id_aa64mmfr0_el1");
FORM(of_el1, "mrs x1, tpidr_el1");
FORM(of_el1, "msr tpidrro_el0, x0");
FORM(of_el1, "tlbi vmalle1");
FORM(of_el1, "ic iallu");
FORM(of_el1, "dc ivac, x0");
FORM(of_el1, "dc isw, x0");
FORM(of_el1, "at s1e1r, x0");
FORM(of_el1, "at s1e0w, x0");
FORM(of_el1, "mrs x1, cntkctl_el1");
FORM(of_el1, "mrs x1, par_el1");
FORM(of_el1, "mrs x1, mdscr_el1");
FORMS_END(of_el1);

FORMS(of_el2);
FORM(of_el2, "mrs x1, sctlr_el2");
FORM(of_el2, "msr hcr_el2, x0");
FORM(of_el2, "mrs x1, vbar_el2");
FORM(of_el2, "msr ttbr0_el2, x0");
FORM(of_el2, "mrs x1, tcr_el2");
FORM(of_el2, "mrs x1, vttbr_el2");
FORM(of_el2, "mrs x1, vtcr_el2");
FORM(of_el2, "mrs x1, elr_el2");
FORM(of_el2, "mrs x1, spsr_el2");
FORM(of_el2, "mrs x1, sp_el1");
FORM(of_el2, "mrs x1, esr_el2");
FORM(of_el2, "mrs x1, far_el2");
FORM(of_el2, "mrs x1, hpfar_el2");
FORM(of_el2, "mrs x1, cptr_el2");
FORM(of_el2, "mrs x1, mdcr_el2");
FORM(of_el2, "mrs x1, hstr_el2");
FORM(of_el2, "mrs x1, hacr_el2");
FORM(of_el2, "mrs x1, vpidr_el2");
FORM(of_el2, "mrs x1, vmpidr_el2");
FORM(of_el2, "mrs x1, mair_el2");
FORM(of_el2, "mrs x1, tpidr_el2");
FORM(of_el2, "mrs x1, cnthctl_el2");
FORM(of_el2, "mrs x1, cntvoff_el2");
FORM(of_el2, "mrs x1, cnthp_ctl_el2");
FORM(of_el2, "mrs x1, cnthp_cval_el2");
FORM(of_el2, "mrs x1, dacr32_el2");
FORM(of_el2, "mrs x1, ifsr32_el2");
FORM(of_el2, "mrs x1, spsr_irq");
FORM(of_el2, "tlbi alle2");
FORM(of_el2, "tlbi vae2, x0");
FORM(of_el2, "tlbi alle1");
FORM(of_el2, "tlbi vmalls12e1");
FORM(of_el2, "tlbi ipas2e1, x0");
FORM(of_el2, "at s1e2r, x0");
FORM(of_el2, "at s12e1r, x0");
FORMS_END(of_el2);

FORMS(of_el3);
FORM(of_el3, "mrs x1, sctlr_el3");
FORM(of_el3, "msr scr_el3, x0");
FORM(of_el3, "mrs x1, vbar_el3");
FORM(of_el3, "mrs x1, ttbr0_el3");
FORM(of_el3, "mrs x1, tcr_el3");
FORM(of_el3, "mrs x1, elr_el3");
FORM(of_el3, "mrs x1, spsr_el3");
FORM(of_el3, "mrs x1, sp_el2");
FORM(of_el3, "mrs x1, esr_el3");
FORM(of_el3, "mrs x1, far_el3");
FORM(of_el3, "mrs x1, cptr_el3");
FORM(of_el3, "mrs x1, mdcr_el3");
FORM(of_el3, "mrs x1, mair_el3");
FORM(of_el3, "mrs x1, tpidr_el3");
FORM(of_el3, "mrs x1, rmr_el3");
FORM(of_el3, "mrs x1, rvbar_el3");
FORM(of_el3, "mrs x1, sder32_el3");
FORM(of_el3, "tlbi alle3");
FORM(of_el3, "tlbi vae3, x0");
FORM(of_el3, "at s1e3r, x0");
FORMS_END(of_el3);

FORMS(misuse);
FORM(misuse, "msr s3_0_c0_c0_0, x0"); // MIDR_EL1 is read-only
FORM(misuse, "msr s3_0_c0_c7_0, x0"); // ID_AA64MMFR0_EL1
FORM(misuse, "msr s3_0_c4_c2_2, x0"); // CurrentEL
FORM(misuse, "msr s3_3_c14_c0_1, x0"); // CNTPCT_EL0
FORM(misuse, "mrs x1, s3_0_c4_c0_7"); // unallocated
FORM(misuse, "msr s3_0_c5_c7_7, x0");
FORM(misuse, "mrs x1, s3_6_c9_c9_1");
FORM(misuse, "mrs x1, s2_4_c13_c9_3");
FORM(misuse, "sys #5, c3, c2, #6, x0");
FORM(misuse, "mrs x1, s3_0_c12_c1_0"); // ISR_EL1: defined
FORM(misuse, "msr s3_0_c12_c1_0, x0"); // read-only
FORMS_END(misuse);

FORMS(later);
FORM(later, "mrs x1, s3_0_c4_c2_3"); // PAN, ARMv8.1
FORM(later, "msr s0_0_c4_c1_4, xzr"); // MSR PAN, #1
FORM(later, "mrs x1, s3_0_c4_c2_4"); // UAO, ARMv8.2
FORM(later, "mrs x1, s3_4_c2_c0_1"); // TTBR1_EL2
FORM(later, "mrs x1, s3_5_c1_c0_0"); // SCTLR_EL12
FORM(later, "mrs x1, s3_4_c14_c3_1"); // CNTHV_CTL_EL2
FORM(later, "mrs x1, s3_0_c10_c4_3"); // LORC_EL1
FORM(later, "mrs x1, s3_0_c2_c1_0"); // APIAKeyLo_EL1
FORM(later, "mrs x1, s3_3_c2_c4_0"); // RNDR
FORM(later, "mrs x1, s3_4_c2_c6_0"); // VSTTBR_EL2
FORM(later, ".inst 0xb8200041"); // LDADD
FORM(later, ".inst 0x88a07c41"); // CAS
FORM(later, ".inst 0xb8bfc041"); // LDAPR
FORM(later, ".inst 0xdac10041"); // PACIA
FORM(later, ".inst 0xd65f0bff"); // RETAA
FORM(later, ".inst 0xd69f0bff"); // ERETAA
FORM(later, ".inst 0xba000800"); // RMIF
FORM(later, ".inst 0xd5033040"); // CLREX with Rt = 0
FORM(later, ".inst 0xd503201f"); // NOP
FORM(later, ".inst 0xd503245f"); // BTI c: a hint, NOP here
FORM(later, ".inst 0xd503233f"); // PACIASP: a hint, NOP here
FORM(later, ".inst 0xd50320ff"); // XPACLRI: a hint, NOP here
FORM(later, ".inst 0xd503221f"); // ESB: a hint, NOP here
FORMS_END(later);

FORMS(encodings);
FORM(encodings, ".inst 0x00000000");
FORM(encodings, ".inst 0x00010000");
FORM(encodings, ".inst 0xffffffff");
FORM(encodings, ".inst 0x0000ffff");
FORM(encodings, ".inst 0xd4000000"); // exception generation, LL = 0
FORM(encodings, ".inst 0xd4600001");
FORM(encodings, ".inst 0xd4a00000"); // DCPS, LL = 0
FORM(encodings, ".inst 0xd4a00001"); // DCPS1 outside Debug state
FORM(encodings, ".inst 0xd6bf03e0"); // DRPS outside Debug state
FORM(encodings, ".inst 0xd6e00000"); // branch to register, unallocated
FORM(encodings, ".inst 0x12400000"); // AND immediate, 32 bits, N = 1
FORM(encodings, ".inst 0x5ac01000"); // data processing 1 source: CLZ w0, w0 (defined)
FORM(encodings, ".inst 0x5ac00c00"); // REV64, 32 bits
FORM(encodings, ".inst 0x1ac00000"); // data processing 2 source, opcode 0
FORM(encodings, ".inst 0x13c08000"); // EXTR, 32 bits, imms = 32
FORM(encodings, ".inst 0x0b200000"); // ADD extended (defined)
FORM(encodings, ".inst 0x0b201400"); // ADD extended, imm3 = 5
FORM(encodings, ".inst 0x0bc00000"); // ADD shifted, shift = 3
FORM(encodings, ".inst 0x0b008000"); // ADD shifted, 32 bits, imm6 = 32
FORM(encodings, ".inst 0x52c00000"); // MOVZ w0, lsl 32
FORM(encodings, ".inst 0x32400000"); // ORR immediate, N = 1, 32 bits
FORM(encodings, ".inst 0x9240fc00"); // AND immediate, all ones
FORM(encodings, ".inst 0x9b600000"); // data processing 3 source, unallocated
FORM(encodings, ".inst 0x3a400020"); // CCMN with o3 = 0, o2 = 0 (defined)
FORM(encodings, ".inst 0x3a400410"); // CCMN with o3 = 1
FORM(encodings, ".inst 0x1a800c00"); // conditional select, op2 = 3
FORM(encodings, ".inst 0x38c00000"); // LDURSB w (defined, unmapped registers)
FORM(encodings, ".inst 0xb8c00000"); // size 2, opc 3
FORM(encodings, ".inst 0xf8c00000"); // size 3, opc 3
FORM(encodings, ".inst 0x69000000"); // STGP-like: STP opc 1, L 0
FORM(encodings, ".inst 0xe9000000"); // LDP opc 3
FORM(encodings, ".inst 0x38200000"); // register offset, option 0
FORMS_END(encodings);


static void all(const char *name, const struct form *forms, const enum mode *modes, int count) {
  static const char *const names[] = {"EL0", "EL1", "EL2", "EL3"};
  for (const struct form *form = forms; form->probe; form++) {
    heading(name, "");
    line(form->name, "");
    for (int m = 0; m < count; m++) {
      reset();
      x[0] = FRAME(0);
      x[2] = FRAME(1);
      run(modes[m], form->probe);
      outcome(names[modes[m] >> 2]);
    }
    end();
  }
}

void group_undefined(void) {
  static const enum mode modes[] = {EL0t, EL1h, EL2h, EL3h};
  all("of EL1", of_el1, modes, 1);
  all("of EL2", of_el2, modes, 2);
  all("of EL3", of_el3, modes, 3);
  all("misuse", misuse, modes, 4);
  all("later", later, modes, 4);
  all("encodings", encodings, modes, 4);
  // Registers and operations of EL2 in the secure state.
  for (const struct form *form = of_el2; form->probe; form++) {
    reset();
    secure();
    heading("of EL2", "secure");
    line(form->name, "");
    run(EL1h, form->probe);
    outcome("EL1");
    end();
  }
}
