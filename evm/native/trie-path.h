/** Paths in a trie: nibbles of a 32-byte key, the high one of a byte first. A depth counts nibbles from the root. */
#ifndef ELENCH_EVM_TRIE_PATH_H
#define ELENCH_EVM_TRIE_PATH_H

#include <stdbool.h>
#include <stdint.h>

enum { KEY_BYTES = 32, KEY_NIBBLES = 64 };

static inline uint8_t nibble(const uint8_t key[KEY_BYTES], int at)
{
  uint8_t byte = key[at / 2];
  return at % 2 == 0 ? byte >> 4 : byte & 15;
}

static inline void set_nibble(uint8_t key[KEY_BYTES], int at, uint8_t digit)
{
  uint8_t *byte = &key[at / 2];
  *byte = at % 2 == 0 ? (uint8_t)(digit << 4 | (*byte & 15)) : (uint8_t)((*byte & 0xf0) | digit);
}

/** Length of the common beginning, in nibbles. */
static inline int common_nibbles(const uint8_t a[KEY_BYTES], const uint8_t b[KEY_BYTES])
{
  int at = 0;
  while (at < KEY_BYTES && a[at] == b[at]) at++;
  return at == KEY_BYTES ? KEY_NIBBLES : 2 * at + (a[at] >> 4 == b[at] >> 4);
}

/** Bytes of the longest path in hex-prefix encoding: 64 nibbles after two. */
enum { MAX_COMPACT = 33 };

/**
 * Encodes the path between two depths by hex-prefix (Yellow Paper, appendix C): first a nibble, the sum of 2 for a leaf
 * and 1 for an odd number of nibbles; a zero nibble if the number is even; then the path.
 * @returns the number of bytes.
 */
static inline uint32_t compact_path(const uint8_t key[KEY_BYTES], int from, int to, bool leaf, uint8_t out[MAX_COMPACT])
{
  int odd = (to - from) % 2;
  uint32_t length = 0;
  out[length++] = (uint8_t)((leaf ? 0x20 : 0) | (odd ? 0x10 | nibble(key, from) : 0));
  for (int at = from + odd; at < to; at += 2) out[length++] = (uint8_t)(nibble(key, at) << 4 | nibble(key, at + 1));
  return length;
}

/**
 * Reads a path in hex-prefix encoding into the nibbles of `key` from a depth on.
 * @returns the depth at its end; -1 if the bytes are no such encoding, or it leads deeper than a key.
 */
static inline int expand_path(const uint8_t *compact, uint32_t length, uint8_t key[KEY_BYTES], int depth, bool *leaf)
{
  if (length == 0 || length > MAX_COMPACT || compact[0] >= 0x40) return -1;
  bool odd = (compact[0] & 0x10) != 0;
  if (!odd && (compact[0] & 15) != 0) return -1;
  int end = depth + 2 * ((int)length - 1) + odd;
  if (end > KEY_NIBBLES) return -1;
  *leaf = (compact[0] & 0x20) != 0;
  if (odd) set_nibble(key, depth++, compact[0] & 15);
  for (uint32_t i = 1; i < length; i++) {
    set_nibble(key, depth++, compact[i] >> 4);
    set_nibble(key, depth++, compact[i] & 15);
  }
  return end;
}

#endif
