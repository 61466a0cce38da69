/* The virtual timer and the event channel, through the GICv2 CPU interface that the VMM lends. */
#include <guest/kernel.h>
#include <rw/gicv2.h>
#include <rw/sysreg.h>

static const struct gicv2 gic = {RW_GUEST_LINEAR_VA + RW_GUEST_IPA_GICD, RW_GUEST_LINEAR_VA + RW_GUEST_IPA_GICC};

static void arm_timer(void) {
  write_sysreg(CNTV_TVAL_EL0, boot_info->tick_period);
  write_sysreg(CNTV_CTL_EL0, CNT_CTL_ENABLE);
  isb();
}

static void timer_interrupt(void) {
  arm_timer();
  scheduler_tick();
}

static const struct {
  unsigned number;
  void (*handler)(void);
} handlers[] = {
    {RW_VIRQ_TIMER, timer_interrupt},
    {RW_VIRQ_EVENT, message_event},
};
#define HANDLERS (sizeof handlers / sizeof handlers[0])

void interrupts_init(void) {
  gicv2_cpu_init(&gic);
  for (unsigned i = 0; i < HANDLERS; i++) gicv2_enable(&gic, handlers[i].number);
  arm_timer();
}

void interrupt(void) {
  const uint32_t acknowledged = gicv2_acknowledge(&gic);
  const uint32_t number = GICC_INTERRUPT(acknowledged);
  if (number == GIC_SPURIOUS) return;
  for (unsigned i = 0; i < HANDLERS; i++) {
    if (handlers[i].number == number) handlers[i].handler();
  }
  gicv2_end(&gic, acknowledged);
}
