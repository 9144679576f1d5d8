/** Keccak-f[1600] of one sponge in general registers. */
#include "keccak-variants.h"

enum { LANES = 1 };
typedef uint64_t Lane;
/** Each variant gets a copy of its own, compiled for its own instructions. */
#define TARGET __attribute__((always_inline))
#define XOR(a, b) ((a) ^ (b))
#define ROTATE(a, n) ((a) << (n) | (a) >> (-(n)&63))
#define CHI(a, b, c) ((a) ^ (~(b) & (c)))
#define SPREAD(word) (word)
#define LOAD(words) (*(words))
#define STORE(words, lane) (*(words) = (lane))

#include "keccak-permutation.h"

void keccak_permute_portable(uint64_t state[25]) { permute(state); }

#if defined(__x86_64__)
/** BMI2 rotates without a copy first; BMI has `~b & c` as one instruction. */
__attribute__((target("bmi,bmi2"))) void keccak_permute_bmi2(uint64_t state[25]) { permute(state); }
#endif
