/**
 * The end of a message as MD4's descendants (SHA-256, RIPEMD-160) pad it: 0x80, zeros, the length in bits (8 bytes).
 */
#ifndef ELENCH_EVM_LAST_BLOCKS_H
#define ELENCH_EVM_LAST_BLOCKS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { HASH_BLOCK_BYTES = 64, HASH_LENGTH_BYTES = 8 };

typedef struct {
  uint8_t bytes[2 * HASH_BLOCK_BYTES];
  /** 1 or 2. */
  size_t count;
} LastBlocks;

/** @returns the blocks from the last whole one on, with zeros where the length in bits goes: see `length_at`. */
static inline LastBlocks last_blocks(const uint8_t *message, size_t length)
{
  LastBlocks last = {.bytes = {0}};
  const size_t left = length % HASH_BLOCK_BYTES;
  if (left > 0) memcpy(last.bytes, message + (length - left), left);
  last.bytes[left] = 0x80;
  last.count = left + 1 + HASH_LENGTH_BYTES <= HASH_BLOCK_BYTES ? 1 : 2;
  return last;
}

static inline uint8_t *length_at(LastBlocks *last)
{
  return last->bytes + last->count * HASH_BLOCK_BYTES - HASH_LENGTH_BYTES;
}

#endif
