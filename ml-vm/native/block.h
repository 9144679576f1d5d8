/**
 * Runs any program on a block of output elements at a time: each operation runs over the whole block before the next one.
 * So the block shares the cost of dispatch, and the compiler can vectorise the loops. The operations of each element keep
 * their order, so results equal the interpreter's, bit for bit.
 *
 * A block is part of a *row* if the views allow it: elements along which every view moves by a constant step (the last
 * dimension, joined with those before it where all views agree). Otherwise lanes keep their indices in arrays.
 */
#ifndef ELENCH_NATIVE_BLOCK_H
#define ELENCH_NATIVE_BLOCK_H

#include "interpreter.h"
#include "lanes.h"
#include "scratch.h"
#include "views.h"

/** Minimum length of a row for a block. */
enum { SHORT_ROW = 48 };

/** Memory of a block of registers of any type, because blocks are exchanged. */
enum { LANES_BYTES = MAX_LANES * 8 };

typedef struct {
  const View *view;
  LinearView linear;
  /** Variables whose coefficients are not 0. */
  int uses, use[FIRST_COUNTER];
  /** For rows: steps of the coordinates from lane to lane, and of the element if the view is linear. */
  i64 slope[MAX_COORDINATES], step;
  /** Else: offsets of each lane in each coordinate (null: 0) and in the element; bounds of the former. */
  i64 *part[MAX_COORDINATES], *place;
  i64 least[MAX_COORDINATES], greatest[MAX_COORDINATES];
  /** Whether `place` ascends by 1 from its first value, or is constant: `step` tells which, and `first`. */
  bool even;
  i64 first;
} BlockView;

typedef struct {
  const Stage *stage;
  BlockView *view;
  /** Memory of each value; current location of its lanes. */
  void **slot, **value;
  /** Element that fills a read's whole slot, or -1. */
  i64 *filled;
} BlockStage;

typedef struct {
  const Instruction *in;
  const Run *run;
  Ranges ranges;
  bool rows;
  /** The first of the dimensions that a row joins, and its length. */
  int joined;
  i64 rowLength;
  /** For rows, those of the first lane; else output variables are 0 here. */
  i64 variable[VARIABLES];
  i64 *index[MAX_DIMS];
  int n;
  BlockStage inner, body, finish;
  BlockView write;
  void *acc[MAX_ACCUMULATORS], *iacc[MAX_ACCUMULATORS], *spare[MAX_ACCUMULATORS];
  i64 *places;
  uint8_t *outside;
  Scratch scratch;
} Block;

/* ---- planning ---- */

/** Whether the coordinates move by a constant step along the variable. */
static bool is_even_along(const View *view, int variable)
{
  for (int i = 0; i < view->coordinates; i++) {
    const Coordinate *c = &view->coordinate[i];
    for (int t = 0; t < c->terms; t++)
      if (c->term[t].variable == variable && !is_plain(&c->term[t])) return false;
  }
  return true;
}

typedef struct {
  const View *view;
  LinearView linear;
} PlannedView;

/** Whether this view allows dimension d - 1 to join those from d to the last in one row. */
static bool can_join(const PlannedView *planned, const Space *output, int d)
{
  int last = output->rank - 1;
  if (planned->linear.linear) {
    const i64 *coefficient = planned->linear.coefficient;
    i64 length = 1;
    for (int k = d; k <= last; k++) length *= output->dim[k];
    return output->dim[d - 1] == 1 || coefficient[d - 1] == coefficient[last] * length;
  }
  for (int k = d - 1; k <= last; k++)
    if (depends_on(planned->view, k)) return false;
  return true;
}

static bool uses_index(const Stage *stage, int from, int to)
{
  for (int i = 0; i < stage->operations; i++) {
    Operation op = stage->operation[i];
    if (op.code == OP_INDEX && op.a >= from && op.a <= to) return true;
  }
  return false;
}

static void plan_rows(Block *b, const PlannedView *planned, int count)
{
  const Instruction *in = b->in;
  int last = in->output.rank - 1;
  b->rows = true;
  b->joined = last < 0 ? 0 : last;
  b->rowLength = last < 0 ? 1 : in->output.dim[last];
  for (int i = 0; i < count; i++) {
    if (last >= 0 && !planned[i].linear.linear && !is_even_along(planned[i].view, last)) b->rows = false;
  }
  while (b->rows && b->joined > 0) {
    int d = b->joined;
    // A last dimension of size 1 has no coefficient.
    bool can = in->output.dim[last] > 1 && !uses_index(&in->innerStage, d - 1, last) &&
               !uses_index(&in->bodyStage, d - 1, last) && !uses_index(&in->finishStage, d - 1, last);
    for (int i = 0; i < count && can; i++) can = can_join(&planned[i], &in->output, d);
    if (!can) break;
    b->joined--;
    b->rowLength *= in->output.dim[b->joined];
  }
  if (b->rowLength < SHORT_ROW && b->rowLength < in->output.size) b->rows = false;
}

static void set_up_view(Block *b, BlockView *v, const View *view, LinearView linear)
{
  int last = b->in->output.rank - 1;
  *v = (BlockView){.view = view, .linear = linear};
  for (int k = 0; linear.linear && k < FIRST_COUNTER; k++)
    if (linear.coefficient[k] != 0) v->use[v->uses++] = k;
  if (b->rows) {
    if (last >= 0) v->step = linear.coefficient[last];
    for (int i = 0; i < view->coordinates; i++) {
      const Coordinate *c = &view->coordinate[i];
      for (int t = 0; t < c->terms; t++)
        if (c->term[t].variable == last) v->slope[i] += c->term[t].factor;
    }
    return;
  }
  v->place = scratch_take(&b->scratch, LANES_BYTES);
  for (int i = 0; !linear.linear && i < view->coordinates; i++) {
    const Coordinate *c = &view->coordinate[i];
    for (int t = 0; t < c->terms && v->part[i] == NULL; t++) {
      if (c->term[t].variable < b->in->output.rank) v->part[i] = scratch_take(&b->scratch, LANES_BYTES);
    }
  }
}

static void set_up_stage(Block *b, BlockStage *s, const Stage *stage, const PlannedView *planned)
{
  size_t values = (size_t)stage->values;
  s->stage = stage;
  s->view = scratch_take(&b->scratch, (size_t)stage->reads * sizeof(BlockView));
  s->slot = scratch_take(&b->scratch, values * sizeof(void *));
  s->value = scratch_take(&b->scratch, values * sizeof(void *));
  s->filled = scratch_take(&b->scratch, (size_t)stage->reads * sizeof(i64));
  for (int i = stage->entries; i < stage->values; i++) {
    // Lanes after a block's last one are computed too: subnormal residues would slow that down.
    s->slot[i] = s->value[i] = memset(scratch_take(&b->scratch, LANES_BYTES), 0, LANES_BYTES);
  }
  for (int i = 0; i < stage->reads; i++) {
    set_up_view(b, &s->view[i], planned[i].view, planned[i].linear);
    s->filled[i] = -1;
  }
  for (int i = 0; i < stage->constants; i++) {
    fill_lanes(s->slot[stage->entries + stage->reads + i], stage->constant[i].type, stage->constant[i].bits, MAX_LANES);
  }
}

static int plan_views(const Block *b, const Stage *stage, PlannedView *planned)
{
  for (int i = 0; i < stage->reads; i++) {
    const View *view = &stage->read[i].view;
    planned[i] = (PlannedView){view, linear_view(view, &b->ranges, b->run->counter)};
  }
  return stage->reads;
}

static size_t stage_memory(const Stage *stage)
{
  size_t size = (size_t)stage->values * (LANES_BYTES + 4 * SCRATCH_ALIGNMENT);
  size_t view = sizeof(PlannedView) + sizeof(BlockView) + LANES_BYTES + 4 * SCRATCH_ALIGNMENT;
  for (int i = 0; i < stage->reads; i++) size += view + (size_t)stage->read[i].view.coordinates * LANES_BYTES;
  return size + 8 * SCRATCH_ALIGNMENT;
}

/** Upper bound of the memory that a block of this instruction needs. */
static size_t block_memory(const Instruction *in)
{
  size_t fixed = (MAX_DIMS + 3 * MAX_ACCUMULATORS + 2 + MAX_COORDINATES + 2) * (size_t)LANES_BYTES;
  return fixed + stage_memory(&in->innerStage) + stage_memory(&in->bodyStage) + stage_memory(&in->finishStage);
}

/** Memory for the block itself, and its plan: rows as the given views allow. */
static void set_up_run(Block *b, const Instruction *in, const Run *run, Scratch scratch)
{
  memset(b, 0, offsetof(Block, scratch));
  b->in = in;
  b->run = run;
  b->scratch = scratch;
  b->ranges = ranges_of(in);
  memcpy(b->variable + FIRST_COUNTER, run->counter, sizeof run->counter);
  b->places = scratch_take(&b->scratch, LANES_BYTES);
  b->outside = scratch_take(&b->scratch, MAX_LANES);
}

static void set_up_indices(Block *b)
{
  for (int d = 0; !b->rows && d < b->in->output.rank; d++) b->index[d] = scratch_take(&b->scratch, LANES_BYTES);
}

static PlannedView plan_write(const Block *b)
{
  return (PlannedView){&b->in->write, linear_view(&b->in->write, &b->ranges, b->run->counter)};
}

/** Creates a block for the run in `scratch`: block_memory(in) bytes that must outlive it. */
static void set_up_block(Block *b, const Instruction *in, const Run *run, Scratch scratch)
{
  set_up_run(b, in, run, scratch);
  int reads = in->innerStage.reads + in->bodyStage.reads + in->finishStage.reads;
  PlannedView *planned = scratch_take(&b->scratch, ((size_t)reads + 1) * sizeof(PlannedView));
  PlannedView *body = planned + plan_views(b, &in->innerStage, planned);
  PlannedView *finish = body + plan_views(b, &in->bodyStage, body);
  finish[plan_views(b, &in->finishStage, finish)] = plan_write(b);
  plan_rows(b, planned, reads + 1);
  set_up_indices(b);
  for (int i = 0; i < in->accumulators; i++) b->acc[i] = scratch_take(&b->scratch, LANES_BYTES);
  for (int i = 0; i < in->innerAccumulators; i++) b->iacc[i] = scratch_take(&b->scratch, LANES_BYTES);
  for (int i = 0; i < MAX_ACCUMULATORS && in->accumulators > 0; i++)
    b->spare[i] = scratch_take(&b->scratch, LANES_BYTES);
  if (in->innerAccumulators > 0) set_up_stage(b, &b->inner, &in->innerStage, planned);
  if (in->accumulators > 0) set_up_stage(b, &b->body, &in->bodyStage, body);
  set_up_stage(b, &b->finish, &in->finishStage, finish);
  set_up_view(b, &b->write, &in->write, planned[reads].linear);
}

/** The same for a block that only runs `finish`: accumulators are given, and rows need not suit the body. */
static void set_up_finish(Block *b, const Instruction *in, const Run *run, Scratch scratch)
{
  set_up_run(b, in, run, scratch);
  int reads = in->finishStage.reads;
  PlannedView *planned = scratch_take(&b->scratch, ((size_t)reads + 1) * sizeof(PlannedView));
  planned[plan_views(b, &in->finishStage, planned)] = plan_write(b);
  plan_rows(b, planned, reads + 1);
  set_up_indices(b);
  set_up_stage(b, &b->finish, &in->finishStage, planned);
  set_up_view(b, &b->write, &in->write, planned[reads].linear);
}

/* ---- places of lanes ---- */

/** For general blocks: the lanes' offsets in the view's coordinates and element. */
static void place_lanes(Block *b, BlockView *v)
{
  int n = b->n;
  memset(v->place, 0, (size_t)n * sizeof(i64));
  if (v->linear.linear) {
    for (int u = 0; u < v->uses; u++) {
      if (v->use[u] >= FIRST_REDUCTION) continue;
      i64 coefficient = v->linear.coefficient[v->use[u]];
      const i64 *index = b->index[v->use[u]];
      for (int l = 0; l < n; l++) v->place[l] += coefficient * index[l];
    }
  }
  for (int i = 0; !v->linear.linear && i < v->view->coordinates; i++) {
    const Coordinate *c = &v->view->coordinate[i];
    i64 *part = v->part[i];
    v->least[i] = v->greatest[i] = 0;
    if (part == NULL) continue;
    memset(part, 0, (size_t)n * sizeof(i64));
    for (int t = 0; t < c->terms; t++) {
      Term term = c->term[t];
      if (term.variable >= b->in->output.rank) continue;
      const i64 *index = b->index[term.variable];
      for (int l = 0; l < n; l++) part[l] += term.factor * (index[l] >> term.shift & term.mask);
    }
    i64 least = part[0], greatest = part[0];
    for (int l = 0; l < n; l++) {
      least = part[l] < least ? part[l] : least;
      greatest = part[l] > greatest ? part[l] : greatest;
      v->place[l] += c->stride * part[l];
    }
    v->least[i] = least;
    v->greatest[i] = greatest;
  }
  v->first = v->place[0];
  v->step = n > 1 ? v->place[1] - v->place[0] : 0;
  bool even = true;
  for (int l = 0; l < n; l++) even &= v->place[l] == v->first + v->step * l;
  v->even = even;
}

static void place_stage(Block *b, BlockStage *s)
{
  for (int i = 0; s->stage != NULL && i < s->stage->reads; i++) place_lanes(b, &s->view[i]);
}

/** Sets the elements [element, element + n); within one row, if the block has rows. */
static void begin_block(Block *b, i64 element, int n)
{
  const Space *output = &b->in->output;
  b->n = n;
  memset(b->variable, 0, FIRST_COUNTER * sizeof(i64));
  if (b->rows) {
    if (output->rank > 0) {
      b->variable[output->rank - 1] = take_digit(&element, b->rowLength);
      for (int d = b->joined - 1; d >= 0; d--) b->variable[d] = take_digit(&element, output->dim[d]);
    }
    return;
  }
  i64 at[MAX_DIMS] = {0};
  set_indices(at, 0, output, element);
  for (int l = 0; l < n; l++) {
    for (int d = 0; d < output->rank; d++) b->index[d][l] = at[d];
    for (int d = output->rank - 1; d >= 0 && ++at[d] == output->dim[d]; d--) at[d] = 0;
  }
  place_stage(b, &b->inner);
  place_stage(b, &b->body);
  place_stage(b, &b->finish);
  place_lanes(b, &b->write);
}

/** The coordinate without the lanes' offsets (for rows: of the first lane). */
static inline i64 common_part(const Block *b, const Coordinate *c)
{
  i64 at = c->offset;
  for (int t = 0; t < c->terms; t++) at += term_value(&c->term[t], b->variable);
  return at;
}

static inline i64 linear_start(const Block *b, const BlockView *v)
{
  i64 start = v->linear.base;
  for (int u = 0; u < v->uses; u++) start += v->linear.coefficient[v->use[u]] * b->variable[v->use[u]];
  return start;
}

/** Fills b->places and b->outside, lane by lane; `reads` are values of reads that indirect coordinates add. */
static void find_places(Block *b, const BlockView *v, void *const *reads)
{
  int n = b->n;
  memset(b->places, 0, (size_t)n * sizeof(i64));
  memset(b->outside, 0, (size_t)n);
  i64 at[MAX_LANES];
  for (int i = 0; i < v->view->coordinates; i++) {
    const Coordinate *c = &v->view->coordinate[i];
    i64 common = common_part(b, c), slope = v->slope[i], stride = c->stride, last = c->extent - 1;
    const i64 *part = v->part[i];
    if (b->rows)
      for (int l = 0; l < n; l++) at[l] = common + slope * l;
    else if (part != NULL)
      for (int l = 0; l < n; l++) at[l] = common + part[l];
    else
      for (int l = 0; l < n; l++) at[l] = common;
    if (c->indirect >= 0) {
      const i64 *added = reads[c->indirect];
      for (int l = 0; l < n; l++) at[l] += saturate32(added[l]);
    }
    uint8_t pads = !c->clamp;
    for (int l = 0; l < n; l++) {
      i64 inside = at[l] < 0 ? 0 : at[l] > last ? last : at[l];
      b->outside[l] |= (uint8_t)((inside != at[l]) & pads);
      b->places[l] += stride * inside;
    }
  }
}

/** The lanes [lo, hi) that are inside, for a view with constant steps; false if a clamp or an indirect part varies by lane. */
static bool even_lanes(const Block *b, const BlockView *v, int *lo, int *hi, i64 *start, i64 *step)
{
  i64 n = b->n, first = 0, end = n;
  *start = *step = 0;
  for (int i = 0; i < v->view->coordinates; i++) {
    const Coordinate *c = &v->view->coordinate[i];
    if (c->indirect >= 0) return false;
    i64 at = common_part(b, c), slope = v->slope[i], last = c->extent - 1, other = at + slope * (n - 1);
    *start += c->stride * at;
    *step += c->stride * slope;
    if ((at < other ? at : other) >= 0 && (at < other ? other : at) <= last) continue;
    if (c->clamp) return false;
    if (slope == 0) {
      end = 0;
      continue;
    }
    // Lanes l with 0 <= at + slope l <= last; by the mirror image if the slope is negative.
    i64 rise = slope < 0 ? -slope : slope, low = slope < 0 ? last - at : at;
    i64 from = low >= 0 ? 0 : (-low + rise - 1) / rise;
    i64 to = low > last ? 0 : (last - low) / rise + 1;
    if (from > first) first = from;
    if (to < end) end = to;
  }
  if (first > end) first = end = 0;
  *lo = (int)first;
  *hi = (int)end;
  return true;
}

/* ---- running ---- */

/** Register types with the same layout in memory: no copy is needed. */
static inline bool is_direct(uint8_t dtype)
{
  return dtype == DTYPE_F32 || dtype == DTYPE_F64 || dtype == DTYPE_I64 || dtype == DTYPE_U64;
}

static void load_even(Block *b, BlockStage *s, int i, i64 start, i64 step)
{
  const Read *read = &s->stage->read[i];
  const uint8_t *data = b->run->operand[read->operand];
  int at = s->stage->entries + i;
  s->value[at] = s->slot[at];
  i64 elements = (i64)(b->in->operandBytes[read->operand] / (uint64_t)dtype_size(read->dtype));
  if (step == 1 && is_direct(read->dtype) && start + whole_lanes(b->n) <= elements) {
    s->value[at] = (void *)(uintptr_t)(data + start * dtype_size(read->dtype));
  } else if (step == 0) {
    if (s->filled[i] == start) return;
    fill_lanes(s->slot[at], s->stage->type[at], load_element(data, read->dtype, start), MAX_LANES);
    s->filled[i] = start;
  } else {
    s->filled[i] = -1;
    load_lanes(s->slot[at], data, read->dtype, start, step, b->n);
  }
}

static void load_partly(Block *b, BlockStage *s, int i, int lo, int hi, i64 start, i64 step)
{
  const Read *read = &s->stage->read[i];
  int at = s->stage->entries + i;
  uint8_t type = s->stage->type[at];
  uint8_t *slot = s->value[at] = s->slot[at];
  size_t size = (size_t)register_size(type);
  s->filled[i] = -1;
  fill_lanes(slot, type, read->pad, lo);
  if (hi > lo)
    load_lanes(slot + (size_t)lo * size, b->run->operand[read->operand], read->dtype, start + step * lo, step, hi - lo);
  fill_lanes(slot + (size_t)hi * size, type, read->pad, b->n - hi);
}

static void load_each(Block *b, BlockStage *s, int i)
{
  const Read *read = &s->stage->read[i];
  int at = s->stage->entries + i;
  void *slot = s->value[at] = s->slot[at];
  find_places(b, &s->view[i], s->value + s->stage->entries);
  s->filled[i] = -1;
  gather_lanes(slot, b->run->operand[read->operand], read->dtype, b->places, 0, b->n);
  if (s->stage->type[at] == TYPE_F32) {
    uint32_t *lane = slot, pad = (uint32_t)read->pad;
    for (int l = 0; l < b->n; l++) lane[l] = b->outside[l] ? pad : lane[l];
  } else {
    uint64_t *lane = slot;
    for (int l = 0; l < b->n; l++) lane[l] = b->outside[l] ? read->pad : lane[l];
  }
}

/** For general blocks: the element without the lanes' offsets if the whole block is inside, else -1. */
static i64 common_element(const Block *b, const BlockView *v)
{
  i64 element = 0;
  for (int i = 0; i < v->view->coordinates; i++) {
    const Coordinate *c = &v->view->coordinate[i];
    i64 at = common_part(b, c);
    if (c->indirect >= 0 || at + v->least[i] < 0 || at + v->greatest[i] >= c->extent) return -1;
    element += c->stride * at;
  }
  // Lanes can have negative offsets.
  return element < 0 ? -1 : element;
}

static void load_read(Block *b, BlockStage *s, int i)
{
  BlockView *v = &s->view[i];
  if (b->rows) {
    int lo, hi;
    i64 start, step;
    if (v->linear.linear) load_even(b, s, i, linear_start(b, v), v->step);
    else if (!even_lanes(b, v, &lo, &hi, &start, &step)) load_each(b, s, i);
    else if (lo == 0 && hi == b->n) load_even(b, s, i, start, step);
    else load_partly(b, s, i, lo, hi, start, step);
    return;
  }
  i64 common = v->linear.linear ? linear_start(b, v) : common_element(b, v);
  if (!v->linear.linear && common < 0) {
    load_each(b, s, i);
  } else if (v->even) {
    load_even(b, s, i, common + v->first, v->step);
  } else {
    const Read *read = &s->stage->read[i];
    int at = s->stage->entries + i;
    s->value[at] = s->slot[at];
    s->filled[i] = -1;
    gather_lanes(s->slot[at], b->run->operand[read->operand], read->dtype, v->place, common, b->n);
  }
}

static void index_lanes(const Block *b, int variable, i64 *lanes)
{
  int last = b->in->output.rank - 1;
  if (variable < FIRST_REDUCTION && variable <= last) {
    if (!b->rows) memcpy(lanes, b->index[variable], (size_t)b->n * sizeof(i64));
    else
      for (int l = 0; l < b->n; l++) lanes[l] = b->variable[variable] + (variable == last ? l : 0);
    return;
  }
  fill_lanes(lanes, TYPE_INT, (uint64_t)b->variable[variable], b->n);
}

/** Values on entry are already in s->value. */
static void run_block_stage(Block *b, BlockStage *s)
{
  const Stage *stage = s->stage;
  for (int i = 0; i < stage->reads; i++) load_read(b, s, i);
  int at = stage->values - stage->operations;
  for (int i = 0; i < stage->operations; i++, at++) {
    Operation op = stage->operation[i];
    s->value[at] = s->slot[at];
    if (op.code == OP_INDEX) {
      index_lanes(b, op.a, s->slot[at]);
      continue;
    }
    lane_operation(op.code, stage->type[at])(s->slot[at], s->value[op.a], s->value[op.b], s->value[op.c], b->n);
  }
}

/** Makes the stage's outs the accumulators: exchanges memory if a result has its own, else copies. */
static void accumulate(Block *b, BlockStage *s, void **acc)
{
  const Stage *stage = s->stage;
  int results = stage->values - stage->operations;
  bool exchanged[MAX_ACCUMULATORS];
  for (int i = 0; i < stage->outs; i++) {
    int out = stage->out[i];
    exchanged[i] = out >= results;
    for (int k = 0; k < i; k++)
      if (stage->out[k] == out) exchanged[i] = false;
    if (!exchanged[i]) memcpy(b->spare[i], s->value[out], (size_t)(b->n * register_size(stage->type[out])));
  }
  for (int i = 0; i < stage->outs; i++) {
    void **from = exchanged[i] ? &s->slot[stage->out[i]] : &b->spare[i];
    void *former = acc[i];
    acc[i] = *from;
    *from = former;
  }
}

static void finish_block(Block *b)
{
  const Instruction *in = b->in;
  BlockStage *s = &b->finish;
  BlockView *v = &b->write;
  for (int i = 0; i < in->accumulators; i++) s->value[i] = b->acc[i];
  run_block_stage(b, s);
  const void *result = s->value[s->stage->out[0]];
  int lo = 0, hi = b->n;
  i64 start, step = v->step;
  bool even;
  if (v->linear.linear) {
    start = linear_start(b, v) + v->first;
    even = b->rows || v->even;
  } else if (b->rows) {
    even = even_lanes(b, v, &lo, &hi, &start, &step);
  } else {
    i64 common = common_element(b, v);
    start = common + v->first;
    even = common >= 0 && v->even;
  }
  if (even) {
    const uint8_t *lanes = (const uint8_t *)result + lo * register_size(dtype_register(in->targetType));
    if (hi > lo) store_lanes(b->run->target, in->targetType, lanes, start + step * lo, step, hi - lo);
    return;
  }
  if (v->linear.linear) {
    i64 common = linear_start(b, v);
    for (int l = 0; l < b->n; l++) b->places[l] = common + v->place[l];
    memset(b->outside, 0, (size_t)b->n);
  } else {
    find_places(b, v, s->value + s->stage->entries);
  }
  scatter_lanes(b->run->target, in->targetType, result, b->places, b->outside, b->n);
}

static void start_accumulators(const Block *b, const Constant *initial, int count, void **acc)
{
  for (int i = 0; i < count; i++) fill_lanes(acc[i], initial[i].type, initial[i].bits, b->n);
}

/** Advances to the next point of a space, in the variables from `first` on. */
static inline void advance(i64 *variable, int first, const Space *space)
{
  for (int d = space->rank - 1; d >= 0 && ++variable[first + d] == space->dim[d]; d--) variable[first + d] = 0;
}

static void run_block_inner(Block *b)
{
  const Instruction *in = b->in;
  start_accumulators(b, in->innerAccumulator, in->innerAccumulators, b->iacc);
  for (i64 term = 0; term < in->inner.size; term++) {
    for (int i = 0; i < in->innerAccumulators; i++) b->inner.value[i] = b->iacc[i];
    run_block_stage(b, &b->inner);
    accumulate(b, &b->inner, b->iacc);
    advance(b->variable, FIRST_INNER, &in->inner);
  }
}

static void run_block(Block *b)
{
  const Instruction *in = b->in;
  start_accumulators(b, in->accumulator, in->accumulators, b->acc);
  for (i64 term = 0; in->accumulators > 0 && term < in->reduction.size; term++) {
    if (in->innerAccumulators > 0) run_block_inner(b);
    for (int i = 0; i < in->accumulators; i++) b->body.value[i] = b->acc[i];
    for (int i = 0; i < in->innerAccumulators; i++) b->body.value[in->accumulators + i] = b->iacc[i];
    run_block_stage(b, &b->body);
    accumulate(b, &b->body, b->acc);
    if (in->scan) finish_block(b);
    advance(b->variable, FIRST_REDUCTION, &in->reduction);
  }
  if (!in->scan) finish_block(b);
}

/** Elements [from, to), in order. */
static void run_blocks(Block *b, i64 from, i64 to)
{
  for (i64 element = from; element < to;) {
    i64 n = to - element < MAX_LANES ? to - element : MAX_LANES;
    if (b->rows) {
      i64 rest = element, left = b->rowLength - take_digit(&rest, b->rowLength);
      if (left < n) n = left;
    }
    begin_block(b, element, (int)n);
    run_block(b);
    element += n;
  }
}

#endif
