/*
 * What is known before anything in flash is believed: the trust anchor, in the part of the ROM that holds
 * EL3 itself and that nobody rewrites. On hardware: fuses, and a mailbox for the challenge. Written by
 * scenarios/anchor.ts. All little endian.
 */
#ifndef RW_ANCHOR_H
#define RW_ANCHOR_H

#include <stdint.h>

#define RW_ANCHOR_MAGIC 0x31415752u /* "RWA1" */
#define RW_ANCHOR_KEY_SIZE 32
#define RW_ANCHOR_NONCE_SIZE 16

/* Bits of `flags`. */
#define RW_ANCHOR_MEASURED (1u << 0) /* what does not measure as expected stops the boot */

struct rw_anchor {
  uint32_t magic;
  uint32_t flags;
  uint8_t directory_sha256[32]; /* of the bundle's header and all its entries */
  uint8_t key[RW_ANCHOR_KEY_SIZE];     /* the machine's report key */
  uint8_t nonce[RW_ANCHOR_NONCE_SIZE]; /* the verifier's challenge for this session; zeroes: none */
};

_Static_assert(sizeof(struct rw_anchor) == 88, "size of the trust anchor");

#endif
