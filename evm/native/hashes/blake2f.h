/** BLAKE2b's compression function with any number of rounds: RFC 7693, section 3.2; the precompile of EIP-152. */
#ifndef ELENCH_EVM_BLAKE2F_H
#define ELENCH_EVM_BLAKE2F_H

#include <stdint.h>

/**
 * All words are little-endian, as in EIP-152.
 * @param state h, eight words; in and out.
 * @param message m, sixteen words.
 * @param counters t, two words.
 * @param is_final whether this is the last block of a message.
 */
void blake2f(uint32_t rounds, uint8_t state[64], const uint8_t message[128], const uint8_t counters[16], int is_final);

#endif
