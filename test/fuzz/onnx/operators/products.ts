import { EXACT, sums } from "../compare.ts";
import type { Draw, Generators } from "../draw.ts";
import { isFloat, MAGNITUDE } from "../tensor.ts";

/** Batch dimensions of two matrices that broadcast. */
function batches(d: Draw): [number[], number[]] {
  const whole = d.shape(d.random(3), 3);
  return d.once(2) ? [whole, d.broadcastable(whole)] : [d.broadcastable(whole), whole];
}

export const PRODUCTS: Generators = {
  MatMul: {
    since: [1, 9, 13],
    weight: 3,
    generate: (d) => {
      const dtype = d.pick(
        d.opset >= 9 ? (["f32", "f32", "f16", "f64", "i32", "u32", "i64", "u64"] as const) : (["f32", "f64"] as const),
      );
      const [m, k, n] = [d.between(1, 6), d.pick([1, 2, 3, 7, 33, 300, 1500]), d.pick([1, 2, 5, 17])] as const;
      const [left, right] = batches(d);
      const [vectorA, vectorB] = [d.once(6), d.once(6)];
      const content = isFloat(dtype) ? d.pick(["grid", "real"] as const) : d.pick(["grid", "wide"] as const);
      d.input(d.tensor(dtype, vectorA ? [k] : [...left, m, k], content));
      d.parameter(d.tensor(dtype, vectorB ? [k] : [...right, k, n], content));
      return d.exact ? EXACT : sums(k, MAGNITUDE ** 2, dtype);
    },
  },
  Gemm: {
    since: [7, 9, 11, 13],
    weight: 3,
    generate: (d) => {
      const dtype = d.dtype("f32", "f32", "f16", "f64");
      const [m, k, n] = [d.between(1, 6), d.pick([1, 2, 3, 7, 33]), d.pick([1, 2, 5, 17])] as const;
      const [transA, transB] = [d.maybeInt("transA", 0, [0, 1]), d.maybeInt("transB", 0, [0, 1])];
      const alpha = d.maybeFloat("alpha", 1, [1, 0.5, -2, 0, 0.3]);
      const beta = d.maybeFloat("beta", 1, [1, 0.5, -2, 0, 0.3]);
      d.input(d.tensor(dtype, transA ? [k, m] : [m, k]));
      d.parameter(d.tensor(dtype, transB ? [n, k] : [k, n]));
      if (d.opset < 11 || d.once(2)) {
        const shape = d.pick([[m, n], [n], [1, n], [m, 1], [1], [], [1, 1]]);
        // Before operator set 7, other shapes need the attribute.
        if (d.opset < 7 && shape.length !== 2) d.int("broadcast", 1);
        d.parameter(d.tensor(dtype, d.opset < 7 ? d.pick([[m, n]]) : shape));
      }
      if (d.exact && alpha !== 0.3 && beta !== 0.3) return EXACT;
      return sums(k + 1, MAGNITUDE ** 2 * (Math.abs(alpha) + Math.abs(beta)), dtype);
    },
  },
};
