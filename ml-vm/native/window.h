/**
 * Pools and depthwise convolutions: folds over a window that slides along the output's last dimension, with a body of one
 * operation: acc + x, min, max, or fma(x, w, acc) where w is the same along the dimension.
 *
 * A group of output rows is computed at once. For each of the window's rows, its part of x is copied, padding included, in
 * *phases* (every s-th element, for a stride s), so that each term is an operation on neighbouring lanes.
 */
#ifndef ELENCH_NATIVE_WINDOW_H
#define ELENCH_NATIVE_WINDOW_H

#include "product.h"

enum { MAX_STRIDE = 4, MAX_WINDOW = 256, GROUP_LANES = 256, MAX_PITCH = 8192 };

typedef struct {
  const Instruction *in;
  const Run *run;
  const Read *x, *w;
  /** Steps of w from term to term, in elements; null without w. */
  i64 wStep;
  uint8_t code;
  /** The coordinate of x that moves along the last dimension, its steps there and along the last reduction dimension. */
  int column;
  i64 stride, dilation;
  /** Output rows in total and in a group; lanes of a row; terms of a row of the window; rows of the window. */
  i64 rows, group, lanes, terms, lines;
  /** Distance of the copies of two rows, in lanes. */
  i64 pitch;
  i64 share;
  /** The output without its last dimension, and the window without its sliding dimension. */
  Space rowSpace, lineSpace;
} Window;

static bool plan_window_body(Window *p, const Instruction *in)
{
  const Stage *body = &in->bodyStage;
  if (in->accumulators != 1 || in->innerAccumulators != 0 || in->scan || in->output.rank == 0) return false;
  if (body->operations != 1 || body->out[0] != body->values - 1) return false;
  Operation op = body->operation[0];
  p->code = op.code;
  if (is_product_body(in)) {
    int last = in->output.rank - 1;
    int along = depends_on(&body->read[0].view, last) ? 0 : 1;
    p->x = &body->read[along];
    p->w = &body->read[1 - along];
    return true;
  }
  p->x = &body->read[0];
  bool foldsRead = (op.a == 0 && op.b == 1) || (op.a == 1 && op.b == 0);
  return body->reads == 1 && foldsRead && (op.code == OP_F32_ADD || op.code == OP_F32_MIN || op.code == OP_F32_MAX);
}

/** Finds the column coordinate; false if x does not slide as the kernel requires. */
static bool plan_slide(Window *p, const Ranges *ranges)
{
  const Space *reduction = &p->in->reduction;
  int last = p->in->output.rank - 1, lastTerm = FIRST_REDUCTION + reduction->rank - 1;
  p->column = -1;
  for (int i = 0; i < p->x->view.coordinates; i++) {
    const Coordinate *c = &p->x->view.coordinate[i];
    if (c->indirect >= 0 || (c->clamp && !is_inside(c, ranges, p->run->counter))) return false;
    bool moves = false;
    for (int t = 0; t < c->terms; t++)
      if (c->term[t].variable == last) moves = true;
    if (!moves) continue;
    if (p->column >= 0) return false;
    p->column = i;
    for (int t = 0; t < c->terms; t++) {
      const Term *term = &c->term[t];
      if (term->variable == last) p->stride += term->factor;
      else if (term->variable == lastTerm) p->dilation += term->factor;
      else continue;
      if (!is_plain(term)) return false;
    }
  }
  if (p->column < 0 || p->stride < 1 || p->stride > MAX_STRIDE || p->dilation < 0) return false;
  bool slides = p->dilation > 0 && reduction->rank > 0;
  p->terms = slides ? reduction->dim[reduction->rank - 1] : 1;
  for (int i = 0; slides && i < p->x->view.coordinates; i++) {
    const Coordinate *c = &p->x->view.coordinate[i];
    for (int t = 0; i != p->column && t < c->terms; t++)
      if (c->term[t].variable == lastTerm) return false;
  }
  p->lines = reduction->size / p->terms;
  p->lineSpace = *reduction;
  p->lineSpace.rank -= slides;
  return true;
}

static bool plan_window(Window *p, const Instruction *in, const Run *run)
{
  *p = (Window){.in = in, .run = run};
  if (run->from != 0 || run->to != in->output.size || !plan_window_body(p, in)) return false;
  Ranges ranges = ranges_of(in);
  int last = in->output.rank - 1;
  if (p->w != NULL && (depends_on(&p->w->view, last) || has_indirect(&p->w->view) || p->w->dtype != DTYPE_F32 ||
                       !is_never_outside(&p->w->view, &ranges, run->counter) ||
                       !has_term_step(&p->w->view, &in->reduction, &p->wStep))) {
    return false;
  }
  if (!plan_slide(p, &ranges) || in->reduction.size > MAX_WINDOW) return false;
  p->lanes = in->output.dim[last];
  p->rows = in->output.size / p->lanes;
  p->rowSpace = in->output;
  p->rowSpace.rank--;
  if (p->lanes > MAX_PITCH || p->dilation * p->terms > MAX_PITCH) return false;
  p->pitch = p->lanes + (p->dilation * (p->terms - 1)) / p->stride;
  p->group = p->pitch < GROUP_LANES ? GROUP_LANES / p->pitch : 1;
  return true;
}

/** Lanes that a group's operations run on. */
static inline i64 group_lanes(const Window *p) { return p->group * p->pitch; }

/** Distance of two copies, in lanes: terms begin inside a copy, and operations run on whole vectors. */
static inline i64 copy_lanes(const Window *p)
{
  return (group_lanes(p) + p->pitch + 2 * LANE_GROUP) / LANE_GROUP * LANE_GROUP;
}

/** Division by a constant for each stride: several times as fast as by a variable. */
static inline i64 divide_by_stride(i64 a, i64 stride)
{
  switch (stride) {
  case 1: return a;
  case 2: return a >> 1;
  case 3: return a / 3;
  default: return a >> 2;
  }
}

/** The part of x that one row of the window covers, for one output row: `phase` q of element q + stride * lane at to + q * copy_lanes. */
static void copy_line(const Window *p, const i64 *variable, f32 *to)
{
  const View *view = &p->x->view;
  i64 element = 0, at = 0;
  bool outside = false;
  for (int i = 0; i < view->coordinates; i++) {
    const Coordinate *c = &view->coordinate[i];
    i64 value = c->offset;
    for (int t = 0; t < c->terms; t++) value += term_value(&c->term[t], variable);
    element += c->stride * value;
    if (i == p->column) at = value;
    else outside |= value < 0 || value >= c->extent;
  }
  const Coordinate *column = &view->coordinate[p->column];
  f32 pad = f32_of((uint32_t)p->x->pad);
  for (i64 phase = 0; phase < p->stride; phase++, at++, element += column->stride, to += copy_lanes(p)) {
    // Lanes l with 0 <= at + stride * l < extent.
    i64 lo = at >= 0 ? 0 : divide_by_stride(-at + p->stride - 1, p->stride);
    i64 hi = at >= column->extent ? 0 : divide_by_stride(column->extent - 1 - at, p->stride) + 1;
    if (hi > p->pitch) hi = p->pitch;
    if (lo > hi || outside) lo = hi = 0;
    load_padded(to, p->run->operand[p->x->operand], p->x->dtype, element, column->stride * p->stride, (int)lo, (int)hi,
                (int)p->pitch, pad);
  }
}

typedef struct {
  Block finish;
  i64 variable[VARIABLES];
  f32 *copies, *sums, *others;
  const f32 **rowWeights;
} WindowSpace;

static size_t window_memory(const Window *p)
{
  i64 lanes = (p->lines * p->stride + 3) * copy_lanes(p);
  return block_memory(p->in) + (size_t)lanes * 4 + (size_t)p->group * sizeof(f32 *) + 8 * SCRATCH_ALIGNMENT;
}

/** Copies the window's part of x for each of the next `rows` output rows, and finds their weights. */
static void copy_group(const Window *p, WindowSpace *ws, i64 rows)
{
  for (i64 r = 0; r < rows; r++, advance(ws->variable, 0, &p->rowSpace)) {
    if (p->w != NULL) {
      ws->rowWeights[r] =
        (const f32 *)(const void *)p->run->operand[p->w->operand] + element_of(&p->w->view, ws->variable, NULL);
    }
    for (i64 line = 0; line < p->lines; line++) {
      copy_line(p, ws->variable, ws->copies + line * p->stride * copy_lanes(p) + r * p->pitch);
      advance(ws->variable, FIRST_REDUCTION, &p->lineSpace);
    }
  }
}

/** Folds the terms in order; the sums are left in ws->sums. */
static void fold_group(const Window *p, WindowSpace *ws, i64 rows)
{
  int n = (int)(rows * p->pitch);
  fill_lanes(ws->sums, TYPE_F32, p->in->accumulator[0].bits, whole_lanes(n));
  for (i64 term = 0; term < p->lines * p->terms; term++) {
    i64 line = term / p->terms, at = term % p->terms * p->dilation;
    const f32 *x = ws->copies + (line * p->stride + at % p->stride) * copy_lanes(p) + at / p->stride;
    if (p->code != OP_F32_FMA) {
      LANE_OPERATIONS[p->code](ws->others, ws->sums, x, NULL, n);
    } else {
      for (i64 r = 0; r < rows; r++) {
        i64 lane = r * p->pitch;
        lanes_scaled(ws->others + lane, x + lane, ws->rowWeights[r][term * p->wStep], ws->sums + lane, p->pitch);
      }
    }
    f32 *swap = ws->sums;
    ws->sums = ws->others;
    ws->others = swap;
  }
}

static void run_window_share(void *context, int64_t index)
{
  const Window *p = context;
  i64 from = index * p->share, to = from + p->share < p->rows ? from + p->share : p->rows;
  Scratch scratch = {thread_memory(window_memory(p)), 0};
  if (scratch.base == NULL) {
    Run run = *p->run;
    run.from = from * p->lanes;
    run.to = to * p->lanes;
    interpret(p->in, &run);
    return;
  }
  WindowSpace ws = {.variable = {0}};
  size_t copies = (size_t)(p->lines * p->stride * copy_lanes(p)) * 4;
  // Lanes between copies are computed too, and ignored.
  ws.copies = memset(scratch_take(&scratch, copies), 0, copies);
  ws.sums = scratch_take(&scratch, (size_t)copy_lanes(p) * 4);
  ws.others = scratch_take(&scratch, (size_t)copy_lanes(p) * 4);
  ws.rowWeights = scratch_take(&scratch, (size_t)p->group * sizeof(f32 *));
  set_up_finish(&ws.finish, p->in, p->run, scratch);
  memcpy(ws.variable + FIRST_COUNTER, p->run->counter, sizeof p->run->counter);
  set_indices(ws.variable, 0, &p->rowSpace, from);
  for (i64 row = from; row < to; row += p->group) {
    i64 rows = to - row < p->group ? to - row : p->group;
    copy_group(p, &ws, rows);
    fold_group(p, &ws, rows);
    for (i64 r = 1; r < rows; r++) memmove(ws.sums + r * p->lanes, ws.sums + r * p->pitch, (size_t)p->lanes * 4);
    finish_lanes(&ws.finish, row * p->lanes, rows * p->lanes, ws.sums);
  }
}

static void run_window(Window *p, int threads)
{
  i64 parts = threads > 1 ? (i64)threads * 4 : 1;
  p->share = (p->rows + parts - 1) / parts;
  // Whole groups.
  p->share = (p->share + p->group - 1) / p->group * p->group;
  elench_parallel(threads, (p->rows + p->share - 1) / p->share, run_window_share, p);
}

#endif
