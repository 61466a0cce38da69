/* Translation tables of EL2: what stage1.c offers its neighbours. */
#ifndef VMM_ARM64_TABLES_H
#define VMM_ARM64_TABLES_H

#include <stdint.h>

/* A free frame of the table area, zero once it is linked; 0 where none is left. An allocator for rw/page_table.h. */
uint64_t table_frame(void *context);
/* Turns EL2's MMU on, on this CPU. */
void address_space_on(void);

#endif
