#include <rw/sha256.h>
#include <rw/string.h>

/* FIPS 180-4, 4.2.2 and 5.3.3 */
static const uint32_t K[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
static const uint32_t INITIAL[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

#define ROTATE(x, n) (((x) >> (n)) | ((x) << (32 - (n))))
#define LARGE_SIGMA0(x) (ROTATE(x, 2) ^ ROTATE(x, 13) ^ ROTATE(x, 22))
#define LARGE_SIGMA1(x) (ROTATE(x, 6) ^ ROTATE(x, 11) ^ ROTATE(x, 25))
#define SMALL_SIGMA0(x) (ROTATE(x, 7) ^ ROTATE(x, 18) ^ ((x) >> 3))
#define SMALL_SIGMA1(x) (ROTATE(x, 17) ^ ROTATE(x, 19) ^ ((x) >> 10))
#define CHOOSE(x, y, z) (((x) & (y)) ^ (~(x) & (z)))
#define MAJORITY(x, y, z) (((x) & (y)) ^ ((x) & (z)) ^ ((y) & (z)))

/* All our processors are little endian. Unaligned input goes byte by byte: EL3 may run without its MMU. */
static uint32_t load_be32(const uint8_t *from) {
  if (((uintptr_t)from & 3) == 0) return __builtin_bswap32(*(const uint32_t *)from);
  return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3];
}

static void store_be32(uint8_t *to, uint32_t value) {
  for (int i = 0; i < 4; i++) to[i] = (uint8_t)(value >> (24 - 8 * i));
}

/* One round (6.2.2 step 3), with the working variables renamed instead of moved. */
#define ROUND(a, b, c, d, e, f, g, h, k, word)                               \
  do {                                                                       \
    const uint32_t t1 = h + LARGE_SIGMA1(e) + CHOOSE(e, f, g) + (k) + (word); \
    d += t1;                                                                 \
    h = t1 + LARGE_SIGMA0(a) + MAJORITY(a, b, c);                            \
  } while (0)

/* Eight rounds with words t to t + 7 of the window. */
#define EIGHT_ROUNDS(t)                              \
  do {                                               \
    ROUND(a, b, c, d, e, f, g, h, k[t], w[t]);             \
    ROUND(h, a, b, c, d, e, f, g, k[(t) + 1], w[(t) + 1]); \
    ROUND(g, h, a, b, c, d, e, f, k[(t) + 2], w[(t) + 2]); \
    ROUND(f, g, h, a, b, c, d, e, k[(t) + 3], w[(t) + 3]); \
    ROUND(e, f, g, h, a, b, c, d, k[(t) + 4], w[(t) + 4]); \
    ROUND(d, e, f, g, h, a, b, c, k[(t) + 5], w[(t) + 5]); \
    ROUND(c, d, e, f, g, h, a, b, k[(t) + 6], w[(t) + 6]); \
    ROUND(b, c, d, e, f, g, h, a, k[(t) + 7], w[(t) + 7]); \
  } while (0)

/* Word t of the message schedule for the next 16 rounds, in place of the one 16 rounds before. */
#define NEXT_WORD(t) \
  (w[t] += SMALL_SIGMA1(w[((t) + 14) & 15]) + w[((t) + 9) & 15] + SMALL_SIGMA0(w[((t) + 1) & 15]))
#define NEXT_FOUR(t) (NEXT_WORD(t), NEXT_WORD((t) + 1), NEXT_WORD((t) + 2), NEXT_WORD((t) + 3))

/*
 * Blocks compressed so far, for whoever wants to know what hashing costs: the machine shows instructions,
 * not what they are for. Never read by firmware; a CPU that counts at the same time may be lost.
 */
volatile uint64_t rw_sha256_blocks;

static void compress(uint32_t state[8], const uint8_t *block) {
  rw_sha256_blocks++;
  uint32_t w[16];
  for (int t = 0; t < 16; t++) w[t] = load_be32(block + 4 * t);
  uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
  uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
  for (const uint32_t *k = K;; k += 16) {
    EIGHT_ROUNDS(0);
    EIGHT_ROUNDS(8);
    if (k == K + 48) break;
    NEXT_FOUR(0), NEXT_FOUR(4), NEXT_FOUR(8), NEXT_FOUR(12);
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

void rw_sha256_init(struct rw_sha256 *hash) {
  memcpy(hash->state, INITIAL, sizeof INITIAL);
  hash->length = 0;
}

void rw_sha256_update(struct rw_sha256 *hash, const void *data, size_t size) {
  const uint8_t *from = data;
  size_t held = hash->length % RW_SHA256_BLOCK;
  hash->length += size;
  if (held + size < RW_SHA256_BLOCK) {
    memcpy(hash->block + held, from, size);
    return;
  }
  if (held > 0) {
    const size_t part = RW_SHA256_BLOCK - held;
    memcpy(hash->block + held, from, part);
    compress(hash->state, hash->block);
    from += part;
    size -= part;
  }
  for (; size >= RW_SHA256_BLOCK; size -= RW_SHA256_BLOCK, from += RW_SHA256_BLOCK) compress(hash->state, from);
  memcpy(hash->block, from, size);
}

void rw_sha256_final(struct rw_sha256 *hash, uint8_t digest[RW_SHA256_SIZE]) {
  const uint64_t bits = hash->length * 8;
  static const uint8_t padding[RW_SHA256_BLOCK] = {0x80};
  const size_t held = hash->length % RW_SHA256_BLOCK;
  rw_sha256_update(hash, padding, (held < 56 ? 56 : 120) - held);
  uint8_t length[8];
  store_be32(length, (uint32_t)(bits >> 32));
  store_be32(length + 4, (uint32_t)bits);
  rw_sha256_update(hash, length, sizeof length);
  for (int i = 0; i < 8; i++) store_be32(digest + 4 * i, hash->state[i]);
}

void rw_sha256(const void *data, size_t size, uint8_t digest[RW_SHA256_SIZE]) {
  struct rw_sha256 hash;
  rw_sha256_init(&hash);
  rw_sha256_update(&hash, data, size);
  rw_sha256_final(&hash, digest);
}

void rw_hmac_init(struct rw_hmac *mac, const void *key, size_t key_size) {
  uint8_t block[RW_SHA256_BLOCK] = {0};
  if (key_size > RW_SHA256_BLOCK) {
    rw_sha256(key, key_size, block);
  } else {
    memcpy(block, key, key_size);
  }
  for (int i = 0; i < RW_SHA256_BLOCK; i++) block[i] ^= 0x36;
  rw_sha256_init(&mac->inner);
  rw_sha256_update(&mac->inner, block, sizeof block);
  for (int i = 0; i < RW_SHA256_BLOCK; i++) block[i] ^= 0x36 ^ 0x5c;
  rw_sha256_init(&mac->outer);
  rw_sha256_update(&mac->outer, block, sizeof block);
}

void rw_hmac_update(struct rw_hmac *mac, const void *data, size_t size) { rw_sha256_update(&mac->inner, data, size); }

void rw_hmac_final(struct rw_hmac *mac, uint8_t tag[RW_SHA256_SIZE]) {
  uint8_t digest[RW_SHA256_SIZE];
  rw_sha256_final(&mac->inner, digest);
  rw_sha256_update(&mac->outer, digest, sizeof digest);
  rw_sha256_final(&mac->outer, tag);
}

int rw_compare_secret(const void *a, const void *b, size_t size) {
  const volatile uint8_t *x = a, *y = b;
  uint8_t difference = 0;
  while (size-- > 0) difference |= *x++ ^ *y++;
  return difference;
}
