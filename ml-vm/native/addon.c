/** The engine as a Node addon (Node-API, plain C). `ml-vm/engine/native.ts` is the only caller, and has the types. */
#include <node_api.h>
#include <stdlib.h>

#include "decode.h"
#include "engine.h"
#include "tree.h"

static const Engine *const ENGINES[] = {
#if defined(__x86_64__)
  &elench_engine_avx512,
  &elench_engine_avx2,
#endif
  &elench_engine_portable,
};
enum { ENGINE_COUNT = sizeof ENGINES / sizeof ENGINES[0] };

static int is_supported(const Engine *engine)
{
#if defined(__x86_64__)
  if (engine == &elench_engine_avx512) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma");
  }
  if (engine == &elench_engine_avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  (void)engine;
  return 1;
}

static napi_value fail(napi_env env, const char *message)
{
  napi_throw_error(env, NULL, message);
  return NULL;
}

typedef struct {
  uint8_t *data;
  size_t length;
} Bytes;

/** The bytes of a Uint8Array. Throws and returns 0 for other values. */
static int get_bytes(napi_env env, napi_value value, Bytes *bytes)
{
  napi_typedarray_type type;
  void *data;
  bool is = false;
  if (napi_is_typedarray(env, value, &is) == napi_ok && is &&
      napi_get_typedarray_info(env, value, &type, &bytes->length, &data, NULL, NULL) == napi_ok &&
      type == napi_uint8_array) {
    bytes->data = data;
    return 1;
  }
  napi_throw_type_error(env, NULL, "expected a Uint8Array");
  return 0;
}

static int get_integer(napi_env env, napi_value value, int64_t *integer)
{
  if (napi_get_value_int64(env, value, integer) == napi_ok) return 1;
  napi_throw_type_error(env, NULL, "expected an integer");
  return 0;
}

static const Engine *get_engine(napi_env env, napi_value value)
{
  int64_t index;
  if (!get_integer(env, value, &index)) return NULL;
  if (index >= 0 && index < ENGINE_COUNT && is_supported(ENGINES[index])) return ENGINES[index];
  fail(env, "this processor has no such engine");
  return NULL;
}

static napi_value *get_arguments(napi_env env, napi_callback_info info, size_t count, napi_value *arguments)
{
  size_t given = count;
  if (napi_get_cb_info(env, info, &given, arguments, NULL, NULL) == napi_ok && given >= count) return arguments;
  fail(env, "an argument is missing");
  return NULL;
}

/** engines(): names by index, null for those that this processor lacks. */
static napi_value engines(napi_env env, napi_callback_info info)
{
  (void)info;
  napi_value list, name;
  napi_create_array_with_length(env, ENGINE_COUNT, &list);
  for (uint32_t i = 0; i < ENGINE_COUNT; i++) {
    if (is_supported(ENGINES[i])) napi_create_string_utf8(env, ENGINES[i]->name, NAPI_AUTO_LENGTH, &name);
    else napi_get_null(env, &name);
    napi_set_element(env, list, i, name);
  }
  return list;
}

static void finalize_instruction(napi_env env, void *data, void *hint)
{
  (void)env;
  (void)hint;
  elench_free(data);
}

/** prepare(bytes): an instruction, decoded. */
static napi_value prepare(napi_env env, napi_callback_info info)
{
  napi_value a[1], handle;
  Bytes bytes;
  if (!get_arguments(env, info, 1, a) || !get_bytes(env, a[0], &bytes)) return NULL;
  const char *error = NULL;
  Instruction *instruction = elench_decode(bytes.data, bytes.length, &error);
  if (instruction == NULL) return fail(env, error);
  napi_create_external(env, instruction, finalize_instruction, NULL, &handle);
  return handle;
}

/** Copies operands that are not aligned for their type; `release` frees them. */
typedef struct {
  void *copy[MAX_OPERANDS + 1];
  int copies;
} Alignment;

enum { ALIGNMENT = 8 };

static uint8_t *aligned(Alignment *alignment, Bytes bytes)
{
  if ((uintptr_t)bytes.data % ALIGNMENT == 0) return bytes.data;
  uint8_t *copy = malloc(bytes.length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, bytes.data, bytes.length);
  alignment->copy[alignment->copies++] = copy;
  return copy;
}

static void release(Alignment *alignment)
{
  for (int i = 0; i < alignment->copies; i++) free(alignment->copy[i]);
}

static int get_operands(napi_env env, napi_value list, const Instruction *in, Run *run, Alignment *alignment)
{
  uint32_t count = 0;
  napi_get_array_length(env, list, &count);
  if (count != (uint32_t)in->operands) {
    fail(env, "the instruction has another number of operands than was given");
    return 0;
  }
  for (uint32_t i = 0; i < count; i++) {
    napi_value value;
    Bytes bytes;
    if (napi_get_element(env, list, i, &value) != napi_ok || !get_bytes(env, value, &bytes)) return 0;
    if (bytes.length < in->operandBytes[i]) {
      fail(env, "an operand has fewer bytes than the instruction's views reach");
      return 0;
    }
    run->operand[i] = aligned(alignment, bytes);
    if (run->operand[i] == NULL) {
      fail(env, "out of memory");
      return 0;
    }
  }
  return 1;
}

static int get_counters(napi_env env, napi_value list, Run *run)
{
  uint32_t count = 0;
  napi_get_array_length(env, list, &count);
  for (uint32_t i = 0; i < count && i < MAX_LOOP_DEPTH; i++) {
    napi_value value;
    if (napi_get_element(env, list, i, &value) != napi_ok || !get_integer(env, value, &run->counter[i])) return 0;
  }
  return 1;
}

/** execute(engine, handle, operands, target, counters, from, to, threads): threads 0 selects the interpreter. */
static napi_value execute(napi_env env, napi_callback_info info)
{
  napi_value a[8];
  void *handle = NULL;
  int64_t threads;
  Bytes target;
  Run run = {.from = 0};
  if (!get_arguments(env, info, 8, a)) return NULL;
  const Engine *engine = get_engine(env, a[0]);
  if (engine == NULL) return NULL;
  if (napi_get_value_external(env, a[1], &handle) != napi_ok) return fail(env, "expected a prepared instruction");
  const Instruction *in = handle;
  Alignment alignment = {.copies = 0};
  if (!get_bytes(env, a[3], &target) || !get_counters(env, a[4], &run) || !get_integer(env, a[5], &run.from) ||
      !get_integer(env, a[6], &run.to) || !get_integer(env, a[7], &threads))
    return NULL;
  if (target.length < in->targetBytes)
    return fail(env, "the target has fewer bytes than the instruction's write reaches");
  if (run.to < 0) run.to = in->output.size;
  if (run.from < 0 || run.from > run.to || run.to > in->output.size) return fail(env, "there are no such elements");
  if (get_operands(env, a[2], in, &run, &alignment)) {
    run.target = aligned(&alignment, target);
    if (run.target == NULL) fail(env, "out of memory");
    else if (threads == 0) engine->interpret(in, &run);
    else engine->execute(in, &run, (int)threads);
    if (run.target != NULL && run.target != target.data) memcpy(target.data, run.target, target.length);
  }
  release(&alignment);
  return NULL;
}

/** dataTree(engine, data, nodes, threads) fills `nodes`, of (2^(depth + 1) - 1) * 32 bytes. */
static napi_value data_tree(napi_env env, napi_callback_info info)
{
  napi_value a[4];
  Bytes data, nodes;
  int64_t threads;
  if (!get_arguments(env, info, 4, a)) return NULL;
  const Engine *engine = get_engine(env, a[0]);
  if (engine == NULL || !get_bytes(env, a[1], &data) || !get_bytes(env, a[2], &nodes) ||
      !get_integer(env, a[3], &threads))
    return NULL;
  uint64_t needed = ((UINT64_C(2) << elench_tree_depth(data.length)) - 1) * 32;
  if (nodes.length != needed) return fail(env, "the nodes of this tree have another size");
  elench_data_tree(engine, (int)threads, data.data, data.length, nodes.data);
  return NULL;
}

static void export_function(napi_env env, napi_value exports, const char *name, napi_callback callback)
{
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

NAPI_MODULE_INIT()
{
  export_function(env, exports, "engines", engines);
  export_function(env, exports, "prepare", prepare);
  export_function(env, exports, "execute", execute);
  export_function(env, exports, "dataTree", data_tree);
  return exports;
}
