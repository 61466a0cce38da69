/* The image without a monitor: loads what the bundle holds, measures nothing, guards nothing. */
#include <el3/el3.h>

const char el3_name[] = "plain";

#define SMC_UNKNOWN (-1)

void el3_platform_init(void) {}

int el3_measure_directory(const struct rw_bundle *directory, uint64_t size) {
  (void)directory;
  (void)size;
  return 0;
}

int el3_measure(const struct rw_bundle_entry *entry, const uint8_t *bytes) {
  (void)entry;
  (void)bytes;
  return 0;
}

void el3_configured(void) {}

void el3_images_loaded(void) {}

void el3_secondary_init(unsigned cpu) { (void)cpu; }

bool el3_may_start(uint64_t entry) {
  (void)entry;
  return true;
}

void el3_smc(struct el3_context *context) { context->x[0] = (uint64_t)SMC_UNKNOWN; }

void el3_trap(struct el3_context *context, uint64_t esr) {
  (void)context;
  (void)esr;
  el3_stop("a trap to EL3 that nothing handles");
}

void el3_fiq(struct el3_context *context, unsigned interrupt) {
  (void)context;
  (void)interrupt;
}

void el3_platform_exit(void) {}
