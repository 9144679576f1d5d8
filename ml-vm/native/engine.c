/** The engine for one instruction set: built once for each, with VARIANT its name and the compiler's flags for it. */
#include "engine.h"

#include "execute.h"
#include "keccak.h"

#define JOINED(a, b) a##b
#define JOIN(a, b) JOINED(a, b)
#define TEXT_OF(a) #a
#define TEXT(a) TEXT_OF(a)

static void hash_leaves(const uint8_t *data, uint64_t length, uint64_t count, uint8_t *hashes)
{
  keccak_many(data, length, count, 128, hashes);
}

static void hash_pairs(const uint8_t *pairs, uint64_t count, uint8_t *hashes)
{
  keccak_many(pairs, count * 64, count, 64, hashes);
}

const Engine JOIN(elench_engine_, VARIANT) = {TEXT(VARIANT), execute, interpret, hash_leaves, hash_pairs};
