/**
 * keccak256 as Ethereum uses it: the sponge of FIPS 202 over Keccak-f[1600], rate 136 bytes, padding 0x01 … 0x80.
 * Lanes are little-endian, as WebAssembly's memory is.
 */
#include <stdint.h>
#include <string.h>

enum { RATE = 136, CAPACITY = 8192 };

/** The message, with room for its padding. After hashing, the first 32 bytes are the digest. */
static uint8_t message[CAPACITY + RATE] __attribute__((aligned(8)));

static const uint64_t ROUND[24] = {
  0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
  0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
  0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
  0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
  0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

/** Lane (x, y) is number x + 5y. Pi moves lane FROM[i] to place i; before, rho rotates it by TURN[i]. */
static const uint8_t FROM[25] = {0,  6,  12, 18, 24, 3,  9,  10, 16, 22, 1,  7, 13,
                                 19, 20, 4,  5,  11, 17, 23, 2,  8,  14, 15, 21};
static const uint8_t TURN[25] = {0, 44, 43, 21, 14, 28, 20, 3,  45, 61, 1,  6, 25,
                                 8, 18, 27, 36, 10, 15, 56, 62, 55, 39, 41, 2};

static inline uint64_t rotate(uint64_t lane, unsigned n) { return lane << n | lane >> (-n & 63); }

static void permute(uint64_t a[25])
{
  for (int round = 0; round < 24; round++) {
    uint64_t parity[5], moved[25];
#pragma clang loop unroll(full)
    for (int x = 0; x < 5; x++) parity[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
#pragma clang loop unroll(full)
    for (int i = 0; i < 25; i++) {
      const int x = FROM[i] % 5;
      moved[i] = rotate(a[FROM[i]] ^ parity[(x + 4) % 5] ^ rotate(parity[(x + 1) % 5], 1), TURN[i]);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < 25; i++) {
      const int row = i - i % 5;
      a[i] = moved[i] ^ (~moved[row + (i + 1) % 5] & moved[row + (i + 2) % 5]);
    }
    a[0] ^= ROUND[round];
  }
}

/** The sponge. */
static uint64_t lanes[25];

static void absorb(const uint64_t *block)
{
  for (int i = 0; i < RATE / 8; i++) lanes[i] ^= block[i];
  permute(lanes);
}

/** Address of the buffer for messages, or pieces of them, of at most 8,192 bytes. */
uint8_t *keccak_message(void) { return message; }

/** The current sponge, 200 bytes. */
uint8_t *keccak_state(void) { return (uint8_t *)lanes; }

/** Absorbs a piece of whole blocks. */
void keccak_absorb(uint32_t length)
{
  for (uint32_t at = 0; at < length; at += RATE) absorb((const uint64_t *)(message + at));
}

/** Absorbs the last piece, and writes the digest over its beginning. */
void keccak_finish(uint32_t length)
{
  const uint32_t padded = (length / RATE + 1) * RATE;
  memset(message + length, 0, padded - length);
  message[length] ^= 0x01;
  message[padded - 1] ^= 0x80;
  keccak_absorb(padded);
  memcpy(message, lanes, 32);
}

/** Writes a message's digest over its beginning. */
void keccak_digest(uint32_t length)
{
  memset(lanes, 0, sizeof lanes);
  keccak_finish(length);
}
