/** Words in byte strings, of either byte order and any alignment. */
#ifndef ELENCH_EVM_WORDS_H
#define ELENCH_EVM_WORDS_H

#include <stdint.h>
#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "written for little-endian processors: x86-64, AArch64, WebAssembly"
#endif

static inline uint32_t load32_le(const uint8_t *at)
{
  uint32_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

static inline uint64_t load64_le(const uint8_t *at)
{
  uint64_t word;
  memcpy(&word, at, sizeof word);
  return word;
}

static inline uint32_t load32_be(const uint8_t *at) { return __builtin_bswap32(load32_le(at)); }

static inline uint64_t load64_be(const uint8_t *at) { return __builtin_bswap64(load64_le(at)); }

static inline void store32_le(uint8_t *at, uint32_t word) { memcpy(at, &word, sizeof word); }

static inline void store64_le(uint8_t *at, uint64_t word) { memcpy(at, &word, sizeof word); }

static inline void store32_be(uint8_t *at, uint32_t word) { store32_le(at, __builtin_bswap32(word)); }

static inline void store64_be(uint8_t *at, uint64_t word) { store64_le(at, __builtin_bswap64(word)); }

#endif
