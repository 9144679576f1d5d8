/** SHA-256's compression function (FIPS 180-4, section 6.2.2) over consecutive blocks, for several instruction sets. */
#ifndef ELENCH_EVM_SHA256_COMPRESS_H
#define ELENCH_EVM_SHA256_COMPRESS_H

#include <stddef.h>
#include <stdint.h>

/** Section 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
extern const uint32_t SHA256_CONSTANTS[64];

void sha256_compress_portable(uint32_t state[8], const uint8_t *blocks, size_t count);

#if defined(__x86_64__)
/** Needs the SHA extensions and SSE4.1. */
void sha256_compress_sha_ni(uint32_t state[8], const uint8_t *blocks, size_t count);
#endif

#endif
