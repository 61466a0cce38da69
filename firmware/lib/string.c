#include <rw/string.h>

#include <stdint.h>

#define WORD sizeof(uint64_t)
#define BOTH_ALIGNED(a, b) ((((uintptr_t)(a) | (uintptr_t)(b)) & (WORD - 1)) == 0)

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
  uint8_t *d = to;
  const uint8_t *s = from;
  if (BOTH_ALIGNED(d, s)) {
    for (; size >= 4 * WORD; size -= 4 * WORD, d += 4 * WORD, s += 4 * WORD) {
      const uint64_t *in = (const uint64_t *)s;
      uint64_t *out = (uint64_t *)d;
      uint64_t a = in[0], b = in[1], c = in[2], e = in[3];
      out[0] = a;
      out[1] = b;
      out[2] = c;
      out[3] = e;
    }
    for (; size >= WORD; size -= WORD, d += WORD, s += WORD) *(uint64_t *)d = *(const uint64_t *)s;
  }
  while (size-- > 0) *d++ = *s++;
  return to;
}

void *memmove(void *to, const void *from, size_t size) {
  uint8_t *d = to;
  const uint8_t *s = from;
  if (d <= s || d >= s + size) return memcpy(to, from, size);
  while (size-- > 0) d[size] = s[size];
  return to;
}

void *memset(void *to, int byte, size_t size) {
  uint8_t *d = to;
  if (((uintptr_t)d & (WORD - 1)) == 0) {
    const uint64_t pattern = (uint8_t)byte * 0x0101010101010101ull;
    for (; size >= 2 * WORD; size -= 2 * WORD, d += 2 * WORD) {
      ((uint64_t *)d)[0] = pattern;
      ((uint64_t *)d)[1] = pattern;
    }
  }
  while (size-- > 0) *d++ = (uint8_t)byte;
  return to;
}

int memcmp(const void *a, const void *b, size_t size) {
  const uint8_t *x = a, *y = b;
  /* Equal words are passed over; the first difference is found by bytes. */
  if (BOTH_ALIGNED(x, y)) {
    for (; size >= 4 * WORD; size -= 4 * WORD, x += 4 * WORD, y += 4 * WORD) {
      const uint64_t *one = (const uint64_t *)x, *two = (const uint64_t *)y;
      if (((one[0] ^ two[0]) | (one[1] ^ two[1]) | (one[2] ^ two[2]) | (one[3] ^ two[3])) != 0) break;
    }
  }
  for (; size > 0; size--, x++, y++) {
    if (*x != *y) return *x - *y;
  }
  return 0;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length] != 0) length++;
  return length;
}

int strcmp(const char *a, const char *b) {
  while (*a != 0 && *a == *b) a++, b++;
  return (uint8_t)*a - (uint8_t)*b;
}

void rw_copy_name(char *to, const char *from, size_t size) {
  size_t i = 0;
  for (; i + 1 < size && from[i] != 0; i++) to[i] = from[i];
  if (size > 0) to[i] = 0;
}
