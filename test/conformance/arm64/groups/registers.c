// What registers keep of what is written, what they read as, and instructions without a place elsewhere: DC ZVA, CRC32.
#include "../harness.h"

FORMS(registers_identity);
FORM(registers_identity, "mrs x1, midr_el1");
FORM(registers_identity, "mrs x1, mpidr_el1");
FORM(registers_identity, "mrs x1, revidr_el1");
FORM(registers_identity, "mrs x1, aidr_el1");
FORM(registers_identity, "mrs x1, ctr_el0");
FORM(registers_identity, "mrs x1, clidr_el1");
FORM(registers_identity, "mrs x1, dczid_el0");
FORM(registers_identity, "mrs x1, id_aa64mmfr1_el1");
FORM(registers_identity, "mrs x1, id_aa64isar1_el1");
FORM(registers_identity, "mrs x1, id_aa64pfr1_el1");
FORM(registers_identity, "mrs x1, id_aa64dfr1_el1");
FORM(registers_identity, "mrs x1, id_aa64afr0_el1");
FORM(registers_identity, "mrs x1, id_aa64afr1_el1");
FORM(registers_identity, "mrs x1, s3_0_c0_c4_4"); // reserved: RAZ
FORM(registers_identity, "mrs x1, s3_0_c0_c7_7"); // reserved: RAZ
FORMS_END(registers_identity);

// x0 is written at EL3, x1 read back.
#define KEPT(reg) FORM(registers_kept, "msr " reg ", x0; isb; mrs x1, " reg)
FORMS(registers_kept);
KEPT("tpidr_el0");
KEPT("tpidr_el1");
KEPT("tpidr_el2");
KEPT("tpidr_el3");
KEPT("far_el1");
KEPT("far_el2");
KEPT("far_el3");
KEPT("elr_el1");
KEPT("elr_el2");
KEPT("elr_el3");
KEPT("sp_el0");
KEPT("sp_el1");
KEPT("sp_el2");
KEPT("mair_el1");
KEPT("mair_el2");
KEPT("mair_el3");
KEPT("cntvoff_el2");
KEPT("cntv_cval_el0");
KEPT("cntp_cval_el0");
KEPT("cnthp_cval_el2");
KEPT("cntps_cval_el1");
FORMS_END(registers_kept);

PROBE(registers_zero, "dc zva, x0");
PROBE(registers_midr, "mrs x0, midr_el1\n\tmrs x1, mpidr_el1");

FORMS(registers_crc);
FORM(registers_crc, "crc32b w0, w1, w2");
FORM(registers_crc, "crc32h w0, w1, w2");
FORM(registers_crc, "crc32w w0, w1, w2");
FORM(registers_crc, "crc32x w0, w1, x2");
FORM(registers_crc, "crc32cb w0, w1, w2");
FORM(registers_crc, "crc32ch w0, w1, w2");
FORM(registers_crc, "crc32cw w0, w1, w2");
FORM(registers_crc, "crc32cx w0, w1, x2");
FORMS_END(registers_crc);

static void identity(void) {
  heading("identity", "");
  for (const struct form *form = registers_identity; form->probe; form++) {
    reset();
    line(form->name, "");
    run(EL1h, form->probe);
    field("x1", observation.x[1], 16);
    end();
  }
  // A machine may do without mixed endianness (BigEnd, bits 11:8).
  line("id_aa64mmfr0_el1 but BigEnd", "");
  field("value", READ(id_aa64mmfr0_el1) & ~UINT64_C(0xf00), 16);
  end();
  // EL2 chooses what EL1 sees.
  static const struct {
    const char *name;
    enum mode mode;
    int secure;
  } levels[] = {{"EL1", EL1h, 0}, {"EL2", EL2h, 0}, {"EL3", EL3h, 0}, {"S-EL1", EL1h, 1}};
  uint64_t midr = READ(vpidr_el2), mpidr = READ(vmpidr_el2);
  for (size_t i = 0; i < 4; i++) {
    reset();
    WRITE(vpidr_el2, 0x12345678);
    WRITE(vmpidr_el2, UINT64_C(0x80000042));
    if (levels[i].secure) secure();
    heading("virtual identity", "");
    run(levels[i].mode, registers_midr);
    show_registers(levels[i].name, "", 2);
  }
  WRITE(vpidr_el2, midr);
  WRITE(vmpidr_el2, mpidr);
}

static void kept(void) {
  static const uint64_t patterns[] = {~UINT64_C(0), UINT64_C(0x5a5aa5a512345678), 0};
  for (const struct form *form = registers_kept; form->probe; form++) {
    heading("kept", "");
    line(form->name, "");
    for (int i = 0; i < 3; i++) {
      reset();
      x[0] = patterns[i];
      run(EL3h, form->probe);
      field("x1", observation.x[1], 16);
    }
    end();
  }
}

static void zero(void) {
  static const struct {
    const char *name;
    enum mode mode;
    uint64_t offset;
  } rows[] = {{"aligned", EL1h, 0x40}, {"within the block", EL1h, 0x7f}, {"EL0", EL0t, 0x80}, {"end of the page", EL1h, 0xff8}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    reset();
    map(root[EL1], WINDOW, 3, FRAME(0) | PAGE_RW | DESC_AP_EL0);
    WRITE(sctlr_el1, READ(sctlr_el1) | SCTLR_DZE);
    translate(EL1);
    for (uint64_t a = 0; a < 0x1000; a += 8) store(FRAME(0) + a, ~UINT64_C(0));
    x[0] = WINDOW + rows[i].offset;
    heading("dc zva", "");
    run(rows[i].mode, registers_zero);
    show(rows[i].name, "");
    uint64_t first = 0x1000, last = 0;
    for (uint64_t a = 0; a < 0x1000; a += 8)
      if (load(FRAME(0) + a) == 0) {
        if (first == 0x1000) first = a;
        last = a + 8;
      }
    line(rows[i].name, "zeroed");
    field("from", first, 4);
    field("to", last, 4);
    end();
  }
  static const struct {
    const char *name;
    uint64_t descriptor;
  } faults[] = {{"read-only", FRAME(0) | PAGE_RW | DESC_AP_RO}, {"absent", 0}};
  for (size_t i = 0; i < 2; i++) {
    reset();
    map(root[EL1], WINDOW, 3, faults[i].descriptor);
    translate(EL1);
    x[0] = WINDOW + 0x40;
    heading("dc zva", "");
    run(EL1h, registers_zero);
    show(faults[i].name, "");
  }
}

static void crc(void) {
  static const struct {
    uint64_t accumulator, data;
  } values[] = {{0, 0x61},
                {0xffffffff, UINT64_C(0x0123456789abcdef)},
                {0x12345678, UINT64_C(0xffffffffffffffff)},
                {UINT64_C(0xdeadbeef00000001), UINT64_C(0x8000000000000000)}};
  heading("crc", "");
  for (const struct form *form = registers_crc; form->probe; form++) {
    line(form->name, "");
    for (int i = 0; i < 4; i++) {
      reset();
      x[1] = values[i].accumulator;
      x[2] = values[i].data;
      run(EL0t, form->probe);
      field("x0", observation.x[0], 16);
    }
    end();
  }
}

void group_registers(void) {
  identity();
  kept();
  zero();
  crc();
}
