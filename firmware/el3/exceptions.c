/* Where vectors.S enters C, and the end of the line. */
#include <el3/el3.h>
#include <rw/console.h>
#include <rw/sysreg.h>

#define GPIODIR 0x400
/* A PL061's data register is 256 words: address bits 9:2 mask the lines that a write changes. */
#define GPIODATA(lines) ((uintptr_t)(lines) << 2)
#define GPIO_POWER_OFF (1u << 0)
#define GPIO_RESET (1u << 1)

void el3_print(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  rw_vformat(pl011_sink, (void *)RW_UART0, format, arguments);
  va_end(arguments);
}

unsigned el3_cpu(void) { return (unsigned)MPIDR_AFF0(read_sysreg(MPIDR_EL1)); }

static _Noreturn void raise_line(uint32_t line) {
  mmio_write32(RW_SECURE_GPIO + GPIODIR, line);
  mmio_write32(RW_SECURE_GPIO + GPIODATA(line), line);
  for (;;) wfi();
}

_Noreturn void el3_power_off(void) {
  el3_platform_exit();
  el3_print("el3: power off\n");
  raise_line(GPIO_POWER_OFF);
}

_Noreturn void el3_reset(void) {
  el3_platform_exit();
  el3_print("el3: reset\n");
  psci_forget();
  raise_line(GPIO_RESET);
}

_Noreturn void el3_refuse_boot(const char *stage) {
  el3_print("el3: %s does not measure as expected\n", stage);
  el3_print("el3: stopped: measured boot\n");
  el3_power_off();
}

_Noreturn void el3_stop(const char *why) {
  el3_print("el3: stopped: %s\n", why);
  el3_power_off();
}

/* Called by vectors.S. */
void el3_lower_synchronous(struct el3_context *context, uint64_t esr) {
  if (ESR_EC(esr) != EC_SMC64) {
    el3_trap(context, esr);
  } else if ((context->scr & SCR_NS) != 0 && psci_owns((uint32_t)context->x[0])) {
    psci_smc(context);
  } else {
    el3_smc(context);
  }
}

/* Called by vectors.S. */
void el3_lower_fiq(struct el3_context *context) {
  const uint32_t acknowledged = gicv2_acknowledge(&el3_gic);
  const uint32_t interrupt = GICC_INTERRUPT(acknowledged);
  if (interrupt >= GIC_PENDING_GROUP1) return;
  el3_fiq(context, interrupt);
  gicv2_end(&el3_gic, acknowledged);
}

/* Called by vectors.S: a fault of EL3 itself, or an exception that SCR_EL3 does not send here. */
_Noreturn void el3_unexpected(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far) {
  el3_print("el3: unexpected exception %lu: ESR %lx ELR %lx FAR %lx\n", vector, esr, elr, far);
  el3_stop("exception at EL3");
}
