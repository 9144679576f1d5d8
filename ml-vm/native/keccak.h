/**
 * keccak256 (FIPS 202's Keccak-f[1600] with the padding 0x01, as Ethereum uses it) of many messages of 128 or 64 bytes at
 * once: one message in each 64-bit lane of a vector. Both sizes fit one block of 136 bytes.
 */
#ifndef ELENCH_NATIVE_KECCAK_H
#define ELENCH_NATIVE_KECCAK_H

#include <stdint.h>
#include <string.h>

#if defined(__AVX512F__)
#include <immintrin.h>
enum { KECCAK_LANES = 8 };
typedef __m512i Lanes;
#define ROTATE(a, n) _mm512_rol_epi64(a, n)
#define XOR3(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0x96)
/** a ^ (~b & c) */
#define CHI(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0xd2)
#define XOR(a, b) _mm512_xor_si512(a, b)
#define SPREAD(a) _mm512_set1_epi64((int64_t)(a))
#elif defined(__AVX2__)
#include <immintrin.h>
enum { KECCAK_LANES = 4 };
typedef __m256i Lanes;
#define XOR(a, b) _mm256_xor_si256(a, b)
#define ROTATE(a, n) _mm256_or_si256(_mm256_slli_epi64(a, n), _mm256_srli_epi64(a, 64 - (n)))
#define XOR3(a, b, c) XOR(XOR(a, b), c)
#define CHI(a, b, c) XOR(a, _mm256_andnot_si256(b, c))
#define SPREAD(a) _mm256_set1_epi64x((int64_t)(a))
#else
enum { KECCAK_LANES = 1 };
typedef uint64_t Lanes;
#define XOR(a, b) ((a) ^ (b))
#define ROTATE(a, n) ((a) << (n) | (a) >> ((0 - (n)) & 63))
#define XOR3(a, b, c) ((a) ^ (b) ^ (c))
#define CHI(a, b, c) ((a) ^ (~(b) & (c)))
#define SPREAD(a) ((uint64_t)(a))
#endif

static const uint64_t ROUND_CONSTANTS[24] = {
  0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
  0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
  0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
  0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
  0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/** Theta's parity of column x, and the word that it adds to the column: D[x] = C[x-1] ^ rot(C[x+1], 1). */
#define PARITY(x) XOR3(XOR3(s[x], s[x + 5], s[x + 10]), s[x + 15], s[x + 20])
/** One row after rho and pi, from the five words that pi moves there, then chi. */
#define ROW(y, A, RA, B, RB, C, RC, D, RD, E, RE)                                                                      \
  do {                                                                                                                 \
    Lanes b0 = ROTATE(XOR(s[A], d[A % 5]), RA);                                                                        \
    Lanes b1 = ROTATE(XOR(s[B], d[B % 5]), RB), b2 = ROTATE(XOR(s[C], d[C % 5]), RC);                                  \
    Lanes b3 = ROTATE(XOR(s[D], d[D % 5]), RD), b4 = ROTATE(XOR(s[E], d[E % 5]), RE);                                  \
    t[5 * y] = CHI(b0, b1, b2);                                                                                        \
    t[5 * y + 1] = CHI(b1, b2, b3);                                                                                    \
    t[5 * y + 2] = CHI(b2, b3, b4);                                                                                    \
    t[5 * y + 3] = CHI(b3, b4, b0);                                                                                    \
    t[5 * y + 4] = CHI(b4, b0, b1);                                                                                    \
  } while (0)

static inline void keccak_round(const Lanes s[25], Lanes t[25], uint64_t constant)
{
  Lanes c[5] = {PARITY(0), PARITY(1), PARITY(2), PARITY(3), PARITY(4)};
  Lanes d[5] = {
    XOR(c[4], ROTATE(c[1], 1)), XOR(c[0], ROTATE(c[2], 1)), XOR(c[1], ROTATE(c[3], 1)),
    XOR(c[2], ROTATE(c[4], 1)), XOR(c[3], ROTATE(c[0], 1)),
  };
  ROW(0, 0, 0, 6, 44, 12, 43, 18, 21, 24, 14);
  t[0] = XOR(t[0], SPREAD(constant));
  ROW(1, 3, 28, 9, 20, 10, 3, 16, 45, 22, 61);
  ROW(2, 1, 1, 7, 6, 13, 25, 19, 8, 20, 18);
  ROW(3, 4, 27, 5, 36, 11, 10, 17, 15, 23, 56);
  ROW(4, 2, 62, 8, 55, 14, 39, 15, 41, 21, 2);
}

/** Hashes KECCAK_LANES messages of `words` 64-bit words (16 or 8), consecutive at `message`, into `hashes`. */
static void keccak_lanes(const uint8_t *message, int words, uint8_t *hashes)
{
  Lanes s[25], t[25];
  for (int w = 0; w < 25; w++) {
    uint64_t lane[KECCAK_LANES];
    for (int l = 0; l < KECCAK_LANES; l++) {
      if (w < words) memcpy(&lane[l], message + (l * words + w) * 8, 8);
      else lane[l] = (w == words ? 1 : 0) ^ (w == 16 ? UINT64_C(1) << 63 : 0);
    }
    memcpy(&s[w], lane, sizeof lane);
  }
  for (int round = 0; round < 24; round += 2) {
    keccak_round(s, t, ROUND_CONSTANTS[round]);
    keccak_round(t, s, ROUND_CONSTANTS[round + 1]);
  }
  for (int w = 0; w < 4; w++) {
    uint64_t lane[KECCAK_LANES];
    memcpy(lane, &s[w], sizeof lane);
    for (int l = 0; l < KECCAK_LANES; l++) memcpy(hashes + 32 * l + 8 * w, &lane[l], 8);
  }
}

/** Hashes `count` messages of `bytes` (128 or 64) each; `data` has `length` bytes and is padded with zeros. */
static void keccak_many(const uint8_t *data, uint64_t length, uint64_t count, int bytes, uint8_t *hashes)
{
  uint64_t group = (uint64_t)KECCAK_LANES * (uint64_t)bytes;
  for (uint64_t i = 0; i < count; i += KECCAK_LANES) {
    uint64_t at = i * (uint64_t)bytes;
    if (at + group <= length && i + KECCAK_LANES <= count) {
      keccak_lanes(data + at, bytes / 8, hashes + 32 * i);
      continue;
    }
    uint8_t message[KECCAK_LANES * 128] = {0}, hash[KECCAK_LANES * 32];
    if (at < length) memcpy(message, data + at, (size_t)(length - at < group ? length - at : group));
    keccak_lanes(message, bytes / 8, hash);
    uint64_t left = count - i < KECCAK_LANES ? count - i : KECCAK_LANES;
    memcpy(hashes + 32 * i, hash, (size_t)(32 * left));
  }
}

#endif
