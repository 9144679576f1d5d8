#include "decode.h"

#include <stdlib.h>

#include "operations.h"

/** Bytes being read. After the first error every read returns zero. */
typedef struct {
  const uint8_t *at, *end;
  const char *error;
} Source;

static void refuse(Source *source, const char *error)
{
  if (source->error == NULL) source->error = error;
}

static uint64_t read_uint(Source *source, int size)
{
  if (source->error != NULL) return 0;
  if (source->end - source->at < size) {
    refuse(source, "the instruction's bytes end inside a field");
    return 0;
  }
  uint64_t value = 0;
  for (int i = 0; i < size; i++) value = value << 8 | *source->at++;
  return value;
}

static int read_count(Source *source, int limit, const char *error)
{
  int count = (int)read_uint(source, 1);
  if (count > limit) refuse(source, error);
  return source->error != NULL ? 0 : count;
}

static Space read_space(Source *source, int limit)
{
  Space space = {.rank = read_count(source, limit, "too many dimensions"), .size = 1};
  for (int i = 0; i < space.rank; i++) {
    i64 n = (i64)read_uint(source, DIMENSION_BYTES);
    if (n < 1 || n > INT32_MAX) {
      refuse(source, "a dimension is not in 1 ... 2^31 - 1");
      n = 1;
    }
    space.dim[i] = n;
    if (space.size > (ELEMENT_BOUND - 1) / n) refuse(source, "a space has 2^40 points or more");
    else space.size *= n;
  }
  return space;
}

static Constant read_constant(Source *source)
{
  Constant constant = {(uint8_t)read_uint(source, 1), 0};
  constant.bits = read_uint(source, 8);
  if (constant.type > TYPE_INT) {
    refuse(source, "a constant's type is unknown");
    constant.type = TYPE_INT;
  }
  return constant;
}

static Term read_term(Source *source)
{
  Term term = {.variable = (uint8_t)read_uint(source, 1), .shift = (uint8_t)read_uint(source, 1)};
  uint64_t bits = read_uint(source, 1);
  term.factor = (int32_t)read_uint(source, 4);
  if (term.variable >= VARIABLES) {
    refuse(source, "a term's variable does not exist");
    term.variable = 0;
  }
  if (term.shift > MAX_SHIFT || bits > MAX_SHIFT) {
    refuse(source, "a term's shift or bits are more than 31");
    term.shift = 0;
  }
  term.mask = bits == 0 ? -1 : (INT64_C(1) << (bits & MAX_SHIFT)) - 1;
  return term;
}

/** `stage` has the reads that an indirect coordinate can refer to. */
static View read_view(Source *source, const Stage *stage)
{
  View view = {.coordinates = read_count(source, MAX_COORDINATES, "a view has more than 8 coordinates")};
  for (int i = 0; i < view.coordinates; i++) {
    Coordinate *c = &view.coordinate[i];
    c->stride = (i64)read_uint(source, 4);
    c->extent = (i64)read_uint(source, 4);
    c->offset = (int32_t)read_uint(source, 4);
    int flags = (int)read_uint(source, 1);
    c->clamp = (flags & FLAG_CLAMP) != 0;
    c->indirect = (flags & INDIRECT_MASK) - 1;
    c->terms = read_count(source, MAX_TERMS, "a coordinate has more than 8 terms");
    for (int t = 0; t < c->terms; t++) c->term[t] = read_term(source);
    if (c->extent < 1) refuse(source, "a coordinate's extent is 0");
    if (c->indirect >= 0 && stage != NULL &&
        (c->indirect >= stage->reads || stage->type[stage->entries + c->indirect] != TYPE_INT)) {
      refuse(source, "an indirect coordinate names no earlier read of integers");
    }
  }
  return view;
}

/** Bytes that a view over elements of `size` bytes reaches; refused if 2^50 or more. */
static uint64_t reach(Source *source, const View *view, int size)
{
  uint64_t last = 0;
  for (int i = 0; i < view->coordinates; i++) {
    const Coordinate *c = &view->coordinate[i];
    uint64_t span = (uint64_t)c->extent - 1;
    if (span != 0 && (uint64_t)c->stride > (UINT64_C(1) << 45) / span) refuse(source, "a view reaches too far");
    last += (uint64_t)c->stride * span;
  }
  return (last + 1) * (uint64_t)size;
}

static void read_reads(Source *source, Stage *stage, Instruction *instruction)
{
  int count = (int)read_uint(source, 1);
  stage->read = calloc((size_t)count + 1, sizeof(Read));
  for (int i = 0; i < count && source->error == NULL; i++) {
    Read *read = &stage->read[i];
    read->operand = (uint8_t)read_uint(source, 1);
    read->dtype = (uint8_t)read_uint(source, 1);
    read->pad = read_uint(source, 8);
    if (read->operand >= instruction->operands) refuse(source, "a read names an operand that does not exist");
    if (read->dtype < DTYPE_F32 || read->dtype > DTYPE_BOOL) refuse(source, "a read's element type is unknown");
    // This read can refer to the reads so far.
    stage->reads = i;
    read->view = read_view(source, stage);
    if (source->error != NULL) return;
    uint64_t bytes = reach(source, &read->view, dtype_size(read->dtype));
    if (bytes > instruction->operandBytes[read->operand]) instruction->operandBytes[read->operand] = bytes;
    if (stage->values == MAX_VALUES) refuse(source, "a stage has more than 256 values");
    else stage->type[stage->values++] = dtype_register(read->dtype);
  }
  stage->reads = count;
}

enum { f32_type = TYPE_F32, f64_type = TYPE_F64, i64_type = TYPE_INT };

typedef struct {
  uint8_t known, result, arguments, argument[3];
} Signature;

// clang-format off
static const Signature SIGNATURES[256] = {
#define UNARY(CODE, NAME, R, A) [CODE] = {1, R##_type, 1, {A##_type}},
#define BINARY(CODE, NAME, R, A, B) [CODE] = {1, R##_type, 2, {A##_type, B##_type}},
#define TERNARY(CODE, NAME, R, A, B, C) [CODE] = {1, R##_type, 3, {A##_type, B##_type, C##_type}},
  OPERATIONS(UNARY, BINARY, TERNARY)
#undef UNARY
#undef BINARY
#undef TERNARY
  [OP_INDEX] = {1, TYPE_INT, 0, {0}},
};
// clang-format on

/** The operation's signature; for `select` it depends on the second operand. */
static Signature signature_of(Source *source, const Stage *stage, Operation op)
{
  if (op.code == OP_SELECT) {
    uint8_t type = op.b < stage->values ? stage->type[op.b] : TYPE_INT;
    return (Signature){1, type, 3, {TYPE_INT, type, type}};
  }
  if (op.code == OP_INDEX && op.a >= VARIABLES)
    refuse(source, "an `index` operation names a variable that does not exist");
  if (!SIGNATURES[op.code].known) refuse(source, "a scalar operation's code is unknown");
  return SIGNATURES[op.code];
}

static void read_operations(Source *source, Stage *stage)
{
  int count = (int)read_uint(source, 1);
  stage->operation = calloc((size_t)count + 1, sizeof(Operation));
  for (int i = 0; i < count && source->error == NULL; i++) {
    Operation op = {(uint8_t)read_uint(source, 1), (uint8_t)read_uint(source, 1), (uint8_t)read_uint(source, 1), 0};
    op.c = (uint8_t)read_uint(source, 1);
    Signature signature = signature_of(source, stage, op);
    uint8_t arguments[3] = {op.a, op.b, op.c};
    for (int k = 0; k < signature.arguments; k++) {
      if (arguments[k] >= stage->values) refuse(source, "an operation names a value that does not exist yet");
      else if (stage->type[arguments[k]] != signature.argument[k])
        refuse(source, "an operation's operand has another type than it asks for");
    }
    stage->operation[i] = op;
    if (stage->values == MAX_VALUES) refuse(source, "a stage has more than 256 values");
    else stage->type[stage->values++] = signature.result;
  }
  stage->operations = count;
}

/** `wanted` are the types of the values that the stage's `outs` replace. */
static void read_stage(Source *source, Stage *stage, Instruction *instruction, const uint8_t *entryTypes, int entries,
                       const uint8_t *wanted, int outs)
{
  stage->entries = stage->values = entries;
  memcpy(stage->type, entryTypes, (size_t)entries);
  read_reads(source, stage, instruction);
  stage->constants = (int)read_uint(source, 1);
  stage->constant = calloc((size_t)stage->constants + 1, sizeof(Constant));
  for (int i = 0; i < stage->constants && source->error == NULL; i++) {
    stage->constant[i] = read_constant(source);
    if (stage->values == MAX_VALUES) refuse(source, "a stage has more than 256 values");
    else stage->type[stage->values++] = stage->constant[i].type;
  }
  read_operations(source, stage);
  stage->outs = (int)read_uint(source, 1);
  if (stage->outs != outs) refuse(source, "a stage has not as many outs as it replaces values");
  stage->out = calloc((size_t)stage->outs + 1, 1);
  for (int i = 0; i < stage->outs && source->error == NULL; i++) {
    stage->out[i] = (uint8_t)read_uint(source, 1);
    if (stage->out[i] >= stage->values || stage->type[stage->out[i]] != wanted[i]) {
      refuse(source, "a stage's out is not a value of the type that it replaces");
    }
  }
}

/** Checks that accumulators, spaces and flags are consistent. */
static void check_structure(Source *source, const Instruction *in)
{
  if (in->accumulators == 0 && (in->reduction.rank > 0 || in->scan || in->innerAccumulators > 0)) {
    refuse(source, "a reduction, a scan or an inner fold needs accumulators");
  }
  if ((in->innerAccumulators > 0) != (in->inner.rank > 0)) {
    refuse(source, "inner accumulators and an inner reduction need each other");
  }
}

static void read_instruction(Source *source, Instruction *in)
{
  if (read_uint(source, 1) != KIND_TENSOR) refuse(source, "this is not a tensor instruction");
  uint64_t flags = read_uint(source, 1);
  if (flags & ~(uint64_t)FLAG_SCAN) refuse(source, "the instruction has unknown flags");
  in->scan = (flags & FLAG_SCAN) != 0;
  read_uint(source, 3);
  in->targetType = (uint8_t)read_uint(source, 1);
  if (in->targetType < DTYPE_F32 || in->targetType > DTYPE_BOOL) {
    refuse(source, "the target's element type is unknown");
    in->targetType = DTYPE_F32;
  }
  in->operands = read_count(source, MAX_OPERANDS, "an instruction has more than 16 operands");
  for (int i = 0; i < in->operands; i++) read_uint(source, OPERAND_BYTES);
  in->output = read_space(source, MAX_DIMS);
  in->reduction = read_space(source, MAX_DIMS);
  in->inner = read_space(source, MAX_INNER_DIMS);
  in->accumulators = read_count(source, MAX_ACCUMULATORS, "an instruction has more than 4 accumulators");
  for (int i = 0; i < in->accumulators; i++) in->accumulator[i] = read_constant(source);
  in->innerAccumulators = read_count(source, MAX_ACCUMULATORS, "an instruction has more than 4 inner accumulators");
  for (int i = 0; i < in->innerAccumulators; i++) in->innerAccumulator[i] = read_constant(source);
  in->write = read_view(source, NULL);
  check_structure(source, in);

  uint8_t types[2 * MAX_ACCUMULATORS];
  for (int i = 0; i < in->accumulators; i++) types[i] = in->accumulator[i].type;
  for (int i = 0; i < in->innerAccumulators; i++) types[in->accumulators + i] = in->innerAccumulator[i].type;
  const uint8_t *innerTypes = types + in->accumulators;
  if (in->innerAccumulators > 0) {
    read_stage(source, &in->innerStage, in, innerTypes, in->innerAccumulators, innerTypes, in->innerAccumulators);
  }
  if (in->accumulators > 0) {
    read_stage(source, &in->bodyStage, in, types, in->accumulators + in->innerAccumulators, types, in->accumulators);
  }
  uint8_t wanted = dtype_register(in->targetType);
  read_stage(source, &in->finishStage, in, types, in->accumulators, &wanted, 1);
  in->targetBytes = reach(source, &in->write, dtype_size(in->targetType));
  for (int i = 0; i < in->write.coordinates; i++) {
    int indirect = in->write.coordinate[i].indirect;
    const Stage *finish = &in->finishStage;
    if (indirect >= 0 && (indirect >= finish->reads || finish->type[finish->entries + indirect] != TYPE_INT)) {
      refuse(source, "an indirect coordinate of the write names no read of integers in `finish`");
    }
  }
  if (source->error == NULL && source->at != source->end) refuse(source, "bytes follow the instruction");
}

static void free_stage(Stage *stage)
{
  free(stage->read);
  free(stage->constant);
  free(stage->operation);
  free(stage->out);
}

void elench_free(Instruction *instruction)
{
  if (instruction == NULL) return;
  free_stage(&instruction->innerStage);
  free_stage(&instruction->bodyStage);
  free_stage(&instruction->finishStage);
  free(instruction);
}

Instruction *elench_decode(const uint8_t *bytes, size_t length, const char **error)
{
  Source source = {bytes, bytes + length, NULL};
  if (length > MAX_INSTRUCTION_BYTES) refuse(&source, "an instruction has more than 4,096 bytes");
  Instruction *instruction = calloc(1, sizeof(Instruction));
  if (instruction == NULL) {
    *error = "out of memory";
    return NULL;
  }
  read_instruction(&source, instruction);
  if (source.error == NULL) return instruction;
  *error = source.error;
  elench_free(instruction);
  return NULL;
}
