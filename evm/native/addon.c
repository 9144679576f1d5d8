/** The engine as a Node addon (Node-API, plain C). `evm/engine/native.ts` is the only caller, and has the types. */
#include <node_api.h>

#include "batch.h"

/** An engine, and what its host's functions need while a call of it lasts. */
typedef struct {
  World *world;
  Vm *vm;
  uint8_t root[32];
  napi_env env;
  /** The host and its functions, and the array in which it gets hashes. */
  napi_value host, node, code, run, hash_array;
  uint8_t *hash;
  /** What was read last, and what was written: for each, whether it is code (1), its hash (32), its length (4) and its bytes. */
  Buffer read, written;
  bool has_thrown;
} Engine;

static napi_value fail(napi_env env, const char *message)
{
  napi_throw_error(env, NULL, message);
  return NULL;
}

static bool get_bytes(napi_env env, napi_value value, uint8_t **data, size_t *length)
{
  napi_typedarray_type type;
  void *bytes;
  bool is = false;
  if (napi_is_typedarray(env, value, &is) == napi_ok && is &&
      napi_get_typedarray_info(env, value, &type, length, &bytes, NULL, NULL) == napi_ok && type == napi_uint8_array) {
    *data = bytes;
    return true;
  }
  napi_throw_type_error(env, NULL, "expected a Uint8Array");
  return false;
}

/** The bytes of a Uint8Array of this length. */
static uint8_t *get_exactly(napi_env env, napi_value value, size_t wanted)
{
  uint8_t *data;
  size_t length;
  if (!get_bytes(env, value, &data, &length)) return NULL;
  if (length == wanted) return data;
  fail(env, "a Uint8Array has another length than it must");
  return NULL;
}

static napi_value to_bytes(napi_env env, const void *bytes, size_t length)
{
  napi_value buffer, array;
  void *data;
  if (napi_create_arraybuffer(env, length, &data, &buffer) != napi_ok) return fail(env, "out of memory");
  if (length > 0) memcpy(data, bytes, length);
  napi_create_typedarray(env, napi_uint8_array, length, buffer, 0, &array);
  return array;
}

static napi_value *get_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *arguments)
{
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, arguments, NULL, NULL) == napi_ok && given >= count) return arguments;
  fail(env, "an argument is missing");
  return NULL;
}

/** Takes the host's functions, for as long as a call of the addon lasts. */
static bool open_host(Engine *engine, napi_env env, napi_value host)
{
  napi_value buffer;
  void *hash;
  engine->env = env;
  engine->host = host;
  engine->has_thrown = false;
  const bool found = napi_get_named_property(env, host, "node", &engine->node) == napi_ok &&
                     napi_get_named_property(env, host, "code", &engine->code) == napi_ok &&
                     napi_get_named_property(env, host, "run", &engine->run) == napi_ok &&
                     napi_create_arraybuffer(env, 32, &hash, &buffer) == napi_ok &&
                     napi_create_typedarray(env, napi_uint8_array, 32, buffer, 0, &engine->hash_array) == napi_ok;
  if (!found) fail(env, "expected the host's functions");
  engine->hash = hash;
  return found;
}

/** Calls one of the host's functions. @returns whether it gave bytes, which are then in `engine->read`. */
static bool call_host(Engine *engine, napi_value function, size_t count, const napi_value *arguments)
{
  napi_env env = engine->env;
  napi_value result;
  napi_valuetype type;
  uint8_t *data;
  size_t length;
  if (napi_call_function(env, engine->host, function, count, arguments, &result) != napi_ok) {
    engine->has_thrown = true;
    return false;
  }
  if (napi_typeof(env, result, &type) != napi_ok || type == napi_undefined || type == napi_null) return false;
  if (!get_bytes(env, result, &data, &length)) {
    engine->has_thrown = true;
    return false;
  }
  engine->read.length = 0;
  return buffer_append(&engine->read, data, length);
}

static const uint8_t *read_by_hash(Engine *engine, napi_value function, const uint8_t hash[32], uint32_t *length)
{
  napi_handle_scope scope;
  napi_open_handle_scope(engine->env, &scope);
  memcpy(engine->hash, hash, 32);
  const bool found = call_host(engine, function, 1, &engine->hash_array);
  napi_close_handle_scope(engine->env, scope);
  *length = (uint32_t)engine->read.length;
  // Never NULL for something of no bytes.
  return !found ? NULL : engine->read.data != NULL ? engine->read.data : (const uint8_t *)"";
}

static const uint8_t *read_node(void *context, const uint8_t hash[32], uint32_t *length)
{
  Engine *const engine = context;
  return read_by_hash(engine, engine->node, hash, length);
}

static const uint8_t *read_code(void *context, const uint8_t hash[32], uint32_t *length)
{
  Engine *const engine = context;
  return read_by_hash(engine, engine->code, hash, length);
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

static long run(void *context, uint32_t precompile, const uint8_t *input, size_t length, uint8_t *output,
                size_t capacity)
{
  Engine *const engine = context;
  napi_handle_scope scope;
  napi_open_handle_scope(engine->env, &scope);
  napi_value arguments[2] = {NULL, to_bytes(engine->env, input, length)};
  napi_create_uint32(engine->env, precompile, &arguments[0]);
  const bool ran = arguments[1] != NULL && call_host(engine, engine->run, 2, arguments);
  napi_close_handle_scope(engine->env, scope);
  if (!ran) return engine->has_thrown ? -2 : -1;
  if (engine->read.length > capacity) return -2;
  if (engine->read.length > 0) memcpy(output, engine->read.data, engine->read.length);
  return (long)engine->read.length;
}

static void destroy(napi_env env, void *data, void *hint)
{
  (void)env;
  (void)hint;
  Engine *const engine = data;
  vm_destroy(engine->vm);
  world_destroy(engine->world);
  buffer_free(&engine->read);
  buffer_free(&engine->written);
  free(engine);
}

/** create(secret, capacity, bounded): an engine at the state of no accounts. */
static napi_value create(napi_env env, napi_callback_info info)
{
  napi_value a[3], handle;
  int64_t capacity;
  bool bounded;
  if (!get_arguments(env, info, 3, a)) return NULL;
  const uint8_t *const secret = get_exactly(env, a[0], 32);
  if (secret == NULL) return NULL;
  if (napi_get_value_int64(env, a[1], &capacity) != napi_ok || napi_get_value_bool(env, a[2], &bounded) != napi_ok)
    return fail(env, "expected a number and a boolean");
  Engine *const engine = calloc(1, sizeof *engine);
  if (engine == NULL) return fail(env, "out of memory");
  const Host host = {engine, read_node, read_code, write_node, write_code, run};
  engine->world = world_create(&host, secret, (size_t)capacity);
  engine->vm = engine->world == NULL ? NULL : vm_create(engine->world, bounded);
  if (engine->vm == NULL || napi_create_external(env, engine, destroy, NULL, &handle) != napi_ok) {
    destroy(env, engine, NULL);
    return fail(env, "out of memory");
  }
  return handle;
}

static Engine *get_engine(napi_env env, napi_value value)
{
  void *engine;
  if (napi_get_value_external(env, value, &engine) == napi_ok) return engine;
  fail(env, "expected an engine");
  return NULL;
}

/** recover(bytes, chainId, from, to): senders, 21 bytes for each transaction. */
static napi_value recover(napi_env env, napi_callback_info info)
{
  napi_value a[4];
  uint8_t *bytes;
  size_t length;
  uint32_t from, to;
  if (!get_arguments(env, info, 4, a) || !get_bytes(env, a[0], &bytes, &length)) return NULL;
  const uint8_t *const chain_id = get_exactly(env, a[1], 32);
  if (chain_id == NULL) return NULL;
  if (napi_get_value_uint32(env, a[2], &from) != napi_ok || napi_get_value_uint32(env, a[3], &to) != napi_ok)
    return fail(env, "expected numbers of transactions");
  const Word id = word_from_bytes(chain_id);
  Buffer senders = {NULL, 0, 0};
  const bool done = batch_recover(bytes, length, &id, from, to, &senders);
  const napi_value result = done ? to_bytes(env, senders.data, senders.length) : fail(env, "out of memory");
  buffer_free(&senders);
  return result;
}

/** The chain before a batch, then after it: number, state root, history. */
enum { STATE_BYTES = 32 + 32 + 32 * LIMIT_HISTORY_LENGTH };

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

static void open_world(Engine *engine, const uint8_t root[32])
{
  if (memcmp(engine->root, root, 32) != 0 || world_fault(engine->world) != WORLD_SOUND) world_open(engine->world, root);
  else world_trim(engine->world);
  memcpy(engine->root, root, 32);
}

/**
 * execute(engine, host, bytes, chainId, gas, state, senders): executes a batch on a state, and changes the state's bytes to the one after it.
 * @returns [fault, receipts, written]; the state is unchanged if there is a fault.
 */
static napi_value execute(napi_env env, napi_callback_info info)
{
  napi_value a[7];
  if (!get_arguments(env, info, 7, a)) return NULL;
  Engine *const engine = get_engine(env, a[0]);
  uint8_t *bytes, *known;
  size_t length;
  int64_t gas;
  bool lossless;
  if (engine == NULL || !get_bytes(env, a[2], &bytes, &length)) return NULL;
  const uint8_t *const chain_id = get_exactly(env, a[3], 32);
  uint8_t *const state = get_exactly(env, a[5], STATE_BYTES);
  if (chain_id == NULL || state == NULL) return NULL;
  if (napi_get_value_bigint_int64(env, a[4], &gas, &lossless) != napi_ok || !lossless || gas < 0)
    return fail(env, "expected an amount of gas below 2^63");
  Buffer senders = {NULL, 0, 0};
  if (!get_bytes(env, a[6], &known, &senders.length)) return NULL;
  senders.data = known;
  // INVARIANT: the engine reads a sender for each transaction.
  if (senders.length != SENDER_BYTES * (size_t)batch_count(bytes, length))
    return fail(env, "the senders are not those of the batch's transactions");
  if (!open_host(engine, env, a[1])) return NULL;
  Batch *const batch = calloc(1, sizeof *batch);
  if (batch == NULL) return fail(env, "out of memory");
  *batch = (Batch){.bytes = bytes, .length = length, .chain_id = word_from_bytes(chain_id), .gas = (uint64_t)gas};
  load_state(batch, state);
  engine->written.length = 0;
  open_world(engine, batch->state_root);
  const bool done = batch_execute(engine->vm, batch, &senders);
  napi_value list = NULL, item;
  if (!engine->has_thrown) {
    napi_create_array_with_length(env, 3, &list);
    napi_create_uint32(env, (uint32_t)world_fault(engine->world), &item);
    napi_set_element(env, list, 0, item);
    napi_set_element(env, list, 1, to_bytes(env, batch->receipts.data, batch->receipts.length));
    napi_set_element(env, list, 2, to_bytes(env, engine->written.data, engine->written.length));
  }
  if (done) {
    store_state(batch, state);
    memcpy(engine->root, batch->state_root, 32);
  }
  buffer_free(&batch->receipts);
  free(batch);
  return list;
}

/** precompile(engine, host, address, input, gas): [gas left, output]; null if it fails. */
static napi_value precompile(napi_env env, napi_callback_info info)
{
  napi_value a[5], list, item;
  if (!get_arguments(env, info, 5, a)) return NULL;
  Engine *const engine = get_engine(env, a[0]);
  uint8_t *input;
  size_t length;
  uint32_t address;
  int64_t gas;
  if (engine == NULL || !get_bytes(env, a[3], &input, &length)) return NULL;
  if (napi_get_value_uint32(env, a[2], &address) != napi_ok || napi_get_value_int64(env, a[4], &gas) != napi_ok)
    return fail(env, "expected an address and gas");
  if (!open_host(engine, env, a[1])) return NULL;
  const Status status = vm_run_precompile(engine->vm, address, input, length, &gas);
  if (engine->has_thrown) return NULL;
  if (status != ENDED) {
    napi_get_null(env, &list);
    return list;
  }
  napi_create_array_with_length(env, 2, &list);
  napi_create_int64(env, gas, &item);
  napi_set_element(env, list, 0, item);
  napi_set_element(env, list, 1, to_bytes(env, engine->vm->returned.data, engine->vm->returned.length));
  return list;
}

NAPI_MODULE_INIT()
{
  const struct {
    const char *name;
    napi_callback function;
  } functions[] = {{"create", create}, {"recover", recover}, {"execute", execute}, {"precompile", precompile}};
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    napi_value function;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function);
    napi_set_named_property(env, exports, functions[i].name, function);
  }
  return exports;
}
