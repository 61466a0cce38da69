/* SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104). */
#ifndef RW_SHA256_H
#define RW_SHA256_H

#include <stddef.h>
#include <stdint.h>

#define RW_SHA256_SIZE 32
#define RW_SHA256_BLOCK 64

struct rw_sha256 {
  uint32_t state[8];
  uint64_t length; /* bytes so far */
  uint8_t block[RW_SHA256_BLOCK];
};

void rw_sha256_init(struct rw_sha256 *hash);
void rw_sha256_update(struct rw_sha256 *hash, const void *data, size_t size);
void rw_sha256_final(struct rw_sha256 *hash, uint8_t digest[RW_SHA256_SIZE]);
void rw_sha256(const void *data, size_t size, uint8_t digest[RW_SHA256_SIZE]);

struct rw_hmac {
  struct rw_sha256 inner;
  struct rw_sha256 outer;
};

/* A key longer than a block is hashed first. */
void rw_hmac_init(struct rw_hmac *mac, const void *key, size_t key_size);
void rw_hmac_update(struct rw_hmac *mac, const void *data, size_t size);
void rw_hmac_final(struct rw_hmac *mac, uint8_t tag[RW_SHA256_SIZE]);

/* 0 where equal; takes the same time wherever the first difference is. */
int rw_compare_secret(const void *a, const void *b, size_t size);

#endif
