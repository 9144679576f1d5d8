/**
 * The check that a product of pairings is 1 (EIP-197), by the optimal ate pairing (Vercauteren, "Optimal pairings",
 * 2008): f_{6u+2,Q}(P) l_{(6u+2)Q, pi(Q)}(P) l_{(6u+2)Q + pi(Q), -pi^2(Q)}(P) to the power (p^12 - 1)/r, with pi the
 * Frobenius endomorphism.
 */
#include "../curves.h"

#include "../scalar.h"
#include "g1.h"
#include "g2.h"

/** The curve's parameter. */
static const U256 U = {{4965661367192848881}};

/** 6 u + 2 */
static const U256 LOOP = {{0x9d797039be763ba8, 1}};

enum {
  LOOP_DIGITS = 67,
  U_WIDTH = 4,
  U_DIGITS = 65,
  /** Pairs that share the squarings of Miller's loop, which then are 2 % of the time. */
  BATCH = 16,
};

typedef struct {
  /** Infinity if only q's order is of interest. */
  Affine p;
  TwistPoint q;
  TwistSum sum;
} Pair;

/** f *= line at p */
static void multiply_line(Field12 *f, const Line *line, const Affine *p)
{
  if (g1_is_infinity(p)) return;
  Field2 a, b;
  field2_scale(&a, &line->a, &p->y);
  field2_scale(&b, &line->b, &p->x);
  field12_multiply_line(f, f, &a, &b, &line->c);
}

static void add_point(Field12 *f, Pair *pair, const TwistPoint *point)
{
  Line line;
  g2_add(&pair->sum, point, &line);
  multiply_line(f, &line, &pair->p);
}

static TwistPoint negative(const TwistPoint *point)
{
  TwistPoint r = {.x = point->x};
  field2_negate(&r.y, &point->y);
  return r;
}

/**
 * Multiplies by the last two lines.
 * @returns 0 if q is not in the subgroup of order r: whether F(q) = (6u+2) q + pi(q) - pi^2(q) + pi^3(q) is infinity
 * says so. In the subgroup it is, since pi multiplies by p there and r divides F(p). A q with F(q) = infinity has an
 * order that divides the norm F(z) F(z'), where z and z' are the roots of pi's polynomial X^2 - t X + p (t = p + 1 -
 * r). The norm has no common divisor with 2 p - r, and the twist has r (2 p - r) points: so q's order is r. On the way,
 * a sum that meets q or -q, which no q of order r does, gets the z 0 and keeps it.
 */
static int finish(Field12 *f, Pair *pair)
{
  TwistPoint image, image2, image3;
  g2_frobenius(&image, &pair->q);
  g2_frobenius(&image2, &image);
  g2_frobenius(&image3, &image2);
  image2 = negative(&image2);
  add_point(f, pair, &image);
  add_point(f, pair, &image2);
  const TwistSum *sum = &pair->sum;
  if (field2_is_zero(&sum->z)) return 0;
  field2_multiply(&image3.x, &image3.x, &sum->z);
  field2_multiply(&image3.y, &image3.y, &sum->z);
  image3 = negative(&image3);
  return field2_equal(&image3.x, &sum->x) && field2_equal(&image3.y, &sum->y);
}

/** f *= Miller's function of each pair. @returns 0 if a q is not in the subgroup. */
static int multiply_miller(Field12 *f, Pair *pairs, int count)
{
  int8_t digits[LOOP_DIGITS];
  signed_digits(digits, LOOP_DIGITS, &LOOP, 2);
  int top = LOOP_DIGITS - 1;
  while (digits[top] == 0) top--;
  Field12 product = FIELD12_ONE;
  for (int i = 0; i < count; i++) pairs[i].sum = (TwistSum){pairs[i].q.x, pairs[i].q.y, {FIELD_ONE, {{0}}}};
  for (int at = top - 1; at >= 0; at--) {
    field12_square(&product, &product);
    for (int i = 0; i < count; i++) {
      Line line;
      g2_double(&pairs[i].sum, &line);
      multiply_line(&product, &line, &pairs[i].p);
      if (digits[at] == 0) continue;
      TwistPoint point = digits[at] > 0 ? pairs[i].q : negative(&pairs[i].q);
      add_point(&product, &pairs[i], &point);
    }
  }
  for (int i = 0; i < count; i++) {
    if (!finish(&product, &pairs[i])) return 0;
  }
  field12_multiply(f, f, &product);
  return 1;
}

/** (a^2 + xi b^2, 2 a b), the square of a + b s with s^2 = xi. */
static void square_quartic(Field2 *square, Field2 *twice, const Field2 *a, const Field2 *b)
{
  Wide2 a2, b2;
  wide2_square(&a2, a);
  wide2_square(&b2, b);
  wide2_add_xi(&a2, &a2, &b2);
  field2_multiply(twice, a, b);
  field2_add(twice, twice, twice);
  wide2_reduce(square, &a2);
}

/** r = 3 square - 2 a */
static void three_less_two(Field2 *r, const Field2 *square, const Field2 *a)
{
  Field2 t;
  field2_subtract(&t, square, a);
  field2_add(&t, &t, &t);
  field2_add(r, &t, square);
}

/** r = 3 square + 2 a */
static void three_and_two(Field2 *r, const Field2 *square, const Field2 *a)
{
  Field2 t;
  field2_add(&t, square, a);
  field2_add(&t, &t, &t);
  field2_add(r, &t, square);
}

/**
 * r = a^2 of an a whose order divides p^4 - p^2 + 1 (Granger and Scott, "Faster squaring in the cyclotomic subgroup of
 * sixth degree extensions", 2010).
 */
static void square_cyclotomic(Field12 *r, const Field12 *a)
{
  const Field2 *even = a->even.part, *odd = a->odd.part;
  Field2 s0, t0, s1, t1, s2, t2;
  square_quartic(&s0, &t0, &even[0], &odd[1]);
  square_quartic(&s1, &t1, &odd[0], &even[2]);
  square_quartic(&s2, &t2, &even[1], &odd[2]);
  field2_multiply_xi(&t2, &t2);
  three_less_two(&r->even.part[0], &s0, &even[0]);
  three_less_two(&r->even.part[1], &s1, &even[1]);
  three_less_two(&r->even.part[2], &s2, &even[2]);
  three_and_two(&r->odd.part[0], &t2, &odd[0]);
  three_and_two(&r->odd.part[1], &t0, &odd[1]);
  three_and_two(&r->odd.part[2], &t1, &odd[2]);
}

/** r = a^u of an a whose order divides p^4 - p^2 + 1, of which the conjugate is the inverse. */
static void power_u(Field12 *r, const Field12 *a)
{
  enum { POWERS = 1 << (U_WIDTH - 2) };
  Field12 odd_power[POWERS] = {*a}, square, power = FIELD12_ONE;
  square_cyclotomic(&square, a);
  for (int i = 1; i < POWERS; i++) field12_multiply(&odd_power[i], &odd_power[i - 1], &square);
  int8_t digits[U_DIGITS];
  signed_digits(digits, U_DIGITS, &U, U_WIDTH);
  for (int at = U_DIGITS - 1; at >= 0; at--) {
    square_cyclotomic(&power, &power);
    if (digits[at] == 0) continue;
    Field12 factor = odd_power[(digits[at] < 0 ? -digits[at] : digits[at]) / 2];
    if (digits[at] < 0) field12_conjugate(&factor, &factor);
    field12_multiply(&power, &power, &factor);
  }
  *r = power;
}

/** Whether f^((p^12 - 1)/r) is 1. */
static int power_is_one(const Field12 *f)
{
  // a = f^((p^6 - 1)(p^2 + 1))
  Field12 a, t;
  field12_conjugate(&a, f);
  field12_invert(&t, f);
  field12_multiply(&a, &a, &t);
  field12_frobenius(&t, &a);
  field12_frobenius(&t, &t);
  field12_multiply(&a, &a, &t);

  // To a multiple of (p^4 - p^2 + 1)/r (Fuentes-Castaneda, Knapp and Rodriguez-Henriquez, "Faster hashing to G2",
  // 2011), 2 u (6 u^2 + 3 u + 1) times as much: as r does not divide that factor, the result is 1 no more often.
  Field12 u2, u6, square6, x, y;
  power_u(&u2, &a);
  square_cyclotomic(&u2, &u2);
  square_cyclotomic(&t, &u2);
  field12_multiply(&u6, &t, &u2);
  power_u(&square6, &u6);
  square_cyclotomic(&t, &square6);
  power_u(&x, &t);
  // x = a^(12 u^3 + 6 u^2 + 6 u), y = a^(12 u^3 + 6 u^2 + 4 u)
  field12_multiply(&x, &x, &square6);
  field12_multiply(&x, &x, &u6);
  field12_conjugate(&u2, &u2);
  field12_multiply(&y, &x, &u2);
  // (y/a)^(p^3) x^(p^2) y^p x a^(6 u^2) a
  field12_conjugate(&t, &a);
  field12_multiply(&t, &t, &y);
  field12_frobenius(&t, &t);
  field12_multiply(&t, &t, &x);
  field12_frobenius(&t, &t);
  field12_multiply(&t, &t, &y);
  field12_frobenius(&t, &t);
  field12_multiply(&t, &t, &x);
  field12_multiply(&t, &t, &square6);
  field12_multiply(&t, &t, &a);
  return field12_equal(&t, &FIELD12_ONE);
}

int bn254_pairing(const uint8_t *in, size_t pairs, int *is_one)
{
  Field12 product = FIELD12_ONE;
  Pair batch[BATCH];
  int count = 0;
  for (size_t i = 0; i < pairs; i++, in += 192) {
    Pair *pair = &batch[count];
    if (!g1_load(&pair->p, in) || !g2_load(&pair->q, in + 64)) return 0;
    if (!g2_is_infinity(&pair->q)) count++;
    if (count == BATCH) {
      if (!multiply_miller(&product, batch, count)) return 0;
      count = 0;
    }
  }
  if (count > 0 && !multiply_miller(&product, batch, count)) return 0;
  *is_one = power_is_one(&product);
  return 1;
}
