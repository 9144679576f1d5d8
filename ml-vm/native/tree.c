#include "tree.h"

#include "threads.h"

/** Messages per task: enough to pay for waking a thread, and a multiple of every number of lanes. */
enum { LEAF_BYTES = 128, GRAIN = 512 };

int elench_tree_depth(uint64_t length)
{
  uint64_t leaves = (length + LEAF_BYTES - 1) / LEAF_BYTES;
  int depth = 0;
  while (UINT64_C(1) << depth < leaves) depth++;
  return depth;
}

typedef struct {
  const Engine *engine;
  const uint8_t *from;
  /** Number of bytes from `from` on; zeros follow. */
  uint64_t length;
  uint64_t count;
  uint8_t *to;
  int leaves;
} Level;

static void hash_part(void *context, int64_t index)
{
  const Level *level = context;
  uint64_t start = (uint64_t)index * GRAIN;
  uint64_t count = level->count - start < GRAIN ? level->count - start : GRAIN;
  if (!level->leaves) {
    level->engine->hashPairs(level->from + 64 * start, count, level->to + 32 * start);
    return;
  }
  uint64_t at = LEAF_BYTES * start < level->length ? LEAF_BYTES * start : level->length;
  level->engine->hashLeaves(level->from + at, level->length - at, count, level->to + 32 * start);
}

/** Hashes the first `real` nodes of a level; the rest are zero subtrees: one hash, copied. */
static void hash_level(Level level, int threads, uint64_t real)
{
  uint64_t total = level.count;
  level.count = real < total ? real + 1 : total;
  elench_parallel(threads, (int64_t)((level.count + GRAIN - 1) / GRAIN), hash_part, &level);
  for (uint64_t i = level.count; i < total; i++) memcpy(level.to + 32 * i, level.to + 32 * real, 32);
}

void elench_data_tree(const Engine *engine, int threads, const uint8_t *data, uint64_t length, uint8_t *nodes)
{
  int depth = elench_tree_depth(length);
  uint64_t count = UINT64_C(1) << depth;
  uint64_t real = (length + LEAF_BYTES - 1) / LEAF_BYTES;
  hash_level((Level){engine, data, length, count, nodes, 1}, threads, real);
  while (count > 1) {
    uint8_t *above = nodes + 32 * count;
    real = (real + 1) / 2;
    hash_level((Level){engine, nodes, 32 * count, count / 2, above, 0}, threads, real);
    nodes = above;
    count /= 2;
  }
}
