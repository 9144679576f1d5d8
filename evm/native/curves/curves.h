/**
 * The elliptic curves of Ethereum: key recovery on secp256k1, which every transaction's sender and the precompile
 * ECRECOVER take, and the precompiles of alt_bn128 (EIP-196, EIP-197).
 *
 * Every function is a pure one of its input, in variable time, and may run in many threads at once. Numbers are
 * big-endian, and adversaries may choose them.
 */
#ifndef ELENCH_CURVES_H
#define ELENCH_CURVES_H

#include <stddef.h>
#include <stdint.h>

/**
 * Recovers the public key that signed on secp256k1 (SEC 1, 4.1.6), with n the group's order.
 * @param digest any 32 bytes.
 * @param r, s of the signature, 32 bytes each. An s above n/2 is allowed, as ECRECOVER does.
 * @param parity 0 or 1: that of y at the point whose x is r. (An x of r + n has no way to be meant.)
 * @param key gets 64 bytes, x and y.
 * @returns 1; or 0, and no key, if r or s is 0 or at least n, if no point has the x r, or if the key would be infinity.
 */
int secp256k1_recover(const uint8_t digest[32], const uint8_t r[32], const uint8_t s[32], int parity, uint8_t key[64]);

/**
 * Adds two points of alt_bn128's first group. A point is x and y, 32 bytes each; (0, 0) is infinity.
 * @returns 1; or 0, and no sum, if a coordinate is not below p or a point is not on the curve.
 */
int bn254_add(const uint8_t in[128], uint8_t out[64]);

/**
 * Multiplies a point of alt_bn128's first group by a factor.
 * @param in the point, as for bn254_add, and the factor, any 32 bytes.
 * @returns 1; or 0, and no product, if a coordinate is not below p or the point is not on the curve.
 */
int bn254_multiply(const uint8_t in[96], uint8_t out[64]);

/**
 * Says whether the product of alt_bn128's pairings is 1, as that of none is.
 * @param in 192 bytes a pair: x and y of a point of the first group, then of one of the second group, whose coordinates
 * are 64 bytes each, the imaginary part first.
 * @param is_one gets 0 or 1.
 * @returns 1; or 0, and no answer, if a coordinate is not below p, a point is not on its curve, or one of the second
 * group's is not in the subgroup of order r.
 */
int bn254_pairing(const uint8_t *in, size_t pairs, int *is_one);

#endif
