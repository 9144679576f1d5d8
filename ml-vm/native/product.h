/**
 * Matrix products and convolutions: folds whose body is acc := fma(x, w, acc).
 *
 * The output's dimensions are split, from the last one: *lanes*, on which only one of the two operands depends (columns
 * of a matrix, pixels of a convolution), before them *rows*, on which only the other one depends (rows, output channels),
 * and the rest, the *batch*. Lanes run along vectors; the terms of a block of lanes are packed, padding included, unless
 * they are already contiguous. A tile of rows x vectors stays in registers over a block of terms; then its partial sums
 * are stored, and loaded again by the next block. Each element's terms are added in order: no result depends on tiles.
 */
#ifndef ELENCH_NATIVE_PRODUCT_H
#define ELENCH_NATIVE_PRODUCT_H

#include "block.h"
#include "simd.h"
#include "threads.h"

/** Lanes, rows and terms of a block: its packed terms and its sums stay in the second-level cache. */
enum { BLOCK_LANES = 4 * TILE_VECS * WIDTH, BLOCK_ROWS = 256, BLOCK_TERMS = 384 };

typedef struct {
  const Instruction *in;
  const Run *run;
  Ranges ranges;
  /** The operand along lanes (x), and that along rows (w). */
  const Read *x, *w;
  /** Dimensions: batch [0, rowDim), rows [rowDim, laneDim), lanes [laneDim, rank). */
  int rowDim, laneDim;
  i64 batches, rows, lanes;
  i64 terms;
  /** Elements from term to term of w; of x only if `inPlace`. */
  i64 wStep, xStep;
  /** x is read in place: WIDTH f32 lanes from a multiple of WIDTH on are contiguous. */
  bool inPlace;
  /** Number of lanes along which x has a constant step, and the step. */
  i64 laneRow, laneStep;
  i64 slope[MAX_COORDINATES];
  bool safe[MAX_COORDINATES];
  i64 blockLanes, blockRows, laneBlocks, rowBlocks;
} Product;

/* ---- recognition ---- */

static bool is_product_body(const Instruction *in)
{
  const Stage *body = &in->bodyStage;
  if (in->accumulators != 1 || in->innerAccumulators != 0 || in->scan) return false;
  if (body->reads != 2 || body->operations != 1 || body->operation[0].code != OP_F32_FMA) return false;
  Operation op = body->operation[0];
  return op.c == 0 && ((op.a == 1 && op.b == 2) || (op.a == 2 && op.b == 1)) && body->out[0] == body->values - 1;
}

static bool has_indirect(const View *view)
{
  for (int i = 0; i < view->coordinates; i++)
    if (view->coordinate[i].indirect >= 0) return true;
  return false;
}

static bool is_never_outside(const View *view, const Ranges *ranges, const i64 *counter)
{
  for (int i = 0; i < view->coordinates; i++)
    if (!is_inside(&view->coordinate[i], ranges, counter)) return false;
  return true;
}

/** Whether the element moves by a constant step from term to term of the whole reduction. */
static bool has_term_step(const View *view, const Space *reduction, i64 *step)
{
  i64 length = 1;
  *step = 0;
  bool first = true;
  for (int d = reduction->rank - 1; d >= 0; d--) {
    if (reduction->dim[d] == 1) continue;
    i64 coefficient = 0;
    for (int i = 0; i < view->coordinates; i++) {
      const Coordinate *c = &view->coordinate[i];
      for (int t = 0; t < c->terms; t++) {
        if (c->term[t].variable != FIRST_REDUCTION + d) continue;
        if (!is_plain(&c->term[t])) return false;
        coefficient += c->stride * c->term[t].factor;
      }
    }
    if (first) *step = coefficient;
    else if (coefficient != *step * length) return false;
    first = false;
    length *= reduction->dim[d];
  }
  return true;
}

/** Whether lanes [m * WIDTH, (m + 1) * WIDTH) are contiguous, given that the view is never outside. */
static bool has_lane_vectors(const Product *p, const View *view)
{
  if (p->laneRow == p->lanes && p->laneStep == 1) return true;
  // One lane dimension, in panels: its low four bits select the element, the others move it arbitrarily.
  int last = p->in->output.rank - 1;
  if (p->laneDim != last) return false;
  i64 low = 0;
  for (int i = 0; i < view->coordinates; i++) {
    const Coordinate *c = &view->coordinate[i];
    for (int t = 0; t < c->terms; t++) {
      const Term *term = &c->term[t];
      if (term->variable != last || term->shift >= 4) continue;
      if (term->shift != 0 || term->mask != 15) return false;
      low += c->stride * term->factor;
    }
  }
  return low == 1;
}

/** Terms of the lanes' dimensions are plain; coordinates that can be outside are padded. Sets the fields for packing. */
static bool plan_packing(Product *p)
{
  const View *view = &p->x->view;
  int last = p->in->output.rank - 1;
  bool safe = true;
  for (int i = 0; i < view->coordinates; i++) {
    const Coordinate *c = &view->coordinate[i];
    p->safe[i] = is_inside(c, &p->ranges, p->run->counter);
    safe &= p->safe[i];
    if (c->clamp && !p->safe[i]) return false;
    for (int t = 0; t < c->terms; t++) {
      const Term *term = &c->term[t];
      if (term->variable < p->laneDim || term->variable > last || p->ranges.size[term->variable] == 1) continue;
      if (!is_plain(term)) return false;
      if (term->variable == last) p->slope[i] += term->factor;
    }
    p->laneStep += c->stride * p->slope[i];
  }
  p->laneRow = p->in->output.dim[last];
  LinearView linear = linear_view(view, &p->ranges, p->run->counter);
  if (!safe || !linear.linear) return true;
  for (int d = last - 1; d >= p->laneDim; d--) {
    if (linear.coefficient[d] != p->laneStep * p->laneRow) break;
    p->laneRow *= p->in->output.dim[d];
  }
  return true;
}

static void plan_lanes(Product *p)
{
  const Space *output = &p->in->output;
  int last = output->rank - 1, d = last;
  for (; d >= 0 && (output->dim[d] == 1 || !depends_on(&p->w->view, d)); d--) continue;
  p->laneDim = d + 1;
  while (output->dim[p->laneDim] == 1 && p->laneDim < last) p->laneDim++;
  for (; d >= 0 && (output->dim[d] == 1 || !depends_on(&p->x->view, d)); d--) continue;
  p->rowDim = d + 1;
  p->batches = p->rows = p->lanes = 1;
  for (int k = 0; k < p->rowDim; k++) p->batches *= output->dim[k];
  for (int k = p->rowDim; k < p->laneDim; k++) p->rows *= output->dim[k];
  for (int k = p->laneDim; k <= last; k++) p->lanes *= output->dim[k];
}

/** Whether a kernel of this file runs the instruction, and how. */
static bool plan_product(Product *p, const Instruction *in, const Run *run)
{
  if (!is_product_body(in) || in->output.rank == 0) return false;
  if (run->from != 0 || run->to != in->output.size) return false;
  *p = (Product){.in = in, .run = run, .ranges = ranges_of(in), .terms = in->reduction.size};
  int last = in->output.rank - 1;
  const Read *reads = in->bodyStage.read;
  int along = depends_on(&reads[0].view, last) ? 0 : 1;
  p->x = &reads[along];
  p->w = &reads[1 - along];
  if (!depends_on(&p->x->view, last) || depends_on(&p->w->view, last)) return false;
  if (has_indirect(&p->x->view) || has_indirect(&p->w->view)) return false;
  plan_lanes(p);
  if (p->lanes < WIDTH) return false;
  if (!is_never_outside(&p->w->view, &p->ranges, run->counter) ||
      !has_term_step(&p->w->view, &in->reduction, &p->wStep))
    return false;
  bool packs = plan_packing(p);
  bool fixed = is_never_outside(&p->x->view, &p->ranges, run->counter) &&
               has_term_step(&p->x->view, &in->reduction, &p->xStep) && has_lane_vectors(p, &p->x->view) &&
               p->x->dtype == DTYPE_F32;
  // Large steps from term to term cost more than packing once for all rows.
  p->inPlace = fixed && (!packs || llabs(p->xStep) <= 64 || p->rows < 2 * TILE_ROWS);
  if (!p->inPlace && (!packs || p->rows < 4)) return false;
  return true;
}

/* ---- packing x ---- */

/** Lanes of a block along which x has a constant step: their start, and the coordinates of the first one at term 0. */
typedef struct {
  int lane, length;
  i64 element;
  i64 at[MAX_COORDINATES];
} Segment;

static int find_segments(const Product *p, const i64 *batch, i64 lane, i64 count, Segment *segments)
{
  const Space *output = &p->in->output;
  const View *view = &p->x->view;
  int found = 0;
  i64 variable[VARIABLES];
  memcpy(variable, batch, sizeof variable);
  for (i64 done = 0; done < count;) {
    i64 left = p->laneRow - (lane + done) % p->laneRow;
    Segment *s = &segments[found++];
    *s = (Segment){.lane = (int)done, .length = (int)(left < count - done ? left : count - done)};
    i64 rest = lane + done;
    for (int d = output->rank - 1; d >= p->laneDim; d--) variable[d] = take_digit(&rest, output->dim[d]);
    for (int i = 0; i < view->coordinates; i++) {
      const Coordinate *c = &view->coordinate[i];
      s->at[i] = c->offset;
      for (int t = 0; t < c->terms; t++) s->at[i] += term_value(&c->term[t], variable);
      s->element += c->stride * s->at[i];
    }
    done += s->length;
  }
  return found;
}

/** Lanes [*lo, *hi) of a segment that are inside when the term moves its coordinates by `shift`. */
static inline void inside_lanes(const Product *p, const Segment *s, const i64 *shift, int *lo, int *hi)
{
  i64 first = 0, end = s->length;
  for (int i = 0; i < p->x->view.coordinates; i++) {
    if (p->safe[i]) continue;
    i64 at = s->at[i] + shift[i], slope = p->slope[i], last = p->x->view.coordinate[i].extent - 1;
    i64 other = at + slope * (s->length - 1);
    if ((at < other ? at : other) >= 0 && (at < other ? other : at) <= last) continue;
    if (slope == 0) {
      *lo = *hi = 0;
      return;
    }
    i64 rise = slope < 0 ? -slope : slope, low = slope < 0 ? last - at : at;
    i64 from = low >= 0 ? 0 : rise == 1 ? -low : (-low + rise - 1) / rise;
    i64 to = low > last ? 0 : rise == 1 ? last - low + 1 : (last - low) / rise + 1;
    if (from > first) first = from;
    if (to < end) end = to;
  }
  *lo = first < end ? (int)first : 0;
  *hi = first < end ? (int)end : 0;
}

/**
 * Packs `count` terms, from the variables' current one, each BLOCK_LANES apart in `panel`. Lanes from `end` to a whole
 * vector are set to 0, because residues could be subnormal and slow to multiply.
 */
static void pack_terms(const Product *p, i64 *variable, i64 count, const Segment *segments, int found, i64 end,
                       f32 *panel)
{
  const View *view = &p->x->view;
  const uint8_t *data = p->run->operand[p->x->operand];
  f32 pad = f32_of((uint32_t)p->x->pad);
  for (i64 term = 0; term < count; term++, panel += BLOCK_LANES) {
    i64 shift[MAX_COORDINATES], moved = 0;
    for (int i = 0; i < view->coordinates; i++) {
      const Coordinate *c = &view->coordinate[i];
      shift[i] = 0;
      for (int t = 0; t < c->terms; t++) {
        int v = c->term[t].variable;
        if (v >= FIRST_REDUCTION && v < FIRST_INNER) shift[i] += term_value(&c->term[t], variable);
      }
      moved += c->stride * shift[i];
    }
    for (int k = 0; k < found; k++) {
      const Segment *s = &segments[k];
      int lo, hi;
      inside_lanes(p, s, shift, &lo, &hi);
      load_padded(panel + s->lane, data, p->x->dtype, s->element + moved, p->laneStep, lo, hi, s->length, pad);
    }
    for (i64 l = end; l % WIDTH != 0; l++) panel[l] = 0;
    advance(variable, FIRST_REDUCTION, &p->in->reduction);
  }
}

/* ---- tiles ---- */

/** sums[r][v] := fma of the terms in order, for `rows` x `vecs` vectors, both compile-time constants. */
static inline __attribute__((always_inline)) void tile(int rows, int vecs, const f32 *const *w, i64 wStep,
                                                       const f32 *const *x, i64 xStep, i64 terms, f32 *sums)
{
  Vec sum[TILE_ROWS][3];
  const f32 *x0 = x[0], *x1 = x[vecs > 1 ? 1 : 0], *x2 = x[vecs > 2 ? 2 : 0];
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
#pragma GCC unroll 3
    for (int v = 0; v < vecs; v++) sum[r][v] = vec_load(sums + r * BLOCK_LANES + v * WIDTH);
  }
  i64 at = 0;
  for (i64 term = 0; term < terms; term++, at += wStep) {
    Vec a = vec_load(x0), b = a, c = a;
    x0 += xStep;
    if (vecs > 1) b = vec_load(x1), x1 += xStep;
    if (vecs > 2) c = vec_load(x2), x2 += xStep;
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++) {
      Vec weight = vec_spread(w[r][at]);
      sum[r][0] = vec_fma(weight, a, sum[r][0]);
      if (vecs > 1) sum[r][1] = vec_fma(weight, b, sum[r][1]);
      if (vecs > 2) sum[r][2] = vec_fma(weight, c, sum[r][2]);
    }
  }
#pragma GCC unroll 8
  for (int r = 0; r < rows; r++) {
#pragma GCC unroll 3
    for (int v = 0; v < vecs; v++) vec_store(sums + r * BLOCK_LANES + v * WIDTH, sum[r][v]);
  }
}

typedef void (*TileKernel)(const f32 *const *w, i64 wStep, const f32 *const *x, i64 xStep, i64 terms, f32 *sums);

#define TILE(ROWS, VECS)                                                                                               \
  static __attribute__((noinline)) void tile_##ROWS##_##VECS(const f32 *const *w, i64 wStep, const f32 *const *x,      \
                                                             i64 xStep, i64 terms, f32 *sums)                          \
  {                                                                                                                    \
    tile(ROWS, VECS, w, wStep, x, xStep, terms, sums);                                                                 \
  }
// clang-format 14 parses these definitions as expressions.
// clang-format off
TILE(1, 1) TILE(2, 1) TILE(4, 1) TILE(1, 2) TILE(2, 2) TILE(4, 2)
#if defined(__AVX2__)
TILE(1, 3) TILE(2, 3) TILE(4, 3)
#endif
#if defined(__AVX512F__)
TILE(8, 1) TILE(8, 2) TILE(8, 3)
static const TileKernel TILES[4][3] = {
  {tile_1_1, tile_1_2, tile_1_3},
  {tile_2_1, tile_2_2, tile_2_3},
  {tile_4_1, tile_4_2, tile_4_3},
  {tile_8_1, tile_8_2, tile_8_3},
};
#elif defined(__AVX2__)
static const TileKernel TILES[3][3] = {
  {tile_1_1, tile_1_2, tile_1_3},
  {tile_2_1, tile_2_2, tile_2_3},
  {tile_4_1, tile_4_2, tile_4_3},
};
#else
static const TileKernel TILES[3][2] = {{tile_1_1, tile_1_2}, {tile_2_1, tile_2_2}, {tile_4_1, tile_4_2}};
#endif
// clang-format on

/** All rows, in the tallest tiles that fit the remaining ones. */
static void run_tiles(const f32 *const *w, i64 wStep, i64 rows, const f32 *const *x, i64 xStep, int vecs, i64 terms,
                      f32 *sums)
{
  int height = TILE_ROWS, kind = (int)(sizeof TILES / sizeof TILES[0]) - 1;
  for (i64 r = 0; r < rows; r += height) {
    while (rows - r < height) height /= 2, kind--;
    TILES[kind][vecs - 1](w + r, wStep, x, xStep, terms, sums + r * BLOCK_LANES);
  }
}

/* ---- blocks ---- */

/** Working memory of a task. */
typedef struct {
  Block finish;
  i64 variable[VARIABLES];
  f32 *panel, *sums, *rowTerms;
  const f32 **rowAt;
  Segment *segments;
} Workspace;

static size_t product_memory(const Product *p)
{
  size_t rowTerms = p->w->dtype == DTYPE_F32 ? 0 : (size_t)(p->blockRows * p->terms * 4);
  return block_memory(p->in) + (size_t)(BLOCK_TERMS * BLOCK_LANES * 4) + (size_t)(p->blockRows * BLOCK_LANES * 4) +
         rowTerms + (size_t)p->blockRows * sizeof(f32 *) + BLOCK_LANES * sizeof(Segment) + 8 * SCRATCH_ALIGNMENT;
}

/** Location of each row's terms: in w itself, or widened to f32. */
static void find_rows(const Product *p, Workspace *ws, i64 row, i64 rows)
{
  const Space *output = &p->in->output;
  const uint8_t *data = p->run->operand[p->w->operand];
  for (i64 r = 0; r < rows; r++) {
    i64 rest = row + r;
    for (int d = p->laneDim - 1; d >= p->rowDim; d--) ws->variable[d] = take_digit(&rest, output->dim[d]);
    i64 element = element_of(&p->w->view, ws->variable, NULL);
    if (p->w->dtype == DTYPE_F32) {
      ws->rowAt[r] = (const f32 *)(const void *)data + element;
      continue;
    }
    f32 *widened = ws->rowTerms + r * p->terms;
    // In pieces, because a count of lanes is an int.
    for (i64 k = 0; k < p->terms; k += BLOCK_TERMS) {
      i64 count = p->terms - k < BLOCK_TERMS ? p->terms - k : BLOCK_TERMS;
      load_lanes(widened + k, data, p->w->dtype, element + k * p->wStep, p->wStep, (int)count);
    }
    ws->rowAt[r] = widened;
  }
  for (int d = p->rowDim; d < p->laneDim; d++) ws->variable[d] = 0;
}

static i64 lane_element(const Product *p, Workspace *ws, i64 lane)
{
  const Space *output = &p->in->output;
  i64 rest = lane;
  for (int d = output->rank - 1; d >= p->laneDim; d--) ws->variable[d] = take_digit(&rest, output->dim[d]);
  i64 element = element_of(&p->x->view, ws->variable, NULL);
  for (int d = p->laneDim; d < output->rank; d++) ws->variable[d] = 0;
  return element;
}

/** Sums of lanes [lane, lane + count) with x in place; lanes after the last whole vector are copied. */
static void sum_in_place(const Product *p, Workspace *ws, i64 lane, i64 count, i64 rows)
{
  const f32 *data = (const f32 *)(const void *)p->run->operand[p->x->operand];
  i64 elements = (i64)(p->in->operandBytes[p->x->operand] / 4), wStep = p->w->dtype == DTYPE_F32 ? p->wStep : 1;
  for (i64 done = 0; done < count;) {
    const f32 *x[TILE_VECS];
    int vecs = 0;
    for (; vecs < TILE_VECS && done + vecs * WIDTH < count; vecs++) {
      i64 element = lane_element(p, ws, lane + done + vecs * WIDTH);
      i64 end = element + (p->terms - 1) * p->xStep;
      if ((element > end ? element : end) + WIDTH > elements) break;
      x[vecs] = data + element;
    }
    if (vecs > 0) {
      run_tiles(ws->rowAt, wStep, rows, x, p->xStep, vecs, p->terms, ws->sums + done);
      done += vecs * WIDTH;
      continue;
    }
    i64 element = lane_element(p, ws, lane + done), left = count - done;
    f32 *panel = ws->panel;
    for (i64 from = 0; from < p->terms; from += BLOCK_TERMS) {
      i64 terms = p->terms - from < BLOCK_TERMS ? p->terms - from : BLOCK_TERMS;
      memset(panel, 0, (size_t)(terms * WIDTH) * 4);
      for (i64 k = 0; k < terms; k++)
        memcpy(panel + k * WIDTH, data + element + (from + k) * p->xStep, (size_t)(left < WIDTH ? left : WIDTH) * 4);
      const f32 *rowAt[1], *at[1] = {panel};
      for (i64 r = 0; r < rows; r++) {
        rowAt[0] = ws->rowAt[r] + from * wStep;
        run_tiles(rowAt, wStep, 1, at, WIDTH, 1, terms, ws->sums + r * BLOCK_LANES + done);
      }
    }
    done += WIDTH;
  }
}

/** The same, packing x a block of terms at a time. */
static void sum_packed(const Product *p, Workspace *ws, i64 lane, i64 count, i64 rows)
{
  int found = find_segments(p, ws->variable, lane, count, ws->segments);
  i64 wStep = p->w->dtype == DTYPE_F32 ? p->wStep : 1;
  for (i64 from = 0; from < p->terms; from += BLOCK_TERMS) {
    i64 terms = p->terms - from < BLOCK_TERMS ? p->terms - from : BLOCK_TERMS;
    pack_terms(p, ws->variable, terms, ws->segments, found, count, ws->panel);
    for (i64 done = 0; done < count; done += TILE_VECS * WIDTH) {
      i64 vecs = (count - done + WIDTH - 1) / WIDTH;
      if (vecs > TILE_VECS) vecs = TILE_VECS;
      const f32 *x[TILE_VECS];
      for (int v = 0; v < vecs; v++) x[v] = ws->panel + done + v * WIDTH;
      run_tiles(ws->rowAt, wStep, rows, x, BLOCK_LANES, (int)vecs, terms, ws->sums + done);
    }
    for (i64 r = 0; r < rows; r++) ws->rowAt[r] += terms * wStep;
  }
}

/** Runs the finish stage on the sums of a row's lanes, and writes the results. */
static void finish_lanes(Block *b, i64 element, i64 count, f32 *sums)
{
  void *own = b->acc[0];
  for (i64 done = 0; done < count;) {
    i64 n = count - done < MAX_LANES ? count - done : MAX_LANES;
    if (b->rows) {
      i64 rest = element + done, left = b->rowLength - take_digit(&rest, b->rowLength);
      if (left < n) n = left;
    }
    begin_block(b, element + done, (int)n);
    b->acc[0] = sums + done;
    finish_block(b);
    done += n;
  }
  b->acc[0] = own;
}

static void run_product_block(void *context, int64_t index)
{
  const Product *p = context;
  i64 laneBlock = index % p->laneBlocks, rowBlock = index / p->laneBlocks % p->rowBlocks,
      batch = index / p->laneBlocks / p->rowBlocks;
  i64 lane = laneBlock * p->blockLanes, row = rowBlock * p->blockRows;
  i64 count = p->lanes - lane < p->blockLanes ? p->lanes - lane : p->blockLanes;
  i64 rows = p->rows - row < p->blockRows ? p->rows - row : p->blockRows;
  i64 element = (batch * p->rows + row) * p->lanes + lane;

  Scratch scratch = {thread_memory(product_memory(p)), 0};
  if (scratch.base == NULL) {
    for (i64 r = 0; r < rows; r++) {
      Run run = *p->run;
      run.from = element + r * p->lanes;
      run.to = run.from + count;
      interpret(p->in, &run);
    }
    return;
  }
  Workspace ws = {.variable = {0}};
  ws.panel = scratch_take(&scratch, BLOCK_TERMS * BLOCK_LANES * 4);
  ws.sums = scratch_take(&scratch, (size_t)(p->blockRows * BLOCK_LANES * 4));
  ws.rowTerms = p->w->dtype == DTYPE_F32 ? NULL : scratch_take(&scratch, (size_t)(p->blockRows * p->terms * 4));
  ws.rowAt = scratch_take(&scratch, (size_t)p->blockRows * sizeof(f32 *));
  ws.segments = scratch_take(&scratch, BLOCK_LANES * sizeof(Segment));
  set_up_finish(&ws.finish, p->in, p->run, scratch);

  memcpy(ws.variable + FIRST_COUNTER, p->run->counter, sizeof p->run->counter);
  for (int d = p->rowDim - 1; d >= 0; d--) {
    ws.variable[d] = batch % p->in->output.dim[d];
    batch /= p->in->output.dim[d];
  }
  find_rows(p, &ws, row, rows);
  f32 initial = f32_of((uint32_t)p->in->accumulator[0].bits);
  for (i64 i = 0; i < rows * BLOCK_LANES; i++) ws.sums[i] = initial;
  if (p->inPlace) sum_in_place(p, &ws, lane, count, rows);
  else sum_packed(p, &ws, lane, count, rows);
  for (i64 r = 0; r < rows; r++) finish_lanes(&ws.finish, element + r * p->lanes, count, ws.sums + r * BLOCK_LANES);
}

static void run_product(Product *p, int threads)
{
  p->blockLanes = p->lanes < BLOCK_LANES ? p->lanes : BLOCK_LANES;
  p->blockRows = p->rows < BLOCK_ROWS ? p->rows : BLOCK_ROWS;
  p->laneBlocks = (p->lanes + p->blockLanes - 1) / p->blockLanes;
  // Too few blocks for the threads, so use shorter ones.
  while (p->batches * p->laneBlocks * ((p->rows + p->blockRows - 1) / p->blockRows) < 2 * threads &&
         p->blockRows >= 4 * TILE_ROWS) {
    p->blockRows = (p->blockRows / 2 + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
  }
  p->rowBlocks = (p->rows + p->blockRows - 1) / p->blockRows;
  elench_parallel(threads, p->batches * p->rowBlocks * p->laneBlocks, run_product_block, p);
}

#endif
