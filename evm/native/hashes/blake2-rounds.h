/**
 * The rounds of BLAKE2b's compression function, for several instruction sets.
 *
 * The working vector is a matrix of 4 by 4 words, rows a, b, c, d. A round works on the four columns, then on the four
 * diagonals. Here, it turns the rows so that the diagonals become columns. It does not turn b, which every step
 * computes last: so, turning is never what the next step waits for. Column j then has the diagonal that begins at a[j -
 * 1].
 */
#ifndef ELENCH_EVM_BLAKE2_ROUNDS_H
#define ELENCH_EVM_BLAKE2_ROUNDS_H

#include <stdint.h>

/** Rounds after which the permutations of the message begin again. */
enum { BLAKE2_PERIOD = 10 };

/** A round's words of the message, in the order in which it adds them: four to the columns, four more, and so on. */
typedef struct {
  uint64_t word[4][4];
} Blake2Words;

/** Runs rounds 0 to `rounds`. @param v the working vector. */
void blake2_rounds_portable(uint64_t v[16], const Blake2Words words[BLAKE2_PERIOD], uint32_t rounds);

#if defined(__x86_64__)
/** Needs AVX2. */
void blake2_rounds_avx2(uint64_t v[16], const Blake2Words words[BLAKE2_PERIOD], uint32_t rounds);
#endif

#endif
