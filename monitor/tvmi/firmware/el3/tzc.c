/* The address-space controller over RAM, programmed as an Arm CoreLink TZC-400 (Arm DDI 0504C). */
#include "tvmi.h"

#include <rw/console.h>

#define TZC_BUILD_CONFIG 0x000
#define TZC_ACTION 0x004
#define TZC_GATE_KEEPER 0x008
#define TZC_SPECULATION_CTRL 0x00c
#define TZC_INT_STATUS 0x010
#define TZC_INT_CLEAR 0x014
#define TZC_FAIL_ADDRESS_LOW 0x020
#define TZC_FAIL_ADDRESS_HIGH 0x024
#define TZC_FAIL_CONTROL 0x028
#define TZC_REGION(n, offset) (0x100 + 0x20 * (n) + (offset))
#define REGION_BASE_LOW 0x00
#define REGION_BASE_HIGH 0x04
#define REGION_TOP_LOW 0x08
#define REGION_TOP_HIGH 0x0c
#define REGION_ATTRIBUTES 0x10
#define REGION_ID_ACCESS 0x14

#define ATTRIBUTES_SECURE_WRITE (1u << 31)
#define ATTRIBUTES_SECURE_READ (1u << 30)
/* Filter 0 is the one that the board has. */
#define ATTRIBUTES_FILTER_0 1u
#define ID_ACCESS_ALL 0xffffffffu
#define ID_ACCESS_NONE 0u
/* A refused access aborts and raises the interrupt. */
#define ACTION_ERROR_AND_INTERRUPT 3u
#define FAIL_CONTROL_WRITE (1u << 24)
#define SPECULATION_OFF 3u

enum { REGION_ALL, REGION_CARVE_OUT };

static uint32_t tzc_read(unsigned offset) { return mmio_read32(RW_TZC + offset); }
static void tzc_write(unsigned offset, uint32_t value) { mmio_write32(RW_TZC + offset, value); }

void tzc_close_carve_out(void) {
  const uint32_t secure = ATTRIBUTES_SECURE_READ | ATTRIBUTES_SECURE_WRITE;
  const uint64_t top = (uint64_t)RW_SECURE_CARVE_OUT + RW_SECURE_CARVE_OUT_SIZE - 1;
  tzc_write(TZC_GATE_KEEPER, 0);
  tzc_write(TZC_ACTION, ACTION_ERROR_AND_INTERRUPT);
  tzc_write(TZC_SPECULATION_CTRL, SPECULATION_OFF);
  tzc_write(TZC_REGION(REGION_ALL, REGION_ATTRIBUTES), secure);
  tzc_write(TZC_REGION(REGION_ALL, REGION_ID_ACCESS), ID_ACCESS_ALL);
  if (!ablated(RW_ABLATION_NO_SECURE_MEMORY)) {
    tzc_write(TZC_REGION(REGION_CARVE_OUT, REGION_BASE_LOW), RW_SECURE_CARVE_OUT);
    tzc_write(TZC_REGION(REGION_CARVE_OUT, REGION_BASE_HIGH), 0);
    tzc_write(TZC_REGION(REGION_CARVE_OUT, REGION_TOP_LOW), (uint32_t)top);
    tzc_write(TZC_REGION(REGION_CARVE_OUT, REGION_TOP_HIGH), (uint32_t)(top >> 32));
    tzc_write(TZC_REGION(REGION_CARVE_OUT, REGION_ID_ACCESS), ID_ACCESS_NONE);
    tzc_write(TZC_REGION(REGION_CARVE_OUT, REGION_ATTRIBUTES), secure | ATTRIBUTES_FILTER_0);
  }
  tzc_write(TZC_GATE_KEEPER, ATTRIBUTES_FILTER_0);
  gicv2_enable_secure(&el3_gic, TZC_INTERRUPT);
}

void tzc_interrupt(void) {
  const uint64_t address = (uint64_t)tzc_read(TZC_FAIL_ADDRESS_HIGH) << 32 | tzc_read(TZC_FAIL_ADDRESS_LOW);
  const bool write = (tzc_read(TZC_FAIL_CONTROL) & FAIL_CONTROL_WRITE) != 0;
  tzc_write(TZC_INT_CLEAR, ATTRIBUTES_FILTER_0);
  report("el3", "secure-memory.access", ",address=%lx,access=%s", address, write ? "write" : "read");
}
