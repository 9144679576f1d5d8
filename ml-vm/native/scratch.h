/** Working memory of a thread. It is kept between calls, allocated piece by piece, and freed all at once. */
#ifndef ELENCH_NATIVE_SCRATCH_H
#define ELENCH_NATIVE_SCRATCH_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum { SCRATCH_ALIGNMENT = 64 };

typedef struct {
  uint8_t *base;
  size_t used;
} Scratch;

static inline void *scratch_take(Scratch *scratch, size_t size)
{
  size_t at = scratch->used;
  scratch->used = (at + size + SCRATCH_ALIGNMENT - 1) / SCRATCH_ALIGNMENT * SCRATCH_ALIGNMENT;
  return scratch->base + at;
}

/** The thread's memory, at least `size` bytes of it, or null. */
static uint8_t *thread_memory(size_t size)
{
  static _Thread_local uint8_t *memory;
  static _Thread_local size_t length;
  if (length < size) {
    free(memory);
    length = (size + 4095) / 4096 * 4096;
    memory = aligned_alloc(4096, length);
    if (memory == NULL) length = 0;
  }
  return memory;
}

#endif
