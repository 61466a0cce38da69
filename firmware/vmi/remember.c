#include <vmi/findings.h>

bool vmi_is_new(struct vmi_remembered *remembered, uint64_t round, uint32_t kind, uint32_t vmid, uint64_t a) {
  const uint64_t now = round + 1;
  unsigned oldest = 0;
  for (unsigned i = 0; i < VMI_REMEMBERED; i++) {
    if (remembered->entry[i].round < remembered->entry[oldest].round) oldest = i;
    if (remembered->entry[i].round == 0 || remembered->entry[i].kind != kind || remembered->entry[i].vmid != vmid ||
        remembered->entry[i].a != a) {
      continue;
    }
    const bool gone = now - remembered->entry[i].round > VMI_ROUNDS_UNTIL_GONE;
    remembered->entry[i].round = now;
    return gone;
  }
  remembered->entry[oldest].kind = kind;
  remembered->entry[oldest].vmid = vmid;
  remembered->entry[oldest].a = a;
  remembered->entry[oldest].round = now;
  return true;
}
