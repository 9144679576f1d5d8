/** Memory in numbered cells of one size. Cells never move, so it grows by blocks. Freed cells are used again. */
#ifndef ELENCH_EVM_TRIE_CELLS_H
#define ELENCH_EVM_TRIE_CELLS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/** Cells per block, and the most cells: their numbers have 29 bits. */
enum { CELLS_PER_BLOCK = 1024, MAX_CELLS = 1 << 29 };

struct cells {
  /** Bytes per cell: a multiple of 4, the alignment of cells. */
  uint32_t size;
  /** Number of cells in use. */
  uint32_t used;
  /** Number of the first cell that was never used. */
  uint32_t fresh;
  /** Number of the first freed cell, plus 1: it holds the next one's in its first bytes. 0: none. */
  uint32_t freed;
  /** Room for pointers to `capacity` blocks; those with cells below `fresh` are there. */
  uint8_t **block;
  uint32_t capacity;
};

static inline void *cell_at(const struct cells *cells, uint32_t number)
{
  return cells->block[number / CELLS_PER_BLOCK] + (size_t)(number % CELLS_PER_BLOCK) * cells->size;
}

static bool add_block(struct cells *cells)
{
  uint32_t at = cells->fresh / CELLS_PER_BLOCK;
  if (at == cells->capacity) {
    uint32_t capacity = at == 0 ? 8 : 2 * at;
    uint8_t **block = realloc(cells->block, capacity * sizeof *block);
    if (block == NULL) return false;
    cells->block = block;
    cells->capacity = capacity;
  }
  cells->block[at] = malloc((size_t)CELLS_PER_BLOCK * cells->size);
  return cells->block[at] != NULL;
}

/** @returns false if there is no memory. */
static bool take_cell(struct cells *cells, uint32_t *number)
{
  if (cells->freed != 0) {
    *number = cells->freed - 1;
    memcpy(&cells->freed, cell_at(cells, *number), sizeof cells->freed);
  } else {
    if (cells->fresh == MAX_CELLS) return false;
    if (cells->fresh % CELLS_PER_BLOCK == 0 && !add_block(cells)) return false;
    *number = cells->fresh++;
  }
  cells->used++;
  return true;
}

static void give_cell(struct cells *cells, uint32_t number)
{
  memcpy(cell_at(cells, number), &cells->freed, sizeof cells->freed);
  cells->freed = number + 1;
  cells->used--;
}

static void free_cells(struct cells *cells)
{
  for (uint32_t at = 0; at * CELLS_PER_BLOCK < cells->fresh; at++) free(cells->block[at]);
  free(cells->block);
}

#endif
