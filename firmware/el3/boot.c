/* From reset to the VMM: finds out what the machine has, loads the bundle, leaves for EL2. */
#include <el3/el3.h>
#include <rw/fdt.h>
#include <rw/console.h>
#include <rw/page_table.h>
#include <rw/psci.h>
#include <rw/string.h>
#include <rw/sysreg.h>

#include <stddef.h>

struct el3_boot el3_boot;
const struct gicv2 el3_gic = {RW_GICD, RW_GICC};

/* The directory must fit between its copy and the configuration's. */
_Static_assert(sizeof(struct rw_bundle) + RW_BUNDLE_MAX_ENTRIES * sizeof(struct rw_bundle_entry) <=
                   RW_CONFIG_COPY - RW_DIRECTORY_COPY,
               "room for the directory's copy");

static const uint8_t *in_rom(uint64_t offset) { return (const uint8_t *)(RW_ROM + offset); }

/* A directory whose count makes no sense is measured by its header: it cannot be the one that was meant. */
static bool is_bundle(const struct rw_bundle *bundle) {
  return bundle->magic == RW_BUNDLE_MAGIC && bundle->count <= RW_BUNDLE_MAX_ENTRIES;
}

static void find_bundle(void) {
  const struct rw_bundle *bundle = (const struct rw_bundle *)in_rom(RW_BUNDLE_OFFSET);
  const uint64_t entries = is_bundle(bundle) ? bundle->count * sizeof bundle->entries[0] : 0;
  if (el3_measure_directory(bundle, sizeof *bundle + entries) != 0) el3_refuse_boot("directory");
  if (!is_bundle(bundle)) el3_stop("no bundle in the ROM");
  el3_boot.bundle = bundle;
}

/* All of them before any is used: what is loaded first could otherwise speak for the next. */
static void measure_payloads(void) {
  const struct rw_bundle *bundle = el3_boot.bundle;
  for (uint32_t i = 0; i < bundle->count; i++) {
    const struct rw_bundle_entry *entry = &bundle->entries[i];
    if (el3_measure(entry, in_rom(entry->offset)) != 0) el3_refuse_boot(entry->name);
  }
}

static void find_configuration(void) {
  const struct rw_bundle_entry *entry = rw_bundle_next(el3_boot.bundle, RW_BUNDLE_CONFIGURATION, NULL);
  if (entry == NULL || entry->size != sizeof(struct rw_config)) el3_stop("the bundle has no run configuration");
  el3_boot.config = (const struct rw_config *)in_rom(entry->offset);
  if (el3_boot.config->magic != RW_CONFIG_MAGIC || el3_boot.config->version != RW_CONFIG_VERSION) {
    el3_stop("the run configuration is of another version");
  }
}

static void load_payloads(void) {
  const struct rw_bundle *bundle = el3_boot.bundle;
  for (uint32_t i = 0; i < bundle->count; i++) {
    const struct rw_bundle_entry *entry = &bundle->entries[i];
    if (entry->load == 0) continue;
    memcpy((void *)entry->load, in_rom(entry->offset), entry->size);
    el3_print("el3: loaded %s\n", entry->name);
  }
  memcpy((void *)RW_DIRECTORY_COPY, bundle, sizeof *bundle + bundle->count * sizeof bundle->entries[0]);
  memcpy((void *)RW_CONFIG_COPY, el3_boot.config, sizeof *el3_boot.config);
}

uint64_t el3_normal_world_scr(void) { return SCR_RES1 | SCR_NS | SCR_FIQ | SCR_HCE | SCR_RW | SCR_SIF; }

/* Called by start.S on CPU 0. */
void el3_main(void) {
  pl011_init(RW_UART0);
  el3_print("el3: %s firmware\n", el3_name);
  el3_memory_init();
  el3_mmu_on();
  gicv2_secure_init(&el3_gic);
  gicv2_secure_cpu_init(&el3_gic);
  el3_boot.device_tree = (const void *)RW_DEVICE_TREE;
  el3_boot.has_tzc = fdt_has_compatible(el3_boot.device_tree, "arm,tzc-400");
  if (!el3_boot.has_tzc) el3_print("el3: ours: no TZC, secure carve-out is open\n");
  el3_platform_init();
  find_bundle();
  measure_payloads();
  find_configuration();
  el3_configured();
  load_payloads();
  const struct rw_bundle_entry *vmm = rw_bundle_next(el3_boot.bundle, RW_BUNDLE_VMM, NULL);
  if (vmm == NULL) el3_stop("the bundle has no VMM");
  psci_init();
  el3_images_loaded();
  el3_print("el3: entering EL2\n");
  __asm__ volatile("ic iallu\n dsb sy\n isb" : : : "memory");
  el3_enter_el2(vmm->entry, RW_DEVICE_TREE, RW_DIRECTORY_COPY, el3_normal_world_scr());
}
