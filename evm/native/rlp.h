/** RLP (Yellow Paper, appendix B) of what the tries hold and what execution hashes. */
#ifndef ELENCH_EVM_RLP_H
#define ELENCH_EVM_RLP_H

#include "word.h"

/** Appends a number without leading zeros. @returns the end. */
static inline uint8_t *rlp_put_word(uint8_t *at, const Word *value)
{
  uint8_t bytes[32];
  word_to_bytes(value, bytes);
  const unsigned length = word_byte_length(value);
  if (length == 1 && bytes[31] < 0x80) *at++ = bytes[31];
  else {
    *at++ = (uint8_t)(0x80 + length);
    memcpy(at, bytes + 32 - length, length);
    at += length;
  }
  return at;
}

/** Appends a string of 20 to 55 bytes. */
static inline uint8_t *rlp_put_bytes(uint8_t *at, const uint8_t *bytes, unsigned length)
{
  *at++ = (uint8_t)(0x80 + length);
  memcpy(at, bytes, length);
  return at + length;
}

/** Reads a number in its shortest form. @returns its end; NULL if it is something else. */
static inline const uint8_t *rlp_get_word(const uint8_t *at, const uint8_t *end, Word *value)
{
  if (at >= end) return NULL;
  if (*at < 0x80) {
    *value = word_of(*at);
    return *at == 0 ? NULL : at + 1;
  }
  const unsigned length = *at - 0x80u;
  if (length > 32 || length > (size_t)(end - at - 1)) return NULL;
  if (length > 0 && (at[1] == 0 || (length == 1 && at[1] < 0x80))) return NULL;
  *value = word_from_short(at + 1, length);
  return at + 1 + length;
}

/** Reads a string of 32 bytes. @returns its end; NULL if it is something else. */
static inline const uint8_t *rlp_get_hash(const uint8_t *at, const uint8_t *end, uint8_t hash[32])
{
  if (end - at < 33 || *at != 0x80 + 32) return NULL;
  memcpy(hash, at + 1, 32);
  return at + 33;
}

#endif
