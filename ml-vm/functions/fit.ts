/**
 * Derives the coefficients of the scalar functions: `node ml-vm/functions/fit.ts` prints them. Not part of the machine:
 * the programs contain the printed values as literals, because a model id must not depend on a host's Math.exp.
 *
 * Each is the polynomial that interpolates its function at Chebyshev nodes, within a factor of about two of the minimax one.
 */

/** Coefficients c of Σ c_k·x^k through f at the n + 1 Chebyshev nodes of [low, high], by Newton's divided differences. */
export function fit(f: (x: number) => number, low: number, high: number, degree: number): number[] {
  const nodes = Array.from({ length: degree + 1 }, (_, i) => {
    const t = Math.cos((Math.PI * (2 * i + 1)) / (2 * degree + 2));
    return (low + high) / 2 + (t * (high - low)) / 2;
  });
  const newton = nodes.map(f);
  for (let j = 1; j <= degree; j++) {
    for (let i = degree; i >= j; i--) {
      newton[i] =
        ((newton[i] as number) - (newton[i - 1] as number)) / ((nodes[i] as number) - (nodes[i - j] as number));
    }
  }
  // From Newton's form to powers of x: c ← c·(x − node) + newton.
  let powers: number[] = [];
  for (let i = degree; i >= 0; i--) {
    const shifted = [0, ...powers];
    for (const [k, c] of powers.entries()) shifted[k] = (shifted[k] as number) - c * (nodes[i] as number);
    shifted[0] = (shifted[0] as number) + (newton[i] as number);
    powers = shifted;
  }
  return powers;
}

/** Taylor series near 0, where the quotient cancels. */
const series = (x: number, terms: number, term: (k: number) => number): number => {
  let total = 0;
  for (let k = terms; k >= 0; k--) total = total * x + term(k);
  return total;
};

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** (e^r − 1 − r) / r². */
const expTail = (r: number): number => series(r, 20, (k) => 1 / factorial(k + 2));

/** (log(1 + f) − f + f²/2) / f³. */
const logTail = (f: number): number =>
  Math.abs(f) < 0.1
    ? series(f, 24, (k) => (k % 2 === 0 ? 1 : -1) / (k + 3))
    : (Math.log1p(f) - f + (f * f) / 2) / f ** 3;

/** erf(√u)/√u − 1. */
const erfTail = (u: number): number =>
  (2 / Math.sqrt(Math.PI)) * series(u, 40, (k) => (k % 2 === 0 ? 1 : -1) / (factorial(k) * (2 * k + 1))) - 1;

/** log(erfc(x)), with erfc by its continued fraction (Lentz), good for x ≥ 0.8. */
function logErfc(x: number): number {
  let fraction = 0;
  for (let k = 400; k >= 1; k--) fraction = k / 2 / (x + fraction);
  return -x * x - Math.log(Math.sqrt(Math.PI) * (x + fraction));
}

const print = (name: string, coefficients: readonly number[]): void =>
  console.log(`${name}: [${coefficients.map((c) => Math.fround(c).toString()).join(", ")}]`);

if (import.meta.main) {
  print("EXP", fit(expTail, -Math.LN2 / 2, Math.LN2 / 2, 5));
  print("LOG", fit(logTail, Math.SQRT1_2 - 1, Math.SQRT2 - 1, 7));
  print("ERF", fit(erfTail, 0, 0.875 ** 2, 7));
  print(
    "ERFC",
    fit((x) => logErfc(x) / x, 0.875, 4, 10),
  );
}
