/** Items of one size in blocks: they never move, and are freed all at once. */
#ifndef ELENCH_EVM_BLOCKS_H
#define ELENCH_EVM_BLOCKS_H

#include <stddef.h>
#include <stdlib.h>

typedef struct Block {
  struct Block *before;
  max_align_t items[];
} Block;

typedef struct {
  Block *last;
  /** Of the last block. */
  size_t used;
  size_t bytes;
} Blocks;

enum { BLOCK_BYTES = 1 << 16 };

/** @returns zeroed memory; NULL if there is none. */
static inline void *blocks_take(Blocks *blocks, size_t size)
{
  if (blocks->last == NULL || blocks->used + size > BLOCK_BYTES) {
    Block *const block = calloc(1, sizeof *block + BLOCK_BYTES);
    if (block == NULL) return NULL;
    block->before = blocks->last;
    *blocks = (Blocks){block, 0, blocks->bytes + BLOCK_BYTES};
    // cppcheck-suppress memleak
  }
  void *const item = (char *)blocks->last->items + blocks->used;
  blocks->used += (size + 15) & ~(size_t)15;
  return item;
}

static inline void blocks_free(Blocks *blocks)
{
  while (blocks->last != NULL) {
    Block *const block = blocks->last;
    blocks->last = block->before;
    free(block);
  }
  *blocks = (Blocks){NULL, 0, 0};
}

#endif
