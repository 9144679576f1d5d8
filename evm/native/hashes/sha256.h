/** SHA-256, FIPS 180-4. */
#ifndef ELENCH_EVM_SHA256_H
#define ELENCH_EVM_SHA256_H

#include <stddef.h>
#include <stdint.h>

/** @param message may be null if its length is 0. */
void sha256(const uint8_t *message, size_t length, uint8_t digest[32]);

#endif
