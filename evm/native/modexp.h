/** MODEXP (EIP-198): base^exponent mod modulus, numbers of any lengths in big-endian bytes. */
#ifndef ELENCH_EVM_MODEXP_H
#define ELENCH_EVM_MODEXP_H

#include <stddef.h>
#include <stdint.h>

/** Longest base, exponent and modulus, in bytes. */
enum { MODEXP_MAX_BYTES = 65536 };

/** @returns bytes of scratch that `modexp` needs for numbers of at most these lengths. */
size_t modexp_scratch(size_t base_length, size_t exponent_length, size_t modulus_length);

/**
 * The price of EIP-2565 bounds its time: every shape of numbers costs nanoseconds a gas, the worst about four times as
 * many as common ones.
 * @param base, exponent, modulus may be null if their lengths are 0, which makes them 0. 0^0 is 1.
 * @param result as many bytes as the modulus has; zeros if the modulus is 0.
 * @param scratch aligned to 8 bytes. Nothing is allocated.
 */
void modexp(const uint8_t *base, size_t base_length, const uint8_t *exponent, size_t exponent_length,
            const uint8_t *modulus, size_t modulus_length, uint8_t *result, void *scratch);

#endif
