/**
 * Keccak-f[1600] (FIPS 202, section 3) over one kind of lane: a template. Its includer defines
 *   Lane                      lane i of one sponge, or of LANES sponges side by side;
 *   TARGET                    attribute of a function that works with lanes: the instructions that it may use;
 *   XOR, ROTATE, CHI, SPREAD  on lanes, macros because vector instructions take a rotation as an immediate:
 *                             a ^ b; a rotated left by n of 0 to 63 bits; a ^ (~b & c); a word in every sponge;
 *   LOAD, STORE               between a lane and the LANES words at an address;
 * and gets the static function `permute`.
 */
#include "keccak-variants.h"

static const uint64_t ROUND_CONSTANTS[24] = {
  0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
  0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
  0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
  0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
  0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/** Parity of column x. The last lane comes last because the round before made it last. */
#define PARITY(x) XOR(XOR(XOR(s[x], s[x + 5]), XOR(s[x + 10], s[x + 15])), s[x + 20])

/** Row y, from the five lanes that pi moves there: theta's word is added, rho rotates, chi combines. */
#define ROW(y, A, RA, B, RB, C, RC, D, RD, E, RE)                                                                      \
  do {                                                                                                                 \
    const Lane a = ROTATE(XOR(s[A], theta[A % 5]), RA), b = ROTATE(XOR(s[B], theta[B % 5]), RB);                       \
    const Lane c = ROTATE(XOR(s[C], theta[C % 5]), RC), d = ROTATE(XOR(s[D], theta[D % 5]), RD);                       \
    const Lane e = ROTATE(XOR(s[E], theta[E % 5]), RE);                                                                \
    t[5 * y] = CHI(a, b, c);                                                                                           \
    t[5 * y + 1] = CHI(b, c, d);                                                                                       \
    t[5 * y + 2] = CHI(c, d, e);                                                                                       \
    t[5 * y + 3] = CHI(d, e, a);                                                                                       \
    t[5 * y + 4] = CHI(e, a, b);                                                                                       \
  } while (0)

/** From the lanes s to t. Lane (x, y) is number x + 5y. */
static inline TARGET void permute_round(const Lane s[25], Lane t[25], uint64_t constant)
{
  // cppcheck-suppress ctuArrayIndex
  const Lane parity[5] = {PARITY(0), PARITY(1), PARITY(2), PARITY(3), PARITY(4)};
  const Lane theta[5] = {
    XOR(parity[4], ROTATE(parity[1], 1)), XOR(parity[0], ROTATE(parity[2], 1)), XOR(parity[1], ROTATE(parity[3], 1)),
    XOR(parity[2], ROTATE(parity[4], 1)), XOR(parity[3], ROTATE(parity[0], 1)),
  };
  // cppcheck-suppress ctuArrayIndex
  ROW(0, 0, 0, 6, 44, 12, 43, 18, 21, 24, 14);
  t[0] = XOR(t[0], SPREAD(constant));
  ROW(1, 3, 28, 9, 20, 10, 3, 16, 45, 22, 61);
  ROW(2, 1, 1, 7, 6, 13, 25, 19, 8, 20, 18);
  ROW(3, 4, 27, 5, 36, 11, 10, 17, 15, 23, 56);
  ROW(4, 2, 62, 8, 55, 14, 39, 15, 41, 21, 2);
}

/** Word i of sponge l is state[i * LANES + l]. */
static inline TARGET void permute(uint64_t state[25 * LANES])
{
  Lane s[25], t[25];
  for (int i = 0; i < 25; i++) s[i] = LOAD(state + i * LANES);
  for (int round = 0; round < 24; round += 2) {
    permute_round(s, t, ROUND_CONSTANTS[round]);
    permute_round(t, s, ROUND_CONSTANTS[round + 1]);
  }
  for (int i = 0; i < 25; i++) STORE(state + i * LANES, s[i]);
}
