/**
 * keccak256 as Ethereum uses it: the sponge of FIPS 202 over Keccak-f[1600], rate 136 bytes, with the padding
 * 0x01 … 0x80 that Keccak had before the standard.
 */
#ifndef ELENCH_EVM_KECCAK256_H
#define ELENCH_EVM_KECCAK256_H

#include <stddef.h>
#include <stdint.h>

/** @param message may be null if its length is 0. */
void keccak256(const uint8_t *message, size_t length, uint8_t digest[32]);

/** The digests of `count` messages of any lengths: several at once, in lanes of vectors, where the processor can. */
void keccak256_many(size_t count, const uint8_t *const messages[], const size_t lengths[], uint8_t digests[][32]);

#endif
