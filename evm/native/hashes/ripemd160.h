/** RIPEMD-160: ISO/IEC 10118-3; https://homes.esat.kuleuven.be/~bosselae/ripemd160.html. */
#ifndef ELENCH_EVM_RIPEMD160_H
#define ELENCH_EVM_RIPEMD160_H

#include <stddef.h>
#include <stdint.h>

/** @param message may be null if its length is 0. */
void ripemd160(const uint8_t *message, size_t length, uint8_t digest[20]);

#endif
