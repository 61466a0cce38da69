/*
 * What the benchmark measures: each kernel is ordinary compiled code with a result that does not depend on the machine.
 */
typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned char u8;

#define ARENA ((u8 *)0x41000000UL)
#define NOINLINE __attribute__((noinline))

static u64 next_random(u64 *state) {
  u64 x = *state;
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  *state = x;
  return x * 0x2545f4914f6cdd1dUL;
}

static u32 rotate(u32 x, int n) { return (x >> n) | (x << (32 - n)); }

/* ChaCha's quarter rounds and a table-driven CRC: additions, rotations, loads from small tables. */
static NOINLINE void chacha_block(u32 out[16], const u32 in[16]) {
  u32 x[16];
  for (int i = 0; i < 16; i++) x[i] = in[i];
#define QUARTER(a, b, c, d)                                                                        \
  x[a] += x[b], x[d] = rotate(x[d] ^ x[a], 16), x[c] += x[d], x[b] = rotate(x[b] ^ x[c], 20),      \
  x[a] += x[b], x[d] = rotate(x[d] ^ x[a], 24), x[c] += x[d], x[b] = rotate(x[b] ^ x[c], 25)
  for (int i = 0; i < 10; i++) {
    QUARTER(0, 4, 8, 12);
    QUARTER(1, 5, 9, 13);
    QUARTER(2, 6, 10, 14);
    QUARTER(3, 7, 11, 15);
    QUARTER(0, 5, 10, 15);
    QUARTER(1, 6, 11, 12);
    QUARTER(2, 7, 8, 13);
    QUARTER(3, 4, 9, 14);
  }
  for (int i = 0; i < 16; i++) out[i] = x[i] + in[i];
}

static u32 crc_table[256];

static NOINLINE u32 crc(u32 c, const u8 *p, u64 n) {
  while (n--) c = crc_table[(c ^ *p++) & 255] ^ (c >> 8);
  return c;
}

static NOINLINE u64 integer(u64 rounds) {
  for (u32 i = 0; i < 256; i++) {
    u32 c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? (c >> 1) ^ 0xedb88320u : c >> 1;
    crc_table[i] = c;
  }
  u32 block[16], out[16];
  u64 seed = 42, sum = 0;
  u32 c = ~0u;
  for (u64 r = 0; r < rounds; r++) {
    for (int i = 0; i < 16; i++) block[i] = (u32)(next_random(&seed) >> 32);
    chacha_block(out, block);
    c = crc(c, (const u8 *)out, 64);
    sum = sum * 31 + c;
  }
  return sum;
}

static NOINLINE void copy_words(u64 *to, const u64 *from, u64 n) {
  for (u64 i = 0; i < n; i++) {
    to[i] = from[i];
    __asm__ volatile("");
  }
}

static NOINLINE void copy_bytes(u8 *to, const u8 *from, u64 n) {
  for (u64 i = 0; i < n; i++) {
    to[i] = from[i];
    __asm__ volatile("");
  }
}

/* 1 MiB by words and 64 KiB by bytes at an odd offset. */
static NOINLINE u64 copy(u64 rounds) {
  u64 *from = (u64 *)ARENA;
  u64 *to = (u64 *)(ARENA + (4UL << 20));
  const u64 words = (1UL << 20) / 8;
  for (u64 i = 0; i < words; i++) from[i] = i * 0x9e3779b97f4a7c15UL;
  u64 sum = 0;
  for (u64 r = 0; r < rounds; r++) {
    copy_words(to, from, words);
    copy_bytes((u8 *)to + (1UL << 20) + 3, (const u8 *)from + 1, 64 << 10);
    sum = sum * 3 + to[(r * 997) % words];
  }
  return sum;
}

static NOINLINE void sort(u32 *a, long low, long high) {
  while (low < high) {
    u32 pivot = a[(low + high) >> 1];
    long i = low, j = high;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) {
        u32 t = a[i];
        a[i++] = a[j];
        a[j--] = t;
      }
    }
    if (j - low < high - i) {
      sort(a, low, j);
      low = i;
    } else {
      sort(a, i, high);
      high = j;
    }
  }
}

/* Quicksort, then a binary search tree walk by comparisons: unpredictable branches and calls. */
static NOINLINE u64 branchy(u64 rounds) {
  u32 *a = (u32 *)ARENA;
  const long n = 8192;
  u64 seed = 7, sum = 0;
  for (u64 r = 0; r < rounds; r++) {
    for (long i = 0; i < n; i++) a[i] = (u32)(next_random(&seed) >> 36);
    sort(a, 0, n - 1);
    for (int k = 0; k < 4096; k++) {
      u32 wanted = (u32)(next_random(&seed) >> 36);
      long low = 0, high = n;
      while (low < high) {
        long middle = (low + high) >> 1;
        if (a[middle] < wanted) low = middle + 1;
        else high = middle;
      }
      sum += (u64)low;
    }
    sum = sum * 33 + a[r % n];
  }
  return sum;
}

/* One dependent load per step over 8 MiB in cache-line steps. */
static NOINLINE u64 chase(u64 rounds) {
  u64 *cells = (u64 *)ARENA;
  const u64 n = (8UL << 20) / 64;
  for (u64 i = 0; i < n; i++) cells[i * 8] = ((i * 0x5851f42dUL + 0x3039) & (n - 1)) * 8;
  u64 at = 0, sum = 0;
  for (u64 r = 0; r < rounds * n; r++) {
    at = cells[at];
    sum += at;
  }
  return sum;
}

/* 20,000 instructions in a row, see flat.S. */
u64 flat_round(u64 state, u64 *table);

static NOINLINE u64 flat(u64 rounds) {
  u64 *table = (u64 *)ARENA;
  u64 seed = 11, state = 1;
  for (u64 i = 0; i < 2048; i++) table[i] = next_random(&seed);
  for (u64 r = 0; r < rounds; r++) state = flat_round(state, table);
  return state;
}

/* See system.S; the code that is rewritten has a page of its own. */
u64 self_modifying_loop(u64 rounds, u32 *code);

/* See system.c. */
u64 system_kernel(u64 number, u64 rounds);
#define FIRST_SYSTEM_KERNEL 16

/* One word in each page of 1 MiB, over and over; the snapshot kernel stops it from outside. */
static NOINLINE u64 dirty(u64 rounds) {
  for (u64 r = 0; r < rounds; r++) {
    for (u64 page = 0; page < 256; page++) {
      volatile u64 *word = (volatile u64 *)(ARENA + (page << 12));
      *word = *word + page + 1;
    }
  }
  return *(u64 *)ARENA;
}

/* In a file of its own, with floating point allowed. */
u64 floating(u64 rounds);

u64 run_kernel(u64 kernel, u64 rounds) {
  switch (kernel) {
  case 1: return integer(rounds);
  case 2: return copy(rounds);
  case 3: return branchy(rounds);
  case 4: return chase(rounds);
  case 5: return floating(rounds);
  case 6: return flat(rounds);
  case 7: return self_modifying_loop(rounds, (u32 *)ARENA);
  case 8: return dirty(rounds);
  default: return kernel >= FIRST_SYSTEM_KERNEL ? system_kernel(kernel - FIRST_SYSTEM_KERNEL, rounds) : 0;
  }
}
