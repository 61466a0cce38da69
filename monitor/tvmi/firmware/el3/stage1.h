/* EL2's own translation: which tables it may use and what may stand in them. */
#ifndef TVMI_STAGE1_H
#define TVMI_STAGE1_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Takes the tables under `root` (level 1, 4 KiB granule) as EL2's: checks every entry, scans every
 * executable page, and closes the table area to writes. NULL, or the id of the alarm that says what is
 * wrong; `value` is then the descriptor, or for refused code its offset.
 */
const char *stage1_adopt(uint64_t root, uint64_t *value);
/* Whether tables were adopted. */
bool stage1_adopted(void);
/* The leaf entry that maps a virtual address at page level, or NULL. */
uint64_t *stage1_page(uint64_t va);
/* Whether some leaf lets EL2 write to a byte of [pa, pa + size). */
bool stage1_writable(uint64_t pa, uint64_t size);

#endif
