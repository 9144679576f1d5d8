#include "sha256.h"

#include "last-blocks.h"
#include "sha256-compress.h"
#include "words.h"

static void compress(uint32_t state[8], const uint8_t *blocks, size_t count)
{
  /* Older compilers, and clang, which says that it is GNU C 4, cannot ask for the SHA extensions. */
#if defined(__x86_64__) && __GNUC__ >= 11
  if (__builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1")) {
    sha256_compress_sha_ni(state, blocks, count);
    return;
  }
#endif
  sha256_compress_portable(state, blocks, count);
}

void sha256(const uint8_t *message, size_t length, uint8_t digest[32])
{
  /* Section 5.3.3: the first 32 bits of the fractional parts of the square roots of the first eight primes. */
  uint32_t state[8] = {
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
  };
  LastBlocks last = last_blocks(message, length);
  store64_be(length_at(&last), (uint64_t)length * 8);
  compress(state, message, length / HASH_BLOCK_BYTES);
  compress(state, last.bytes, last.count);
  for (int i = 0; i < 8; i++) store32_be(digest + 4 * i, state[i]);
}
