import type { Scalar, ScalarBuilder } from "../../functions/builder.ts";
import { type DType, dtypeSpec } from "../../program/dtype.ts";
import { unsupported } from "../graph/error.ts";

/** Arithmetic that depends on the element type, not only on the register type: 64-bit unsigned integers. */

export const notANumber = (b: ScalarBuilder, x: Scalar): Scalar => b.not(b.eq(x, x));

export const equal = (b: ScalarBuilder, x: Scalar, y: Scalar): Scalar => b.eq(x, y);

export const lessThan = (b: ScalarBuilder, x: Scalar, y: Scalar, dtype: DType): Scalar =>
  dtype === "u64" ? b.op("int.ltU", x, y) : b.lt(x, y);

export const maximum = (b: ScalarBuilder, x: Scalar, y: Scalar, dtype: DType): Scalar =>
  dtype === "u64" ? b.select(lessThan(b, x, y, dtype), y, x) : b.max(x, y);

export const minimum = (b: ScalarBuilder, x: Scalar, y: Scalar, dtype: DType): Scalar =>
  dtype === "u64" ? b.select(lessThan(b, x, y, dtype), x, y) : b.min(x, y);

const isUnsigned = (dtype: DType): boolean => dtype.startsWith("u") || dtype === "bool";

export const absolute = (b: ScalarBuilder, x: Scalar, dtype: DType): Scalar => (isUnsigned(dtype) ? x : b.abs(x));

/** −1, 0 or 1; NaN of NaN. */
export function signOf(b: ScalarBuilder, x: Scalar, dtype: DType): Scalar {
  const [zero, one] = [b.number(x.type, 0), b.number(x.type, 1)];
  if (isUnsigned(dtype)) return b.not(b.not(x));
  return b.select(b.lt(zero, x), one, b.select(b.lt(x, zero), b.neg(one), x));
}

export function divide(b: ScalarBuilder, x: Scalar, y: Scalar, dtype: DType): Scalar {
  if (dtype === "u64") throw unsupported("division of u64: the machine divides signed integers");
  return b.div(x, y);
}

/** Python's remainder, with the divisor's sign; C's, with the dividend's, if `truncated`. Floats have C's only. */
export function remainder(b: ScalarBuilder, x: Scalar, y: Scalar, dtype: DType, truncated: boolean): Scalar {
  if (x.type !== "int") {
    // The machine's remainder is the one nearest 0, at most half the divisor; C's is not negative for positive operands.
    const [size, divisor] = [b.abs(x), b.abs(y)];
    const nearest = b.op(`${x.type}.rem`, size, divisor);
    const positive = b.select(b.lt(nearest, b.number(x.type, 0)), b.add(nearest, divisor), nearest);
    return b.select(b.lt(x, b.number(x.type, 0)), b.neg(positive), positive);
  }
  if (dtype === "u64") throw unsupported("remainders of u64: the machine divides signed integers");
  const quotient = b.op(truncated ? "int.divTrunc" : "int.divFloor", x, y);
  return b.sub(x, b.mul(quotient, y));
}

/** A register of one element type as one of another: numbers keep their value, rounded or truncated; bool is "not 0". */
export function toType(b: ScalarBuilder, x: Scalar, from: DType, to: DType): Scalar {
  const target = dtypeSpec(to).scalar;
  if (to === "bool") return from === "bool" ? x : b.not(b.eq(x, b.number(x.type, 0)));
  if (x.type === target) return x;
  if (x.type === "int") {
    if (from !== "u64") return b.op(`${target}.fromInt`, x);
    // Halves the number, keeps its last bit sticky for rounding, and doubles the result.
    const half = b.or(b.op("int.shr", x, b.int(1)), b.and(x, b.int(1)));
    const large = b.op(`${target}.fromInt`, half);
    return b.select(b.lt(x, b.int(0)), b.add(large, large), b.op(`${target}.fromInt`, x));
  }
  if (target === "int") return b.op(`${x.type}.toInt`, x);
  return target === "f64" ? b.op("f64.fromF32", x) : b.op("f32.fromF64", x);
}
