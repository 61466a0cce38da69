/* Loadable modules: EL3 has put them at their slots; they come to life at the configured tick. */
#include <rw/bundle.h>
#include <rw/string.h>
#include <vmm/vmi.h>
#include <vmm/vmm.h>

static const struct rw_bundle *directory;
static struct rw_vmm_guest guest_views[RW_GUESTS];
static struct rw_vmm_api api;
/* IPA of a module that guest 0's kernel may load now, 0 = none. */
static uint64_t guest_module;

void module_init(const void *bundle) { directory = bundle; }

static void fill_api(void) {
  for (unsigned i = 0; i < RW_GUESTS; i++) {
    struct vmm_guest *guest = &vmm_guests[i];
    guest_views[i] = (struct rw_vmm_guest){
        .ram = guest->ram,
        .ram_size = RW_GUEST_RAM_SIZE,
        .stage2_root = guest->arch.stage2.root,
        .vttbr = &guest->arch.vttbr,
    };
  }
  api = (struct rw_vmm_api){
      .version = RW_VMM_API_VERSION,
      .guest_count = RW_GUESTS,
      .config = vmm_config,
      .guests = guest_views,
      .print = vmm_print,
      .map = arch_map,
      .check_start = (uint64_t)rw_check_start,
      .check_end = (uint64_t)rw_check_end,
      .vmi_read = (rw_vmi_read_service *)&rw_vmi_read,
  };
}

static void load(const struct rw_bundle_entry *entry) {
  if (entry->load < RW_VMM_MODULES || entry->load >= RW_VMM_MODULES + RW_VMM_MODULES_SIZE) return;
  if (arch_module_map(entry->load, entry->size < RW_MODULE_DATA_OFFSET ? entry->size : RW_MODULE_DATA_OFFSET) != 0) {
    vmm_print("vmm: module %s: refused\n", entry->name);
    return;
  }
  vmm_print("vmm: module %s: loaded\n", entry->name);
  const int result = arch_guarded_call(entry->entry, &api);
  if (result == ARCH_ABORTED) {
    vmm_print("vmm: module %s: aborted\n", entry->name);
  } else {
    vmm_print("vmm: module %s: returned %d\n", entry->name, result);
  }
}

static void load_all(void) {
  const struct rw_bundle_entry *entry = NULL;
  while ((entry = rw_bundle_next(directory, RW_BUNDLE_VMM_MODULE, entry)) != NULL) load(entry);
  entry = rw_bundle_next(directory, RW_BUNDLE_GUEST_MODULE, NULL);
  if (entry != NULL) guest_module = RW_GUEST_IPA_RAM + (entry->load - vmm_guests[0].ram);
}

/*
 * On each timer tick of each CPU. A module of another CPU than the first runs without the VMM's lock, so
 * that the rest of the machine goes on: it is there to race.
 */
void module_tick(void) {
  static bool loaded;
  const bool due = vmm_config->attack_tick != 0 && rw_vmm_ticks >= vmm_config->attack_tick;
  if (!due || loaded || arch_cpu()->number != vmm_config->attack_cpu) return;
  loaded = true;
  fill_api();
  if (vmm_config->attack_cpu != 0) vmm_unlock();
  load_all();
  if (vmm_config->attack_cpu != 0) vmm_lock();
}
uint64_t module_for_guest(const struct vmm_guest *guest) {
  if (guest->number != 0) return 0;
  const uint64_t module = guest_module;
  guest_module = 0;
  return module;
}
