/** The engine as a Node addon (Node-API, plain C). `evm/engine/native.ts` is the only caller, and has the types. */
#include <node_api.h>

#include "engine.h"

/** An engine, and the host's functions while a call of the addon lasts. */
typedef struct {
  Engine *engine;
  napi_env env;
  /** The host, its functions, and the array in which it gets hashes. */
  napi_value host, node, code, run, hash_array;
  uint8_t *hash;
  /** What was read last. */
  Buffer read;
  bool has_thrown;
} Handle;

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
static bool open_host(Handle *handle, napi_env env, napi_value host)
{
  napi_value buffer;
  void *hash;
  handle->env = env;
  handle->host = host;
  handle->has_thrown = false;
  const bool found = napi_get_named_property(env, host, "node", &handle->node) == napi_ok &&
                     napi_get_named_property(env, host, "code", &handle->code) == napi_ok &&
                     napi_get_named_property(env, host, "run", &handle->run) == napi_ok &&
                     napi_create_arraybuffer(env, 32, &hash, &buffer) == napi_ok &&
                     napi_create_typedarray(env, napi_uint8_array, 32, buffer, 0, &handle->hash_array) == napi_ok;
  if (!found) fail(env, "expected the host's functions");
  handle->hash = hash;
  return found;
}

/** Calls one of the host's functions. @returns whether it gave bytes, which are then in `handle->read`. */
static bool call_host(Handle *handle, napi_value function, size_t count, const napi_value *arguments)
{
  napi_env env = handle->env;
  napi_value result;
  napi_valuetype type;
  uint8_t *data;
  size_t length;
  if (napi_call_function(env, handle->host, function, count, arguments, &result) != napi_ok) {
    handle->has_thrown = true;
    return false;
  }
  if (napi_typeof(env, result, &type) != napi_ok || type == napi_undefined || type == napi_null) return false;
  if (!get_bytes(env, result, &data, &length)) {
    handle->has_thrown = true;
    return false;
  }
  handle->read.length = 0;
  return buffer_append(&handle->read, data, length);
}

static const uint8_t *read_by_hash(Handle *handle, napi_value function, const uint8_t hash[32], uint32_t *length)
{
  napi_handle_scope scope;
  napi_open_handle_scope(handle->env, &scope);
  memcpy(handle->hash, hash, 32);
  const bool found = call_host(handle, function, 1, &handle->hash_array);
  napi_close_handle_scope(handle->env, scope);
  *length = (uint32_t)handle->read.length;
  // Never NULL for something of no bytes.
  return !found ? NULL : handle->read.data != NULL ? handle->read.data : (const uint8_t *)"";
}

static const uint8_t *read_node(void *context, const uint8_t hash[32], uint32_t *length)
{
  Handle *const handle = context;
  return read_by_hash(handle, handle->node, hash, length);
}

static const uint8_t *read_code(void *context, const uint8_t hash[32], uint32_t *length)
{
  Handle *const handle = context;
  return read_by_hash(handle, handle->code, hash, length);
}

static long run(void *context, uint32_t precompile, const uint8_t *input, size_t length, uint8_t *output,
                size_t capacity)
{
  Handle *const handle = context;
  napi_handle_scope scope;
  napi_open_handle_scope(handle->env, &scope);
  napi_value arguments[2] = {NULL, to_bytes(handle->env, input, length)};
  napi_create_uint32(handle->env, precompile, &arguments[0]);
  const bool ran = arguments[1] != NULL && call_host(handle, handle->run, 2, arguments);
  napi_close_handle_scope(handle->env, scope);
  if (!ran) return handle->has_thrown ? -2 : -1;
  if (handle->read.length > capacity) return -2;
  if (handle->read.length > 0) memcpy(output, handle->read.data, handle->read.length);
  return (long)handle->read.length;
}

static void destroy(napi_env env, void *data, void *hint)
{
  (void)env;
  (void)hint;
  Handle *const handle = data;
  engine_destroy(handle->engine);
  buffer_free(&handle->read);
  free(handle);
}

/** create(secret, capacity, bounded): an engine at the state of no accounts. */
static napi_value create(napi_env env, napi_callback_info info)
{
  napi_value a[3], external;
  int64_t capacity;
  bool bounded;
  if (!get_arguments(env, info, 3, a)) return NULL;
  const uint8_t *const secret = get_exactly(env, a[0], 32);
  if (secret == NULL) return NULL;
  if (napi_get_value_int64(env, a[1], &capacity) != napi_ok || napi_get_value_bool(env, a[2], &bounded) != napi_ok)
    return fail(env, "expected a number and a boolean");
  Handle *const handle = calloc(1, sizeof *handle);
  if (handle == NULL) return fail(env, "out of memory");
  const Source source = {handle, read_node, read_code, run};
  handle->engine = engine_create(&source, secret, (size_t)capacity, bounded);
  if (handle->engine == NULL || napi_create_external(env, handle, destroy, NULL, &external) != napi_ok) {
    destroy(env, handle, NULL);
    return fail(env, "out of memory");
  }
  return external;
}

static Handle *get_handle(napi_env env, napi_value value)
{
  void *handle;
  if (napi_get_value_external(env, value, &handle) == napi_ok) return handle;
  fail(env, "expected an engine");
  return NULL;
}

/** A part of a batch's senders, which a thread of the pool recovers. */
typedef struct {
  const uint8_t *bytes;
  size_t length;
  Word chain_id;
  uint32_t from, to;
  uint8_t *senders;
  bool done;
  napi_async_work work;
  napi_deferred deferred;
  /** Keeps bytes and senders alive. */
  napi_ref arrays;
} Recovery;

static void recover_part(napi_env env, void *data)
{
  (void)env;
  Recovery *const part = data;
  part->done = batch_recover(part->bytes, part->length, &part->chain_id, part->from, part->to, part->senders);
}

static void end_part(napi_env env, napi_status status, void *data)
{
  Recovery *const part = data;
  napi_value result;
  napi_get_boolean(env, status == napi_ok && part->done, &result);
  napi_resolve_deferred(env, part->deferred, result);
  napi_delete_async_work(env, part->work);
  napi_delete_reference(env, part->arrays);
  free(part);
}

/** Keeps two arrays alive. */
static bool hold(napi_env env, napi_value first, napi_value second, napi_ref *reference)
{
  napi_value pair;
  return napi_create_array_with_length(env, 2, &pair) == napi_ok && napi_set_element(env, pair, 0, first) == napi_ok &&
         napi_set_element(env, pair, 1, second) == napi_ok && napi_create_reference(env, pair, 1, reference) == napi_ok;
}

/** count(bytes): the transactions of a batch. */
static napi_value count(napi_env env, napi_callback_info info)
{
  napi_value a[1], number;
  uint8_t *bytes;
  size_t length;
  if (!get_arguments(env, info, 1, a) || !get_bytes(env, a[0], &bytes, &length)) return NULL;
  napi_create_uint32(env, batch_count(bytes, length), &number);
  return number;
}

/**
 * recover(bytes, chainId, from, to, senders): writes the senders of some of a batch's transactions, on a thread of the pool.
 * @returns a promise: whether there was memory for it
 */
static napi_value recover(napi_env env, napi_callback_info info)
{
  napi_value a[5], promise, name;
  uint8_t *bytes, *senders;
  size_t length, senders_length;
  uint32_t from, to;
  if (!get_arguments(env, info, 5, a) || !get_bytes(env, a[0], &bytes, &length)) return NULL;
  const uint8_t *const chain_id = get_exactly(env, a[1], 32);
  if (chain_id == NULL || !get_bytes(env, a[4], &senders, &senders_length)) return NULL;
  if (napi_get_value_uint32(env, a[2], &from) != napi_ok || napi_get_value_uint32(env, a[3], &to) != napi_ok)
    return fail(env, "expected numbers of transactions");
  if (senders_length != SENDER_BYTES * (size_t)batch_count(bytes, length))
    return fail(env, "the senders' array has another length than the batch");
  Recovery *const part = calloc(1, sizeof *part);
  if (part == NULL) return fail(env, "out of memory");
  *part = (Recovery){bytes, length, word_from_bytes(chain_id), from, to, senders, false, NULL, NULL, NULL};
  napi_create_string_utf8(env, "recover senders", NAPI_AUTO_LENGTH, &name);
  const bool queued = hold(env, a[0], a[4], &part->arrays) &&
                      napi_create_promise(env, &part->deferred, &promise) == napi_ok &&
                      napi_create_async_work(env, NULL, name, recover_part, end_part, part, &part->work) == napi_ok &&
                      napi_queue_async_work(env, part->work) == napi_ok;
  if (queued) return promise;
  free(part);
  return fail(env, "cannot recover senders on another thread");
}

/**
 * execute(engine, host, bytes, chainId, gas, state, senders): executes a batch on a state, and changes the state's bytes to the one after it.
 * @returns [fault, receipts, written]
 */
static napi_value execute(napi_env env, napi_callback_info info)
{
  napi_value a[7], list, item;
  if (!get_arguments(env, info, 7, a)) return NULL;
  Handle *const handle = get_handle(env, a[0]);
  uint8_t *bytes, *senders;
  size_t length, senders_length;
  int64_t gas;
  bool lossless;
  if (handle == NULL || !get_bytes(env, a[2], &bytes, &length)) return NULL;
  const uint8_t *const chain_id = get_exactly(env, a[3], 32);
  uint8_t *const state = chain_id == NULL ? NULL : get_exactly(env, a[5], STATE_BYTES);
  if (state == NULL || !get_bytes(env, a[6], &senders, &senders_length)) return NULL;
  if (napi_get_value_bigint_int64(env, a[4], &gas, &lossless) != napi_ok || !lossless || gas < 0)
    return fail(env, "expected an amount of gas below 2^63");
  if (!open_host(handle, env, a[1])) return NULL;
  Engine *const engine = handle->engine;
  const int fault = engine_execute(engine, bytes, length, chain_id, gas, state, senders, senders_length);
  if (handle->has_thrown) return NULL;
  napi_create_array_with_length(env, 3, &list);
  napi_create_int32(env, fault, &item);
  napi_set_element(env, list, 0, item);
  napi_set_element(env, list, 1, to_bytes(env, engine->receipts.data, engine->receipts.length));
  napi_set_element(env, list, 2, to_bytes(env, engine->written.data, engine->written.length));
  return list;
}

/** precompile(engine, host, address, input, gas): [gas left, output]; null if it fails. */
static napi_value precompile(napi_env env, napi_callback_info info)
{
  napi_value a[5], list, item;
  if (!get_arguments(env, info, 5, a)) return NULL;
  Handle *const handle = get_handle(env, a[0]);
  uint8_t *input;
  size_t length;
  uint32_t address;
  int64_t gas;
  if (handle == NULL || !get_bytes(env, a[3], &input, &length)) return NULL;
  if (napi_get_value_uint32(env, a[2], &address) != napi_ok || napi_get_value_int64(env, a[4], &gas) != napi_ok)
    return fail(env, "expected an address and gas");
  if (!open_host(handle, env, a[1])) return NULL;
  const Status status = vm_run_precompile(handle->engine->vm, address, input, length, &gas);
  if (handle->has_thrown) return NULL;
  if (status != ENDED) {
    napi_get_null(env, &list);
    return list;
  }
  napi_create_array_with_length(env, 2, &list);
  napi_create_int64(env, gas, &item);
  napi_set_element(env, list, 0, item);
  napi_set_element(env, list, 1, to_bytes(env, handle->engine->vm->returned.data, handle->engine->vm->returned.length));
  return list;
}

NAPI_MODULE_INIT()
{
  const struct {
    const char *name;
    napi_callback function;
  } functions[] = {
    {"create", create}, {"count", count}, {"recover", recover}, {"execute", execute}, {"precompile", precompile}};
  for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
    napi_value function;
    napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function, NULL, &function);
    napi_set_named_property(env, exports, functions[i].name, function);
  }
  return exports;
}
