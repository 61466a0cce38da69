/* A guest's memory by the VMM's own service. */
#ifndef HOSTVMI_READER_H
#define HOSTVMI_READER_H

#include <vmi/memory.h>
#include <vmm/vmm.h>

struct reader {
  struct vmi_memory interface; /* first, as vmi/memory.h asks */
  unsigned guest;
};

void reader_open(struct reader *reader, unsigned guest);

#endif
