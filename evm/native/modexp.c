/**
 * An odd modulus works with Montgomery's multiplication, a power of two by cutting off high words; any other modulus is
 * the product of one of each, and the Chinese remainder theorem puts the two powers together.
 *
 * Numbers are little-endian words of 64 bits.
 */
#include "modexp.h"

#include "hashes/words.h"

enum { WORD_BITS = 64, WORD_BYTES = 8 };

typedef struct {
  uint64_t low, high;
} Wide;

/** a * b + c + d, which always fits. */
static inline Wide multiply_add(uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
#if defined(__wasm__)
  /* WebAssembly has no wide multiplication, and a compiler's function for it is slow. */
  const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
  const uint64_t low = a0 * b0 + (uint32_t)c, middle = a1 * b0 + (c >> 32) + (low >> 32);
  const uint64_t other = a0 * b1 + (uint32_t)middle;
  const uint64_t product = other << 32 | (uint32_t)low, sum = product + d;
  return (Wide){sum, a1 * b1 + (middle >> 32) + (other >> 32) + (sum < product)};
#else
  const unsigned __int128 product = (unsigned __int128)a * b;
  uint64_t low = (uint64_t)product, high = (uint64_t)(product >> WORD_BITS);
  low += c;
  high += low < c;
  low += d;
  high += low < d;
  return (Wide){low, high};
#endif
}

/** to = a - b, of n words. @returns the borrow. */
static uint64_t subtract(uint64_t *to, const uint64_t *a, const uint64_t *b, size_t n)
{
  uint64_t borrow = 0;
  for (size_t i = 0; i < n; i++) {
    const uint64_t difference = a[i] - b[i], result = difference - borrow;
    borrow = (a[i] < b[i]) | (difference < borrow);
    to[i] = result;
  }
  return borrow;
}

/** to += a * factor, of n words. @returns the carry. */
static uint64_t add_multiple(uint64_t *to, const uint64_t *a, size_t n, uint64_t factor)
{
  uint64_t carry = 0;
  for (size_t i = 0; i < n; i++) {
    const Wide sum = multiply_add(a[i], factor, to[i], carry);
    to[i] = sum.low;
    carry = sum.high;
  }
  return carry;
}

/** to -= a * factor, of n words. @returns the borrow. */
static uint64_t subtract_multiple(uint64_t *to, const uint64_t *a, size_t n, uint64_t factor)
{
  uint64_t borrow = 0;
  for (size_t i = 0; i < n; i++) {
    const Wide product = multiply_add(a[i], factor, borrow, 0);
    const uint64_t word = to[i];
    to[i] = word - product.low;
    borrow = product.high + (word < product.low);
  }
  return borrow;
}

static void copy(uint64_t *to, const uint64_t *from, size_t n)
{
  for (size_t i = 0; i < n; i++) to[i] = from[i];
}

static void set_zero(uint64_t *to, size_t n)
{
  for (size_t i = 0; i < n; i++) to[i] = 0;
}

/** Shifts n words by 0 to 63 bits. @returns the bits that leave, as the low bits of a word. */
static uint64_t shift_left(uint64_t *to, const uint64_t *from, size_t n, int bits)
{
  uint64_t left = 0;
  for (size_t i = 0; i < n; i++) {
    const uint64_t word = from[i];
    to[i] = word << bits | left;
    left = bits == 0 ? 0 : word >> (WORD_BITS - bits);
  }
  return left;
}

/** Shifts n words by 0 to 63 bits. `to` is at `from` or below it. */
static void shift_right(uint64_t *to, const uint64_t *from, size_t n, int bits)
{
  for (size_t i = 0; i < n; i++) {
    const uint64_t above = i + 1 < n && bits != 0 ? from[i + 1] << (WORD_BITS - bits) : 0;
    to[i] = from[i] >> bits | above;
  }
}

/* ---- Bytes ---- */

/** A number without leading zeros. */
typedef struct {
  const uint8_t *bytes;
  size_t length;
} Number;

static Number number(const uint8_t *bytes, size_t length)
{
  while (length > 0 && *bytes == 0) {
    bytes++;
    length--;
  }
  return (Number){bytes, length};
}

/** Byte i from the end of a number, 0 beyond its beginning. */
static inline unsigned byte_at(Number a, size_t i) { return i < a.length ? a.bytes[a.length - 1 - i] : 0; }

static size_t words_in(size_t length) { return (length + WORD_BYTES - 1) / WORD_BYTES; }

/** The lowest n words of a number. */
static void load(uint64_t *to, size_t n, Number from)
{
  const size_t whole = from.length / WORD_BYTES, rest = from.length % WORD_BYTES;
  set_zero(to, n);
  for (size_t i = 0; i < n && i < whole; i++) to[i] = load64_be(from.bytes + from.length - WORD_BYTES * (i + 1));
  for (size_t i = 0; i < rest && whole < n; i++) to[whole] = to[whole] << 8 | from.bytes[i];
}

/** Writes a number of n words to the end of `length` bytes, which it fits. */
static void store(uint8_t *to, size_t length, const uint64_t *from, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    uint8_t word[WORD_BYTES];
    const size_t left = length - WORD_BYTES * i, taken = left < WORD_BYTES ? left : WORD_BYTES;
    store64_be(word, from[i]);
    memcpy(to + (left - taken), word + (WORD_BYTES - taken), taken);
  }
}

/* ---- Remainders ---- */

/**
 * Two words to divide by, whose highest bit is set, and floor((2^192 - 1) / them) - 2^64: Möller and Granlund,
 * "Improved division by invariant integers", 2011.
 */
typedef struct {
  uint64_t high, low, reciprocal;
} Divisor;

/** Algorithm 6 of the paper. */
static Divisor divisor_of(uint64_t high, uint64_t low)
{
  const unsigned __int128 all = (unsigned __int128)~high << WORD_BITS | UINT64_MAX;
  uint64_t reciprocal = (uint64_t)(all / high);
  uint64_t p = high * reciprocal + low;
  if (p < low) {
    reciprocal--;
    if (p >= high) {
      reciprocal--;
      p -= high;
    }
    p -= high;
  }
  const Wide t = multiply_add(reciprocal, low, 0, 0);
  p += t.high;
  if (p < t.high) {
    reciprocal--;
    if (p > high || (p == high && t.low >= low)) reciprocal--;
  }
  return (Divisor){high, low, reciprocal};
}

/** Algorithm 4 of the paper: three words, u2 the highest, by two. u2 and u1 are less than the divisor. */
static uint64_t quotient(uint64_t u2, uint64_t u1, uint64_t u0, const Divisor *d)
{
  const Wide estimate = multiply_add(d->reciprocal, u2, u1, 0);
  uint64_t q = estimate.high + u2;
  const unsigned __int128 divisor = (unsigned __int128)d->high << WORD_BITS | d->low;
  const Wide product = multiply_add(d->low, q, 0, 0);
  unsigned __int128 rest = (unsigned __int128)(u1 - q * d->high) << WORD_BITS | u0;
  rest -= (unsigned __int128)product.high << WORD_BITS | product.low;
  rest -= divisor;
  q++;
  if ((uint64_t)(rest >> WORD_BITS) >= estimate.low) {
    q--;
    rest += divisor;
  }
  return rest >= divisor ? q + 1 : q;
}

/**
 * Replaces `length` words u, of which the highest n make less than d, by u mod d, in the lowest n: Knuth's algorithm D.
 * @param d n words; the highest bit is set.
 */
static void reduce(uint64_t *u, size_t length, const uint64_t *d, size_t n)
{
  const Divisor top = divisor_of(d[n - 1], n > 1 ? d[n - 2] : 0);
  for (size_t i = length - n; i-- > 0;) {
    uint64_t *const window = u + i;
    const uint64_t u2 = window[n], u1 = window[n - 1], u0 = n > 1 ? window[n - 2] : 0;
    const int is_full = u2 == top.high && u1 >= top.low;
    const uint64_t q = is_full ? UINT64_MAX : quotient(u2, u1, u0, &top);
    if (subtract_multiple(window, d, n, q) > u2) add_multiple(window, d, n, 1);
  }
}

/* ---- Multiplication ---- */

#define INLINE static inline __attribute__((always_inline))

/** The numbers modulo an odd modulus, or modulo 2^(64 n). */
typedef struct {
  /** n words. */
  const uint64_t *modulus;
  /** 1 / modulus mod 2^64, and its negative. */
  uint64_t inverse, negative_inverse;
  size_t n;
  /** n words, for a product that is not complete. */
  uint64_t *partial;
} Ring;

/** 1 / a mod 2^64, a odd: Newton's iteration doubles the number of correct bits, which are 5 at first. */
static uint64_t inverse_of(uint64_t a)
{
  uint64_t inverse = (3 * a) ^ 2;
  for (int bits = 5; bits < WORD_BITS; bits *= 2) inverse *= 2 - a * inverse;
  return inverse;
}

/** A column of a long multiplication: a sum of products of words, and the carry from the columns before. */
typedef struct {
  unsigned __int128 low;
  uint64_t high;
} Column;

INLINE void add_term(Column *sum, unsigned __int128 term)
{
  sum->low += term;
  sum->high += sum->low < term;
}

INLINE void add_product(Column *sum, uint64_t a, uint64_t b)
{
  const Wide product = multiply_add(a, b, 0, 0);
  add_term(sum, (unsigned __int128)product.high << WORD_BITS | product.low);
}

/** Adds a[0] * b[0] + a[1] * b[-1] + …, `count` products. */
INLINE void add_products(Column *sum, const uint64_t *a, const uint64_t *b, size_t count)
{
  for (size_t i = 0; i < count; i++) add_product(sum, a[i], *(b - i));
}

/** The lowest word. The others become the carry into the next column. */
INLINE uint64_t take_word(Column *sum)
{
  const uint64_t word = (uint64_t)sum->low;
  sum->low = sum->low >> WORD_BITS | (unsigned __int128)sum->high << WORD_BITS;
  sum->high = 0;
  return word;
}

/** The products a[j] * b[i - j] of column i of a * b, numbers of n words. */
static inline size_t first_in_column(size_t i, size_t n) { return i < n ? 0 : i - n + 1; }
static inline size_t count_in_column(size_t i, size_t n) { return i < n ? i + 1 : 2 * n - 1 - i; }

/** Adds column i, of 0 to 2n - 1, of a number that is made of a and b, of n words. */
typedef void AddColumn(Column *sum, size_t i, size_t n, const uint64_t *a, const uint64_t *b);

/** Of a * b. */
INLINE void add_column_of_product(Column *sum, size_t i, size_t n, const uint64_t *a, const uint64_t *b)
{
  const size_t first = first_in_column(i, n);
  add_products(sum, a + first, b + (i - first), count_in_column(i, n));
}

/** Of a * a: two products of each pair of different words. */
INLINE void add_column_of_square(Column *sum, size_t i, size_t n, const uint64_t *a, const uint64_t *b)
{
  (void)b;
  const size_t first = first_in_column(i, n), count = count_in_column(i, n);
  Column pairs = {0, 0};
  add_products(&pairs, a + first, a + (i - first), count / 2);
  sum->high += pairs.high << 1 | (uint64_t)(pairs.low >> (2 * WORD_BITS - 1));
  add_term(sum, pairs.low << 1);
  if (count % 2 == 1) add_product(sum, a[i / 2], a[i / 2]);
}

/** Of a. */
INLINE void add_column_of_number(Column *sum, size_t i, size_t n, const uint64_t *a, const uint64_t *b)
{
  (void)b;
  if (i < n) add_term(sum, a[i]);
}

/** to = a number modulo the modulus, of which it is less than twice: n words t and, above them, `top`. */
INLINE void reduce_once(const uint64_t *modulus, size_t n, uint64_t *to, const uint64_t *t, uint64_t top)
{
  const uint64_t borrow = subtract(to, t, modulus, n);
  const uint64_t keep = top < borrow ? UINT64_MAX : 0;
  for (size_t i = 0; i < n; i++) to[i] = (t[i] & keep) | (to[i] & ~keep);
}

/**
 * A number / 2^(64 n) mod the modulus: Montgomery's reduction, column by column (FIPS in Koç, Acar, Kaliski, "Analyzing
 * and comparing Montgomery multiplication algorithms", 1996). q times the modulus makes the number's low n words zero.
 */
INLINE void montgomery(const Ring *ring, uint64_t *to, const uint64_t *a, const uint64_t *b, AddColumn *add_column)
{
  const size_t n = ring->n;
  const uint64_t *const modulus = ring->modulus;
  uint64_t *const q = ring->partial;
  Column sum = {0, 0};
  for (size_t i = 0; i < n; i++) {
    add_column(&sum, i, n, a, b);
    add_products(&sum, q, modulus + i, i);
    q[i] = (uint64_t)sum.low * ring->negative_inverse;
    add_product(&sum, q[i], modulus[0]);
    take_word(&sum);
  }
  /* The result takes the place of those words of q that are no longer needed. */
  for (size_t i = n; i < 2 * n; i++) {
    const size_t first = first_in_column(i, n);
    add_column(&sum, i, n, a, b);
    add_products(&sum, q + first, modulus + (i - first), count_in_column(i, n));
    q[i - n] = take_word(&sum);
  }
  reduce_once(modulus, n, to, q, (uint64_t)sum.low);
}

/** The low n words of a number. */
INLINE void cut(const Ring *ring, uint64_t *to, const uint64_t *a, const uint64_t *b, AddColumn *add_column)
{
  Column sum = {0, 0};
  for (size_t i = 0; i < ring->n; i++) {
    add_column(&sum, i, ring->n, a, b);
    ring->partial[i] = take_word(&sum);
  }
  copy(to, ring->partial, ring->n);
}

/**
 * The multiplication of a ring. `n` is the ring's, but can be a constant where this is compiled into its caller. The
 * product may be in the place of a factor.
 */
typedef struct {
  void (*multiply)(const Ring *ring, size_t n, uint64_t *product, const uint64_t *a, const uint64_t *b);
  void (*square)(const Ring *ring, size_t n, uint64_t *product, const uint64_t *a);
} Multiplication;

static void multiply_odd(const Ring *ring, size_t n, uint64_t *product, const uint64_t *a, const uint64_t *b)
{
  (void)n;
  montgomery(ring, product, a, b, add_column_of_product);
}

static void square_odd(const Ring *ring, size_t n, uint64_t *product, const uint64_t *a)
{
  (void)n;
  montgomery(ring, product, a, a, add_column_of_square);
}

static void multiply_cut(const Ring *ring, size_t n, uint64_t *product, const uint64_t *a, const uint64_t *b)
{
  (void)n;
  cut(ring, product, a, b, add_column_of_product);
}

static void square_cut(const Ring *ring, size_t n, uint64_t *product, const uint64_t *a)
{
  (void)n;
  cut(ring, product, a, a, add_column_of_square);
}

enum { MAX_SMALL = 4 };

/**
 * For a constant n of at most MAX_SMALL: row by row (FIOS in the same paper). Compilers unroll it and keep everything
 * in registers.
 */
INLINE void multiply_small(const Ring *ring, size_t n, uint64_t *product, const uint64_t *a, const uint64_t *b)
{
  const uint64_t *const modulus = ring->modulus;
  uint64_t t[MAX_SMALL] = {0}, top = 0;
  for (size_t i = 0; i < n; i++) {
    Wide row = multiply_add(a[0], b[i], t[0], 0);
    const uint64_t q = row.low * ring->negative_inverse;
    Wide reduced = multiply_add(q, modulus[0], row.low, 0);
    for (size_t j = 1; j < n; j++) {
      row = multiply_add(a[j], b[i], t[j], row.high);
      reduced = multiply_add(q, modulus[j], row.low, reduced.high);
      t[j - 1] = reduced.low;
    }
    const Wide sum = multiply_add(row.high, 1, reduced.high, top);
    t[n - 1] = sum.low;
    top = sum.high;
  }
  reduce_once(modulus, n, product, t, top);
}

INLINE void square_small(const Ring *ring, size_t n, uint64_t *product, const uint64_t *a)
{
  multiply_small(ring, n, product, a, a);
}

/** One word: here a squaring costs least gas for its time, so every cycle counts. */
INLINE void multiply_word(const Ring *ring, size_t n, uint64_t *product, const uint64_t *a, const uint64_t *b)
{
  (void)n;
  const Wide p = multiply_add(*a, *b, 0, 0);
  const uint64_t reduction = multiply_add(p.low * ring->inverse, *ring->modulus, 0, 0).high;
  const uint64_t raised = p.high + *ring->modulus;
  *product = p.high < reduction ? raised - reduction : p.high - reduction;
}

INLINE void square_word(const Ring *ring, size_t n, uint64_t *product, const uint64_t *a)
{
  multiply_word(ring, n, product, a, a);
}

static const Multiplication ODD = {multiply_odd, square_odd};
static const Multiplication SMALL = {multiply_small, square_small};
static const Multiplication WORD = {multiply_word, square_word};
static const Multiplication CUT = {multiply_cut, square_cut};

/* ---- Powers ---- */

enum { MAX_WINDOW = 6, MAX_BUCKETS = 1 << (MAX_WINDOW - 1) };

static size_t bit_length(Number a)
{
  return a.length == 0 ? 0 : 8 * a.length - (size_t)(__builtin_clz(a.bytes[0]) - 24);
}

/** Bits [at, at + window) of a number. */
static inline unsigned digit_at(Number a, size_t at, int window)
{
  const unsigned bits = byte_at(a, at / 8) | byte_at(a, at / 8 + 1) << 8;
  return bits >> at % 8 & ((1U << window) - 1);
}

/**
 * Width of the windows that minimizes bits / (window + 1) + 2^window, the multiplications besides squarings. With one
 * word, those in the buckets cost no time: a squaring leaves most of the processor idle.
 */
static int window_for(size_t bits, size_t n)
{
  const int most = n == 1 ? 3 : MAX_WINDOW;
  int window = 1;
  while (window < most && bits >> window > (size_t)((window + 1) * (window + 2))) window++;
  return window;
}

/** value *= factor. A value can be still empty, which means 1. */
INLINE void gather(const Ring *ring, size_t n, Multiplication ops, uint64_t *value, int is_empty,
                   const uint64_t *factor)
{
  if (is_empty) copy(value, factor, n);
  else ops.multiply(ring, n, value, value, factor);
}

/**
 * The product of each bucket i to the power of 2i + 1, into bucket 0. With S(i) the product of the buckets from i on,
 * it is S(0) * (S(1) * S(2) * …)^2.
 * @param filled bit i says that bucket i is not empty.
 * @param suffix, inner working memory, n words each.
 */
static void combine(const Ring *ring, const Multiplication *ops, uint64_t *buckets, uint32_t filled, uint64_t *suffix,
                    uint64_t *inner)
{
  const size_t n = ring->n;
  int is_empty = 1;
  for (size_t i = MAX_BUCKETS; i-- > 1;) {
    const int was_empty = is_empty;
    if (filled >> i & 1) {
      gather(ring, n, *ops, suffix, is_empty, buckets + i * n);
      is_empty = 0;
    }
    if (!is_empty) gather(ring, n, *ops, inner, was_empty, suffix);
  }
  if (is_empty) return;
  ops->square(ring, n, inner, inner);
  ops->multiply(ring, n, inner, inner, suffix);
  gather(ring, n, *ops, buckets, !(filled & 1), inner);
}

/**
 * Gathers powers of x in buckets, which `combine` makes x^exponent of. The exponent is read from its lowest bit on, in
 * windows that begin with a 1 bit: its digits are odd. Bucket i gathers the powers x^(2^k) whose digit, at bit k, is
 * 2i + 1 (Yao, "On the evaluation of powers", 1976). So, squarings never wait for the other multiplications: a processor
 * does both at once.
 * @param x n words; lost.
 * @param buckets n words for each digit of a window. An odd exponent finds its lowest x in bucket 0: not necessarily x
 * in Montgomery's form, which the result then does not have either.
 * @returns the set of the buckets that are not empty.
 */
INLINE uint32_t fill(const Ring *ring, size_t n, Multiplication ops, uint64_t *x, Number exponent, uint64_t *buckets)
{
  const size_t bits = bit_length(exponent);
  const int window = window_for(bits, n);
  const int is_odd = (int)digit_at(exponent, 0, 1);
  uint32_t filled = (uint32_t)is_odd;
  int squarings = is_odd;
  for (size_t at = (size_t)is_odd; at < bits; at += (size_t)squarings) {
    for (; squarings > 0; squarings--) ops.square(ring, n, x, x);
    const unsigned digit = digit_at(exponent, at, window), i = digit >> 1;
    squarings = 1;
    if (digit % 2 == 0) continue;
    gather(ring, n, ops, buckets + i * n, !(filled >> i & 1), x);
    filled |= UINT32_C(1) << i;
    squarings = window;
  }
  return filled;
}

/** For a constant n of at most MAX_SMALL, with the powers of x in registers. */
INLINE uint32_t fill_small(const Ring *ring, size_t n, Multiplication ops, const uint64_t *x, Number exponent,
                           uint64_t *buckets)
{
  uint64_t running[MAX_SMALL];
  copy(running, x, n);
  return fill(ring, n, ops, running, exponent, buckets);
}

static uint32_t fill_odd(const Ring *ring, uint64_t *x, Number exponent, uint64_t *buckets)
{
  switch (ring->n) {
  case 1: return fill_small(ring, 1, WORD, x, exponent, buckets);
  case 2: return fill_small(ring, 2, SMALL, x, exponent, buckets);
  case 3: return fill_small(ring, 3, SMALL, x, exponent, buckets);
  case 4: return fill_small(ring, 4, SMALL, x, exponent, buckets);
  default: return fill(ring, ring->n, ODD, x, exponent, buckets);
  }
}

/* ---- Moduli ---- */

/** Working memory for a power: n words each, but for `x` and `buckets`. */
typedef struct {
  /** At first, the base with n words of zeros below it; then, the lowest n words. */
  uint64_t *x;
  /** n words for each digit of a window. */
  uint64_t *buckets;
  uint64_t *divisor, *partial, *inner;
} Workspace;

static size_t x_words(size_t base_length, size_t n)
{
  const size_t base_words = words_in(base_length);
  return n + (base_words < n ? n : base_words) + 1;
}

static size_t bucket_words(size_t exponent_length, size_t n) { return n << (window_for(8 * exponent_length, n) - 1); }

static size_t workspace_words(size_t base_length, size_t exponent_length, size_t n)
{
  return x_words(base_length, n) + bucket_words(exponent_length, n) + 3 * n;
}

static Workspace workspace_at(uint64_t *words, size_t base_length, size_t exponent_length, size_t n)
{
  Workspace space;
  space.x = words;
  space.buckets = space.x + x_words(base_length, n);
  space.divisor = space.buckets + bucket_words(exponent_length, n);
  space.partial = space.divisor + n;
  space.inner = space.partial + n;
  return space;
}

/** Bucket 0 = base mod the modulus; x = base * 2^(64 n) mod the modulus, which is Montgomery's form of it. */
static void load_base(const uint64_t *modulus, size_t n, Number base, const Workspace *space)
{
  const size_t base_words = words_in(base.length), loaded = base_words < n ? n : base_words;
  const size_t rest_words = base_words < n ? base_words + 1 : n;
  const int shift = __builtin_clzll(modulus[n - 1]);
  uint64_t *const above = space->x + n;
  shift_left(space->divisor, modulus, n, shift);
  set_zero(space->x, n);
  load(above, loaded, base);
  above[loaded] = shift_left(above, above, loaded, shift);
  reduce(above, loaded + 1, space->divisor, n);
  shift_right(space->buckets, above, n, shift);
  reduce(space->x, n + rest_words, space->divisor, n);
  shift_right(space->x, space->x, n, shift);
}

/** result = base^exponent mod an odd modulus of n words, the highest not 0. @param exponent not 0. */
static void power_modulo_odd(uint64_t *result, const uint64_t *modulus, size_t n, Number base, Number exponent,
                             const Workspace *space)
{
  const uint64_t inverse = inverse_of(modulus[0]);
  const Ring ring = {modulus, inverse, -inverse, n, space->partial};
  load_base(modulus, n, base, space);
  const uint32_t filled = fill_odd(&ring, space->x, exponent, space->buckets);
  combine(&ring, &ODD, space->buckets, filled, space->x, space->inner);
  if (digit_at(exponent, 0, 1) == 1) copy(result, space->buckets, n);
  else montgomery(&ring, result, space->buckets, space->buckets, add_column_of_number);
}

/**
 * result = base^exponent mod 2^(64 n). The order of an odd number divides the modulus, so that only the exponent's
 * lowest 64 n bits matter; to a longer exponent, an even number gives 0.
 */
static void power_modulo_two(uint64_t *result, size_t n, Number base, Number exponent, const Workspace *space)
{
  const Ring ring = {NULL, 0, 0, n, space->partial};
  const size_t kept = n * WORD_BYTES;
  const int is_cut = exponent.length > kept;
  const Number rest = is_cut ? number(exponent.bytes + (exponent.length - kept), kept) : exponent;
  set_zero(result, n);
  load(space->x, n, base);
  if (is_cut && space->x[0] % 2 == 0) return;
  if (rest.length == 0) {
    result[0] = 1;
    return;
  }
  copy(space->buckets, space->x, n);
  const uint32_t filled = fill(&ring, n, CUT, space->x, rest, space->buckets);
  combine(&ring, &CUT, space->buckets, filled, space->x, space->inner);
  copy(result, space->buckets, n);
}

/** difference / odd mod 2^(64 n), into `quotient`, word by word from the lowest. @param difference n words; lost. */
static void divide_exactly(uint64_t *quotient, uint64_t *difference, const uint64_t *odd, size_t n)
{
  const uint64_t inverse = inverse_of(odd[0]);
  for (size_t i = 0; i < n; i++) {
    quotient[i] = difference[i] * inverse;
    subtract_multiple(difference + i, odd, n - i, quotient[i]);
  }
}

/** Divides n words, not 0, by their highest power of two. @returns its logarithm. */
static size_t make_odd(uint64_t *a, size_t n)
{
  size_t zeros = 0;
  while (a[zeros] == 0) zeros++;
  const int bits = __builtin_ctzll(a[zeros]);
  shift_right(a, a + zeros, n - zeros, bits);
  set_zero(a + (n - zeros), zeros);
  return zeros * WORD_BITS + (size_t)bits;
}

static size_t length_without_zeros(const uint64_t *a, size_t n)
{
  while (n > 0 && a[n - 1] == 0) n--;
  return n;
}

/**
 * The number below odd * 2^k that is `result` modulo odd and `low` modulo 2^k (the Chinese remainder theorem): result
 * plus a multiple of odd. All have n words.
 * @param low lost. @param quotient working memory.
 */
static void join(uint64_t *result, uint64_t *low, const uint64_t *odd, size_t n, size_t k, uint64_t *quotient)
{
  const size_t words = (k + WORD_BITS - 1) / WORD_BITS;
  subtract(low, low, result, words);
  divide_exactly(quotient, low, odd, words);
  if (k % WORD_BITS != 0) quotient[words - 1] &= (UINT64_C(1) << k % WORD_BITS) - 1;
  for (size_t i = 0; i < words; i++) add_multiple(result + i, odd, n - i, quotient[i]);
}

/** Numbers of n words before the workspace: the modulus's odd part, the two powers and the quotient that joins them. */
enum { MODEXP_NUMBERS = 4 };

size_t modexp_scratch(size_t base_length, size_t exponent_length, size_t modulus_length)
{
  const size_t n = words_in(modulus_length);
  return (MODEXP_NUMBERS * n + workspace_words(base_length, exponent_length, n)) * sizeof(uint64_t);
}

void modexp(const uint8_t *base, size_t base_length, const uint8_t *exponent, size_t exponent_length,
            const uint8_t *modulus, size_t modulus_length, uint8_t *result, void *scratch)
{
  const Number b = number(base, base_length), e = number(exponent, exponent_length);
  const Number m = number(modulus, modulus_length);
  if (modulus_length > 0) memset(result, 0, modulus_length);
  if (m.length == 0) return;
  if (e.length == 0) {
    result[modulus_length - 1] = m.length > 1 || m.bytes[0] > 1;
    return;
  }

  const size_t n = words_in(m.length);
  uint64_t *const odd = scratch, *const answer = odd + n, *const low = answer + n, *const quotient = low + n;
  const Workspace space = workspace_at(quotient + n, b.length, e.length, n);
  load(odd, n, m);
  const size_t k = make_odd(odd, n), odd_words = length_without_zeros(odd, n);
  set_zero(answer, n);
  if (odd_words > 1 || odd[0] > 1) power_modulo_odd(answer, odd, odd_words, b, e, &space);
  if (k > 0) {
    power_modulo_two(low, (k + WORD_BITS - 1) / WORD_BITS, b, e, &space);
    join(answer, low, odd, n, k, quotient);
  }
  store(result, modulus_length, answer, n);
}
