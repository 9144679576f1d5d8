import type { Scalar, ScalarBuilder } from "./builder.ts";
import { exp, polynomial, withSign } from "./exponential.ts";

/** erf(√u)/√u − 1 on 0 ≤ u ≤ 1 (fit.ts). */
const ERF = [0.12837916612625122, -0.37612637877464294, 0.11283791065216064, -0.026866132393479347, 0.005223783664405346]
  .concat([-0.0008542637806385756, 0.00011956562229897827, -0.000013909339941164944, 0.0000010589379826342338]);

/** log(1 − erf(x)) on 1 ≤ x ≤ 4 (fit.ts). */
const ERFC = [0.00041632921784184873, -1.130675196647644, -0.6309530138969421, -0.11105501651763916, 0.027099523693323135]
  .concat([-0.005064947064965963, 0.0006858367123641074, -0.00006229735707927123, 0.0000033216847441508435, -7.582681860185403e-8]);

/** erf on f32: x + x·p(x²) up to 1, 1 − e^p(x) from there; from 4 on it is 1. */
export function erf(b: ScalarBuilder, x: Scalar): Scalar {
  const size = b.abs(x);
  const near = b.fma(size, polynomial(b, b.mul(size, size), ERF), size);
  const far = b.sub(b.f32(1), exp(b, polynomial(b, b.min(size, b.f32(4)), ERFC)));
  return withSign(b, b.select(b.lt(size, b.f32(1)), near, far), x);
}
