import type { Scalar, ScalarBuilder } from "./builder.ts";
import { natural, polynomial, powerOfTwo, withSign } from "./exponential.ts";

/** erf(√u)/√u − 1 on 0 ≤ u ≤ 0.875² (fit.ts). */
const ERF = [
  0.12837916612625122, -0.37612637877464294, 0.11283789575099945, -0.02686595730483532, 0.0052228765562176704,
].concat([-0.0008517123642377555, 0.00011559245467651635, -0.000010689975169952959]);

/** log(1 − erf(x)) / x on 0.875 ≤ x ≤ 4 (fit.ts). */
const ERFC = [
  -1.1284362077713013, -0.636285662651062, -0.10362661629915237, 0.020370367914438248, -0.0008990457281470299,
].concat([
  -0.0011144888121634722, 0.00048140037688426673, -0.00010925411334028468, 0.000015161615010583773,
  -0.000001214740677824011, 4.3256488169163276e-8,
]);

/**
 * erf on f32: x + x·p(x²) up to 0.875; from there 1 − e^(x·p(x)), the exponent's product unrounded; from 4 on it is 1.
 */
export function erf(b: ScalarBuilder, x: Scalar): Scalar {
  const size = b.abs(x);
  const near = b.fma(size, polynomial(b, b.mul(size, size), ERF), size);

  const bounded = b.min(size, b.f32(4));
  const factor = polynomial(b, bounded, ERFC);
  const exponent = b.mul(bounded, factor);
  const exponentRest = b.fma(bounded, factor, b.neg(exponent));
  // e^(exponent + rest) = 2^n·(1 + high + low)·(1 + rest); 1 − 2^n is exact.
  const { n, high, low } = natural(b, exponent);
  const scale = powerOfTwo(b, b.op("f32.toInt", n));
  const part = b.add(high, b.add(low, b.fma(exponentRest, high, exponentRest)));
  const far = b.fma(b.neg(scale), part, b.sub(b.f32(1), scale));

  return withSign(b, b.select(b.lt(size, b.f32(0.875)), near, far), x);
}
