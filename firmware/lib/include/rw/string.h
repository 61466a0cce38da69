/* Memory and string functions, as in ISO C 7.24. */
#ifndef RW_STRING_H
#define RW_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
size_t strlen(const char *text);
int strcmp(const char *a, const char *b);
/* Copies at most size - 1 characters and always ends `to` with a zero byte. */
void rw_copy_name(char *to, const char *from, size_t size);

#endif
