/** An engine: a world and a machine on it, as the addon and the WebAssembly module offer it. */
#ifndef ELENCH_EVM_ENGINE_H
#define ELENCH_EVM_ENGINE_H

#include "batch.h"

/** Where an engine reads: the part of `Host` that differs between the two. */
typedef struct {
  void *context;
  const uint8_t *(*read_node)(void *context, const uint8_t hash[32], uint32_t *length);
  const uint8_t *(*read_code)(void *context, const uint8_t hash[32], uint32_t *length);
  long (*run)(void *context, uint32_t precompile, const uint8_t *input, size_t length, uint8_t *output,
              size_t capacity);
} Source;

typedef struct {
  World *world;
  Vm *vm;
  Source source;
  /** Of the state that the world is at. */
  uint8_t root[32];
  /** What the last batch wrote: for each entry, whether it is code (1), its hash (32), its length (4) and its bytes. */
  Buffer written;
  /** Of the last batch: see `Batch`. */
  Buffer receipts;
} Engine;

/** The chain before a batch, then after it: number, state root, history. */
enum { STATE_BYTES = 32 + 32 + 32 * LIMIT_HISTORY_LENGTH };

/** An engine at the state of no accounts. @returns NULL if there is no memory for it. */
Engine *engine_create(const Source *source, const uint8_t secret[32], size_t capacity, bool is_bounded);
void engine_destroy(Engine *engine);

/** Why an execution failed, besides a fault of the world. */
enum { WRONG_SENDERS = 100 };

/**
 * Executes a batch on a state, and changes the state's bytes to the one after it.
 * @returns 0; or a Fault of the world or WRONG_SENDERS: the state is then unchanged, and what was written does not count.
 */
int engine_execute(Engine *engine, const uint8_t *bytes, size_t length, const uint8_t chain_id[32], int64_t gas,
                   uint8_t state[STATE_BYTES], const uint8_t *senders, size_t senders_length);

#endif
