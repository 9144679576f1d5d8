/** Static analysis of views. */
#ifndef ELENCH_NATIVE_VIEWS_H
#define ELENCH_NATIVE_VIEWS_H

#include "instruction.h"

/** Sizes of the loops that the variables run over; 1 for those that do not exist or are constant (counters). */
typedef struct {
  i64 size[VARIABLES];
} Ranges;

static inline Ranges ranges_of(const Instruction *in)
{
  Ranges ranges;
  for (int v = 0; v < VARIABLES; v++) ranges.size[v] = 1;
  for (int d = 0; d < in->output.rank; d++) ranges.size[d] = in->output.dim[d];
  for (int d = 0; d < in->reduction.rank; d++) ranges.size[FIRST_REDUCTION + d] = in->reduction.dim[d];
  for (int d = 0; d < in->inner.rank; d++) ranges.size[FIRST_INNER + d] = in->inner.dim[d];
  return ranges;
}

static inline bool is_counter(int variable) { return variable >= FIRST_COUNTER; }

/** A term that is a multiple of its variable. */
static inline bool is_plain(const Term *term) { return term->shift == 0 && term->mask == -1; }

/** Greatest value of the digit that a term takes from its variable. */
static inline i64 greatest_digit(const Term *term, const Ranges *ranges)
{
  i64 most = (ranges->size[term->variable] - 1) >> term->shift;
  return term->mask >= 0 && most > term->mask ? term->mask : most;
}

/** Least and greatest value of a coordinate without its indirect part, for these counters. */
static inline void coordinate_bounds(const Coordinate *c, const Ranges *ranges, const i64 *counter, i64 *least,
                                     i64 *greatest)
{
  *least = *greatest = c->offset;
  for (int t = 0; t < c->terms; t++) {
    const Term *term = &c->term[t];
    if (is_counter(term->variable)) {
      i64 value = term->factor * (counter[term->variable - FIRST_COUNTER] >> term->shift & term->mask);
      *least += value;
      *greatest += value;
      continue;
    }
    i64 reach = term->factor * greatest_digit(term, ranges);
    if (reach < 0) *least += reach;
    else *greatest += reach;
  }
}

static inline bool is_inside(const Coordinate *c, const Ranges *ranges, const i64 *counter)
{
  i64 least, greatest;
  coordinate_bounds(c, ranges, counter, &least, &greatest);
  return c->indirect < 0 && least >= 0 && greatest < c->extent;
}

/** base + the sum of coefficient x variable, for a linear view that is never outside; counters are in `base`. */
typedef struct {
  bool linear;
  i64 base, coefficient[FIRST_COUNTER];
} LinearView;

static inline LinearView linear_view(const View *view, const Ranges *ranges, const i64 *counter)
{
  LinearView linear = {.linear = true};
  for (int i = 0; i < view->coordinates; i++) {
    const Coordinate *c = &view->coordinate[i];
    if (!is_inside(c, ranges, counter)) return (LinearView){.linear = false};
    linear.base += c->stride * c->offset;
    for (int t = 0; t < c->terms; t++) {
      const Term *term = &c->term[t];
      if (is_counter(term->variable)) {
        linear.base += c->stride * term->factor * (counter[term->variable - FIRST_COUNTER] >> term->shift & term->mask);
      } else if (ranges->size[term->variable] > 1) {
        if (!is_plain(term)) return (LinearView){.linear = false};
        linear.coefficient[term->variable] += c->stride * term->factor;
      }
    }
  }
  return linear;
}

/** Whether a coordinate of the view depends on the variable. */
static inline bool depends_on(const View *view, int variable)
{
  for (int i = 0; i < view->coordinates; i++) {
    const Coordinate *c = &view->coordinate[i];
    for (int t = 0; t < c->terms; t++)
      if (c->term[t].variable == variable) return true;
  }
  return false;
}

/** A digit of a variable, and its step in elements. */
typedef struct {
  int variable, shift;
  i64 mask, place, greatest;
} Digit;

enum { MAX_DIGITS = MAX_COORDINATES * MAX_TERMS };

/** Greatest share of a digit in an element's number: of so many digits the sum cannot overflow. */
#define MOST_SHARE (INT64_C(1) << 53)

/** The digits of the view's element, or -1 if indirect, clamped or huge coordinates make it not a sum of digits. */
static int digits_of(const View *view, const Ranges *ranges, const i64 *counter, Digit *digits)
{
  int count = 0;
  for (int i = 0; i < view->coordinates; i++) {
    const Coordinate *c = &view->coordinate[i];
    if (c->indirect >= 0 || (c->clamp && !is_inside(c, ranges, counter))) return -1;
    for (int t = 0; t < c->terms; t++) {
      const Term *term = &c->term[t];
      i64 greatest = is_counter(term->variable) ? 0 : greatest_digit(term, ranges);
      if (greatest == 0) continue;
      i64 place = c->stride * term->factor;
      if ((place < 0 ? -place : place) > MOST_SHARE / greatest) return -1;
      int d = 0;
      while (d < count &&
             (digits[d].variable != term->variable || digits[d].shift != term->shift || digits[d].mask != term->mask))
        d++;
      if (d == count) digits[count++] = (Digit){term->variable, term->shift, term->mask, 0, greatest};
      digits[d].place += place;
    }
  }
  return count;
}

/** Whether the digits of one variable together are the variable, each bit once. */
static bool digits_tile(const Digit *digits, int count, int variable, i64 size)
{
  for (int at = 0;;) {
    if ((size - 1) >> at == 0) return true;
    const Digit *found = NULL;
    for (int d = 0; d < count; d++) {
      if (digits[d].variable != variable || digits[d].shift != at) continue;
      if (found != NULL) return false;
      found = &digits[d];
    }
    if (found == NULL) return false;
    if (found->mask < 0) return true;
    for (i64 mask = found->mask; mask != 0; mask >>= 1) at++;
  }
}

/** Whether no two points of the variables in `used` write the same element. Conservative: can return false for true. */
static bool is_injective(const View *view, const Ranges *ranges, const i64 *counter, const bool *used)
{
  Digit digits[MAX_DIGITS];
  int count = digits_of(view, ranges, counter, digits);
  if (count < 0) return false;
  for (int v = 0; v < FIRST_COUNTER; v++)
    if (used[v] && !digits_tile(digits, count, v, ranges->size[v])) return false;
  // A mixed-radix number: each place value exceeds the sum of all lower digits.
  i64 below = 0;
  for (int done = 0; done < count; done++) {
    int least = -1;
    for (int d = 0; d < count; d++) {
      if (digits[d].greatest > 0 && (least < 0 || llabs(digits[d].place) < llabs(digits[least].place))) least = d;
    }
    // Each iteration removes one of `count` digits, so one exists.
    // cppcheck-suppress negativeIndex
    if (llabs(digits[least].place) <= below) return false;
    below += llabs(digits[least].place) * digits[least].greatest;
    digits[least].greatest = 0;
  }
  return true;
}

#endif
