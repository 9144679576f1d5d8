#include "engine.h"

static const uint8_t *read_node(void *context, const uint8_t hash[32], uint32_t *length)
{
  const Source *const source = &((Engine *)context)->source;
  return source->read_node(source->context, hash, length);
}

static const uint8_t *read_code(void *context, const uint8_t hash[32], uint32_t *length)
{
  const Source *const source = &((Engine *)context)->source;
  return source->read_code(source->context, hash, length);
}

static long run(void *context, uint32_t precompile, const uint8_t *input, size_t length, uint8_t *output,
                size_t capacity)
{
  const Source *const source = &((Engine *)context)->source;
  return source->run(source->context, precompile, input, length, output, capacity);
}

static void write_entry(Engine *engine, uint8_t is_code, const uint8_t hash[32], const uint8_t *bytes, uint32_t length)
{
  uint8_t *const at = buffer_extend(&engine->written, 1 + 32 + 4 + (size_t)length);
  if (at == NULL) {
    world_fail(engine->world, WORLD_NO_MEMORY);
    return;
  }
  const uint32_t size = __builtin_bswap32(length);
  at[0] = is_code;
  memcpy(at + 1, hash, 32);
  memcpy(at + 33, &size, 4);
  memcpy(at + 37, bytes, length);
}

static void write_node(void *context, const uint8_t hash[32], const uint8_t *rlp, uint32_t length)
{
  write_entry(context, 0, hash, rlp, length);
}

static void write_code(void *context, const uint8_t hash[32], const uint8_t *code, uint32_t length)
{
  write_entry(context, 1, hash, code, length);
}

Engine *engine_create(const Source *source, const uint8_t secret[32], size_t capacity, bool is_bounded)
{
  Engine *const engine = calloc(1, sizeof *engine);
  if (engine == NULL) return NULL;
  engine->source = *source;
  const Host host = {engine, read_node, read_code, write_node, write_code, run};
  engine->world = world_create(&host, secret, capacity);
  engine->vm = engine->world == NULL ? NULL : vm_create(engine->world, is_bounded);
  if (engine->vm != NULL) return engine;
  engine_destroy(engine);
  return NULL;
}

void engine_destroy(Engine *engine)
{
  if (engine == NULL) return;
  vm_destroy(engine->vm);
  world_destroy(engine->world);
  buffer_free(&engine->written);
  buffer_free(&engine->receipts);
  free(engine);
}

static void open_world(Engine *engine, const uint8_t root[32])
{
  if (memcmp(engine->root, root, 32) != 0 || world_fault(engine->world) != WORLD_SOUND) world_open(engine->world, root);
  else world_trim(engine->world);
  memcpy(engine->root, root, 32);
}

static void load_state(Batch *batch, const uint8_t *state)
{
  batch->number = word_from_bytes(state);
  memcpy(batch->state_root, state + 32, 32);
  memcpy(batch->history, state + 64, sizeof batch->history);
}

static void store_state(const Batch *batch, uint8_t *state)
{
  word_to_bytes(&batch->number, state);
  memcpy(state + 32, batch->state_root, 32);
  memcpy(state + 64, batch->history, sizeof batch->history);
}

/** Executes on a batch in memory of its own: it is large for a stack. */
static int execute(Engine *engine, Batch *batch, uint8_t *state, const uint8_t *senders)
{
  load_state(batch, state);
  open_world(engine, batch->state_root);
  engine->written.length = 0;
  const bool done = world_fault(engine->world) == WORLD_SOUND && batch_execute(engine->vm, batch, senders);
  buffer_free(&engine->receipts);
  engine->receipts = batch->receipts;
  if (!done) return (int)world_fault(engine->world);
  store_state(batch, state);
  memcpy(engine->root, batch->state_root, 32);
  return WORLD_SOUND;
}

int engine_execute(Engine *engine, const uint8_t *bytes, size_t length, const uint8_t chain_id[32], int64_t gas,
                   uint8_t state[STATE_BYTES], const uint8_t *senders, size_t senders_length)
{
  // INVARIANT: a sender is read for each transaction.
  if (senders_length != SENDER_BYTES * (size_t)batch_count(bytes, length)) return WRONG_SENDERS;
  Batch *const batch = calloc(1, sizeof *batch);
  if (batch == NULL) return WORLD_NO_MEMORY;
  *batch = (Batch){.bytes = bytes, .length = length, .chain_id = word_from_bytes(chain_id), .gas = (uint64_t)gas};
  const int fault = execute(engine, batch, state, senders);
  free(batch);
  return fault;
}
