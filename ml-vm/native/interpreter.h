/**
 * A direct transcription of the specification: one element, one term, one operation at a time. Runs every program; tests
 * compare the faster methods with it.
 */
#ifndef ELENCH_NATIVE_INTERPRETER_H
#define ELENCH_NATIVE_INTERPRETER_H

#include "element.h"
#include "operations.h"

typedef struct {
  const Instruction *instruction;
  const Run *run;
  i64 variable[VARIABLES];
} Walk;

/** Removes the last digit, of `size` values, from `rest`. 64-bit division takes several times as long as 32-bit division. */
static inline i64 take_digit(i64 *rest, i64 size)
{
  i64 whole = *rest;
  if (((whole | size) >> 32) == 0) *rest = (uint32_t)whole / (uint32_t)size;
  else *rest = whole / size;
  return whole - *rest * size;
}

/** Sets the variables from `first` on to the indices of the `position`-th point of a space. */
static inline void set_indices(i64 *variable, int first, const Space *space, i64 position)
{
  for (int d = space->rank - 1; d >= 0; d--) variable[first + d] = take_digit(&position, space->dim[d]);
}

static inline i64 term_value(const Term *term, const i64 *variable)
{
  return term->factor * (variable[term->variable] >> term->shift & term->mask);
}

static inline i64 saturate32(i64 a) { return a < INT32_MIN ? INT32_MIN : a > INT32_MAX ? INT32_MAX : a; }

/** Index of the view's element, or -1 if it is outside. `reads` are values for indirect coordinates. */
static i64 element_of(const View *view, const i64 *variable, const uint64_t *reads)
{
  i64 element = 0;
  for (int i = 0; i < view->coordinates; i++) {
    const Coordinate *c = &view->coordinate[i];
    i64 at = c->offset;
    for (int t = 0; t < c->terms; t++) at += term_value(&c->term[t], variable);
    if (c->indirect >= 0) at += saturate32((i64)reads[c->indirect]);
    if (at < 0 || at >= c->extent) {
      if (!c->clamp) return -1;
      at = at < 0 ? 0 : c->extent - 1;
    }
    element += c->stride * at;
  }
  return element;
}

static uint64_t apply(uint8_t code, uint64_t a, uint64_t b, uint64_t c)
{
  switch (code) {
// clang-format 14 joins a macro that begins with `case` to the next one.
// clang-format off
#define UNARY(CODE, NAME, R, A) case CODE: return R##_register(NAME(register_##A(a)));
#define BINARY(CODE, NAME, R, A, B) case CODE: return R##_register(NAME(register_##A(a), register_##B(b)));
#define TERNARY(CODE, NAME, R, A, B, C) \
  case CODE: return R##_register(NAME(register_##A(a), register_##B(b), register_##C(c)));
    OPERATIONS(UNARY, BINARY, TERNARY)
// clang-format on
#undef UNARY
#undef BINARY
#undef TERNARY
  default: return a != 0 ? b : c;  // select
  }
}

/** Runs a stage on `values`, which already holds the entries. */
static void run_stage(const Walk *walk, const Stage *stage, uint64_t *values)
{
  uint64_t *reads = values + stage->entries, *next = reads;
  for (int i = 0; i < stage->reads; i++) {
    const Read *read = &stage->read[i];
    i64 element = element_of(&read->view, walk->variable, reads);
    *next++ = element < 0 ? read->pad : load_element(walk->run->operand[read->operand], read->dtype, element);
  }
  for (int i = 0; i < stage->constants; i++) *next++ = stage->constant[i].bits;
  for (int i = 0; i < stage->operations; i++) {
    Operation op = stage->operation[i];
    *next++ =
      op.code == OP_INDEX ? (uint64_t)walk->variable[op.a] : apply(op.code, values[op.a], values[op.b], values[op.c]);
  }
}

static void take_outs(const Stage *stage, const uint64_t *values, uint64_t *to)
{
  for (int i = 0; i < stage->outs; i++) to[i] = values[stage->out[i]];
}

static void initial_values(const Constant *constants, int count, uint64_t *to)
{
  for (int i = 0; i < count; i++) to[i] = constants[i].bits;
}

static void finish_element(const Walk *walk, const uint64_t *acc, uint64_t *values)
{
  const Instruction *in = walk->instruction;
  const Stage *stage = &in->finishStage;
  memcpy(values, acc, (size_t)stage->entries * 8);
  run_stage(walk, stage, values);
  i64 element = element_of(&in->write, walk->variable, values + stage->entries);
  if (element >= 0) store_element(walk->run->target, in->targetType, element, values[stage->out[0]]);
}

/** The inner fold of one term. */
static void run_inner(Walk *walk, uint64_t *iacc, uint64_t *values)
{
  const Instruction *in = walk->instruction;
  initial_values(in->innerAccumulator, in->innerAccumulators, iacc);
  for (i64 term = 0; term < in->inner.size; term++) {
    set_indices(walk->variable, FIRST_INNER, &in->inner, term);
    memcpy(values, iacc, (size_t)in->innerAccumulators * 8);
    run_stage(walk, &in->innerStage, values);
    take_outs(&in->innerStage, values, iacc);
  }
  memset(walk->variable + FIRST_INNER, 0, MAX_INNER_DIMS * 8);
}

static void run_element(Walk *walk, uint64_t *values)
{
  const Instruction *in = walk->instruction;
  uint64_t acc[MAX_ACCUMULATORS], iacc[MAX_ACCUMULATORS];
  memset(walk->variable + FIRST_REDUCTION, 0, (FIRST_COUNTER - FIRST_REDUCTION) * 8);
  initial_values(in->accumulator, in->accumulators, acc);
  for (i64 term = 0; in->accumulators > 0 && term < in->reduction.size; term++) {
    set_indices(walk->variable, FIRST_REDUCTION, &in->reduction, term);
    if (in->innerAccumulators > 0) run_inner(walk, iacc, values);
    memcpy(values, acc, (size_t)in->accumulators * 8);
    memcpy(values + in->accumulators, iacc, (size_t)in->innerAccumulators * 8);
    run_stage(walk, &in->bodyStage, values);
    take_outs(&in->bodyStage, values, acc);
    if (in->scan) finish_element(walk, acc, values);
  }
  if (in->scan) return;
  memset(walk->variable + FIRST_REDUCTION, 0, MAX_DIMS * 8);
  finish_element(walk, acc, values);
}

/** Elements [run->from, run->to), in order. */
static void interpret(const Instruction *instruction, const Run *run)
{
  Walk walk = {instruction, run, {0}};
  uint64_t values[MAX_VALUES];
  memcpy(walk.variable + FIRST_COUNTER, run->counter, sizeof run->counter);
  for (i64 element = run->from; element < run->to; element++) {
    set_indices(walk.variable, 0, &instruction->output, element);
    run_element(&walk, values);
  }
}

#endif
