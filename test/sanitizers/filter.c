/**
 * The C that is otherwise compiled to WebAssembly alone, as a program: it answers requests from stdin on stdout, each a
 * letter and its arguments, little-endian. `standalone.ts` asks.
 */
#include <stdint.h>
#include <stdio.h>

#include "../../ml-vm/softfloat/scalar.h"

uint8_t *keccak_message(void);
void keccak_digest(uint32_t length);
void *blake2_block(void);
void blake2_rounds(uint32_t first, uint32_t rounds);

enum { BLAKE2_VECTOR = 128, BLAKE2_BLOCK = 256, DIGEST = 32 };

static int take(void *to, size_t length) { return fread(to, 1, length, stdin) == length; }
static int give(const void *from, size_t length) { return fwrite(from, 1, length, stdout) == length; }

/** Length, message → digest. */
static int keccak(void)
{
  uint32_t length;
  if (!take(&length, sizeof length) || !take(keccak_message(), length)) return 0;
  keccak_digest(length);
  return give(keccak_message(), DIGEST);
}

/** First round, rounds, working vector, message → working vector. */
static int blake2(void)
{
  uint32_t range[2];
  if (!take(range, sizeof range) || !take(blake2_block(), BLAKE2_BLOCK)) return 0;
  blake2_rounds(range[0], range[1]);
  return give(blake2_block(), BLAKE2_VECTOR);
}

/** Code, three operands → result. */
static int scalar(void)
{
  uint64_t in[4];
  if (!take(in, sizeof in)) return 0;
  uint64_t result = elench_scalar((uint32_t)in[0], in[1], in[2], in[3]);
  return give(&result, sizeof result);
}

int main(void)
{
  for (int letter; (letter = getchar()) != EOF;) {
    int done = letter == 'k' ? keccak() : letter == 'b' ? blake2() : letter == 's' ? scalar() : 0;
    if (!done) return 1;
  }
  return 0;
}
