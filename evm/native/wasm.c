/** The engine as a WebAssembly module. `evm/engine/wasm.ts` is the only caller. Addresses are bytes of the module's memory. */
#include "engine.h"

#define EXPORT(name) __attribute__((used, export_name(name)))
#define IMPORT(name) __attribute__((import_module("host"), import_name(name)))

typedef struct {
  Engine *engine;
  /** What the host gave last. */
  Buffer read;
} Instance;

/** Each gives bytes by calling `room`. @returns their length; −1: none; −2: it failed. */
IMPORT("node") long host_node(Instance *instance, const uint8_t *hash);
IMPORT("code") long host_code(Instance *instance, const uint8_t *hash);
IMPORT("run") long host_run(Instance *instance, uint32_t precompile, const uint8_t *input, size_t length);

EXPORT("allocate") void *allocate(size_t size) { return malloc(size); }

EXPORT("release") void release(void *address) { free(address); }

/** Room for what the host gives; 0 if there is no memory for it. */
EXPORT("room") uint8_t *room(Instance *instance, size_t length)
{
  // Never NULL for no bytes.
  return buffer_reserve(&instance->read, length + 1) ? instance->read.data : NULL;
}

static const uint8_t *given(const Instance *instance, long length, uint32_t *size)
{
  *size = (uint32_t)length;
  return length < 0 ? NULL : instance->read.data;
}

static const uint8_t *read_node(void *context, const uint8_t hash[32], uint32_t *length)
{
  return given(context, host_node(context, hash), length);
}

static const uint8_t *read_code(void *context, const uint8_t hash[32], uint32_t *length)
{
  return given(context, host_code(context, hash), length);
}

static long run(void *context, uint32_t precompile, const uint8_t *input, size_t length, uint8_t *output,
                size_t capacity)
{
  Instance *const instance = context;
  const long written = host_run(instance, precompile, input, length);
  if (written < 0) return written;
  if ((size_t)written > capacity) return -2;
  memcpy(output, instance->read.data, (size_t)written);
  return written;
}

/** @returns 0 if there is no memory for it. */
EXPORT("create") Instance *create(const uint8_t *secret, size_t capacity, int is_bounded)
{
  Instance *const instance = calloc(1, sizeof *instance);
  if (instance == NULL) return NULL;
  const Source source = {instance, read_node, read_code, run};
  instance->engine = engine_create(&source, secret, capacity, is_bounded);
  if (instance->engine != NULL) return instance;
  free(instance);
  return NULL;
}

EXPORT("destroy") void destroy(Instance *instance)
{
  engine_destroy(instance->engine);
  buffer_free(&instance->read);
  free(instance);
}

EXPORT("execute")
int execute(Instance *instance, const uint8_t *bytes, size_t length, const uint8_t *chain_id, int64_t gas,
            uint8_t *state, const uint8_t *senders, size_t senders_length)
{
  return engine_execute(instance->engine, bytes, length, chain_id, gas, state, senders, senders_length);
}

/** Address and length, one after the other. */
EXPORT("receipts") const Buffer *receipts(const Instance *instance) { return &instance->engine->receipts; }

EXPORT("written") const Buffer *written(const Instance *instance) { return &instance->engine->written; }

EXPORT("returned") const Buffer *returned(const Instance *instance) { return &instance->engine->vm->returned; }

/** @returns the gas that is left; −1 if it fails. */
EXPORT("precompile")
int64_t precompile(Instance *instance, uint32_t address, const uint8_t *input, size_t length, int64_t gas)
{
  return vm_run_precompile(instance->engine->vm, address, input, length, &gas) == ENDED ? gas : -1;
}

EXPORT("count") uint32_t count(const uint8_t *bytes, size_t length) { return batch_count(bytes, length); }

/** @param senders room for those of the whole batch. @returns 0 if there is no memory for it. */
EXPORT("recover") int recover(const uint8_t *bytes, size_t length, const uint8_t *chain_id, uint8_t *senders)
{
  const Word id = word_from_bytes(chain_id);
  return batch_recover(bytes, length, &id, 0, UINT32_MAX, senders);
}
