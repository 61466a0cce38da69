/* The agent's own address space: one to one, its image closed against itself (W^X), the normal
 * world's memory readable only. */
#ifndef AGENT_MEMORY_H
#define AGENT_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

/* Builds the tables and turns the MMU on. False where they do not fit. */
bool memory_enable(void);

/* Reads an aligned word of the normal world's RAM, once. False where `pa` is outside of it. */
bool memory_read64(uint64_t pa, uint64_t *value);

/* The bytes [pa, pa + size) of the normal world's RAM, or NULL where some lie outside of it. */
const void *memory_at(uint64_t pa, uint64_t size);

#endif
