#include "keccak256.h"

#include "keccak-variants.h"
#include "words.h"

enum { RATE = 136, MAX_LANES = 8 };

/** Permutes `lanes` sponges at once; word i of sponge l is state[i * lanes + l]. */
typedef struct {
  void (*permute)(uint64_t *state);
  size_t lanes;
} Permutation;

/** @param count of messages to hash. With few, most lanes of a wide permutation would be idle. */
static Permutation fastest(size_t count)
{
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512vl")) {
    return count > 2 ? (Permutation){keccak_permute_8_avx512, 8} : (Permutation){keccak_permute_avx512, 1};
  }
  if (count > 1 && __builtin_cpu_supports("avx2")) return (Permutation){keccak_permute_4_avx2, 4};
  if (__builtin_cpu_supports("bmi2")) return (Permutation){keccak_permute_bmi2, 1};
#endif
  (void)count;
  return (Permutation){keccak_permute_portable, 1};
}

static void absorb(uint64_t *sponge, size_t lanes, const uint8_t block[RATE])
{
  for (size_t i = 0; i < RATE / 8; i++) sponge[i * lanes] ^= load64_le(block + 8 * i);
}

/** @param length less than RATE. */
static void absorb_last(uint64_t *sponge, size_t lanes, const uint8_t *message, size_t length)
{
  uint8_t block[RATE] = {0};
  if (length > 0) memcpy(block, message, length);
  block[length] = 0x01;
  block[RATE - 1] |= 0x80;
  absorb(sponge, lanes, block);
}

static void squeeze(const uint64_t *sponge, size_t lanes, uint8_t digest[32])
{
  for (size_t i = 0; i < 4; i++) store64_le(digest + 8 * i, sponge[i * lanes]);
}

void keccak256(const uint8_t *message, size_t length, uint8_t digest[32])
{
  const Permutation permutation = fastest(1);
  uint64_t state[25] = {0};
  for (; length >= RATE; length -= RATE, message += RATE) {
    absorb(state, 1, message);
    permutation.permute(state);
  }
  absorb_last(state, 1, message, length);
  permutation.permute(state);
  squeeze(state, 1, digest);
}

/** What a lane is hashing. */
typedef struct {
  /** What is left of the message. */
  const uint8_t *message;
  size_t length;
  /** Null while the lane is idle. */
  uint8_t *digest;
  int is_last_block;
} Job;

/** Absorbs the job's next block. */
static void advance(Job *job, uint64_t *sponge, size_t lanes)
{
  job->is_last_block = job->length < RATE;
  if (job->is_last_block) {
    absorb_last(sponge, lanes, job->message, job->length);
    return;
  }
  absorb(sponge, lanes, job->message);
  job->message += RATE;
  job->length -= RATE;
}

static void finish(Job *job, uint64_t *sponge, size_t lanes)
{
  squeeze(sponge, lanes, job->digest);
  for (size_t i = 0; i < 25; i++) sponge[i * lanes] = 0;
  job->digest = NULL;
}

/**
 * A lane takes the next message as soon as it has finished one, so that messages of different lengths share vectors.
 */
void keccak256_many(size_t count, const uint8_t *const messages[], const size_t lengths[], uint8_t digests[][32])
{
  const Permutation permutation = fastest(count);
  const size_t lanes = permutation.lanes;
  uint64_t state[25 * MAX_LANES] = {0};
  Job jobs[MAX_LANES] = {{0}};
  for (size_t started = 0, finished = 0; finished < count;) {
    for (size_t lane = 0; lane < lanes; lane++) {
      if (jobs[lane].digest == NULL && started < count) {
        jobs[lane] = (Job){messages[started], lengths[started], digests[started], 0};
        started++;
      }
      if (jobs[lane].digest != NULL) advance(&jobs[lane], state + lane, lanes);
    }
    permutation.permute(state);
    for (size_t lane = 0; lane < lanes; lane++) {
      if (jobs[lane].digest == NULL || !jobs[lane].is_last_block) continue;
      finish(&jobs[lane], state + lane, lanes);
      finished++;
    }
  }
}
