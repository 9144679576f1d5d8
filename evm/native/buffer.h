/** Bytes that grow. */
#ifndef ELENCH_EVM_BUFFER_H
#define ELENCH_EVM_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  uint8_t *data;
  size_t length, capacity;
} Buffer;

/** Makes room for a length without changing the buffer's. @returns whether there is memory for it. */
static inline bool buffer_reserve(Buffer *buffer, size_t length)
{
  if (length <= buffer->capacity) return true;
  size_t capacity = buffer->capacity < 1024 ? 1024 : buffer->capacity;
  while (capacity < length) capacity *= 2;
  uint8_t *const data = realloc(buffer->data, capacity);
  if (data == NULL) return false;
  buffer->data = data;
  buffer->capacity = capacity;
  return true;
}

/** @param length not 0. @returns where the new bytes begin, which the caller fills; NULL if there is no memory for them. */
static inline uint8_t *buffer_extend(Buffer *buffer, size_t length)
{
  if (!buffer_reserve(buffer, buffer->length + length)) return NULL;
  uint8_t *const start = buffer->data + buffer->length;
  buffer->length += length;
  return start;
}

static inline bool buffer_append(Buffer *buffer, const void *bytes, size_t length)
{
  // A buffer that never held anything begins nowhere.
  if (length == 0) return true;
  uint8_t *const start = buffer_extend(buffer, length);
  if (start != NULL) memcpy(start, bytes, length);
  return start != NULL;
}

static inline void buffer_free(Buffer *buffer)
{
  free(buffer->data);
  *buffer = (Buffer){NULL, 0, 0};
}

#endif
