import type { Scalar, ScalarBuilder } from "../../functions/builder.ts";
import { type DType, dtypeSpec } from "../../program/dtype.ts";
import { unsupported } from "../graph/error.ts";
import { dtypeOfOnnx } from "../graph/graph.ts";
import { intConstant, type Value } from "../graph/tensor.ts";
import type { Index } from "../lowering/affine.ts";
import type { Call, Operator } from "../lowering/call.ts";
import type { Scope } from "../lowering/lower.ts";
import { convolutionOf } from "./convolution.ts";
import { numpyProduct } from "./products.ts";
import { maxOf, reduceAxes } from "./reduction.ts";

/** Numbers held as small integers: q = saturate(round(x / scale) + zero point). Rounding is to even. */

/** The scale or zero point for an output element: one for all, one per index of `axis`, or one per block of it. */
function parameter(call: Call, s: Scope, value: Value, x: Value): Scalar {
  if (value.storage.elements === 1) return s.element({ ...value, shape: [] });
  const axis = call.axis(call.attributes.int("axis", 1), x.shape.length);
  const block = call.attributes.int("block_size", 0);
  if (block === 0) return s.read(value, [s.o(axis)]);
  call.lower.budget.claimBytes(8 * (x.shape[axis] as number));
  const blocks = intConstant(Array.from({ length: x.shape[axis] as number }, (_, i) => Math.floor(i / block)));
  return s.read(
    value,
    value.shape.map((_, i): Index => (i === axis ? s.lookup(blocks, [s.o(i)]) : s.o(i))),
  );
}

/** round(x) + zero, within the range of the type. */
function saturated(b: ScalarBuilder, x: Scalar, zero: Scalar, dtype: DType): Scalar {
  const bits = 8 * dtypeSpec(dtype).size;
  const signed = dtype.startsWith("i");
  const [low, high] = signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
  const rounded = b.op("f32.toInt", b.op("f32.rint", b.max(b.min(x, b.f32(2 ** 30)), b.f32(-(2 ** 30)))));
  return b.max(b.min(b.add(rounded, zero), b.int(high)), b.int(low));
}

const QUANTISED: readonly DType[] = ["u8", "i8", "u16", "i16"];

const quantizeLinear: Operator = (call) => {
  const [x, scale, zero] = [call.input(0), call.input(1), call.optional(2)];
  call.expect(x, "f32", "f16", "bf16");
  const code = call.attributes.int("output_dtype", 0);
  const dtype = zero?.dtype ?? (code === 0 ? "u8" : dtypeOfOnnx(code, "the result"));
  if (!QUANTISED.includes(dtype)) throw unsupported(`quantisation to ${dtype}`);
  return call.lower.map({ dtype, shape: x.shape }, (s) => {
    const { b } = s;
    const quotient = b.div(s.element(x), parameter(call, s, scale, x));
    return saturated(b, quotient, zero ? parameter(call, s, zero, x) : b.int(0), dtype);
  });
};

const dequantizeLinear: Operator = (call) => {
  const [x, scale, zero] = [call.input(0), call.input(1), call.optional(2)];
  call.expect(x, ...QUANTISED, "i32");
  call.expect(scale, "f32", "f16", "bf16");
  return call.lower.map({ dtype: scale.dtype, shape: x.shape }, (s) => {
    const { b } = s;
    const whole = zero ? b.sub(s.element(x), parameter(call, s, zero, x)) : s.element(x);
    return b.mul(b.op("f32.fromInt", whole), parameter(call, s, scale, x));
  });
};

/** Quantises to u8 by the range of the data, extended to include 0. */
const dynamicQuantizeLinear: Operator = (call) => {
  const { lower } = call;
  const x = call.input(0);
  call.expect(x, "f32");
  const axes = x.shape.map((_, i) => i);
  const max = maxOf(lower, x, axes);
  const min = reduceAxes(lower, x, axes, {
    combine: "min",
    term: (s, acc, load) => s.b.min(acc, load(x, Number.POSITIVE_INFINITY)),
  });
  const one = <T extends Value>(value: T): T => ({ ...value, shape: [] });
  const scale = lower.map({ dtype: "f32", shape: [] }, (s) => {
    const { b } = s;
    const range = b.sub(b.max(s.element(one(max)), b.f32(0)), b.min(s.element(one(min)), b.f32(0)));
    // If all elements are zero, any scale except 0 is valid, because it is a divisor.
    return b.select(b.eq(range, b.f32(0)), b.f32(1), b.div(range, b.f32(255)));
  });
  const zero = lower.map({ dtype: "u8", shape: [] }, (s) => {
    const { b } = s;
    return saturated(b, b.div(b.neg(b.min(s.element(one(min)), b.f32(0))), s.element(scale)), b.int(0), "u8");
  });
  const quantised = lower.map({ dtype: "u8", shape: x.shape }, (s) =>
    saturated(s.b, s.b.div(s.element(x), s.element(scale)), s.element(zero), "u8"),
  );
  return [quantised, scale, zero];
};

/** x − zero point in i32; the zero point is one for all, or one along `axis`. */
function centred(call: Call, x: Value, zero: Value | undefined, axis: number): Value {
  return call.lower.map({ dtype: "i32", shape: x.shape }, (s) => {
    if (!zero) return s.element(x);
    const perIndex = (): Scalar => (zero.shape.length === x.shape.length ? s.element(zero) : s.read(zero, [s.o(axis)]));
    return s.b.sub(s.element(x), zero.storage.elements === 1 ? s.element({ ...zero, shape: [] }) : perIndex());
  });
}

const matMulInteger: Operator = (call) => {
  const [a, b] = [call.input(0), call.input(1)];
  return numpyProduct(
    call,
    centred(call, a, call.optional(2), a.shape.length - 2),
    centred(call, b, call.optional(3), b.shape.length - 1),
  );
};

const convInteger: Operator = (call) =>
  convolutionOf(
    call,
    centred(call, call.input(0), call.optional(2), 1),
    centred(call, call.input(1), call.optional(3), 0),
    undefined,
  );

/** Rescales an integer result. @param scale and zero: numbers of the operator's inputs. */
function requantised(
  call: Call,
  x: Value,
  factors: readonly (readonly [Value, number])[],
  scale: Value,
  zero: Value,
): Value {
  const at = (s: Scope, value: Value, axis: number): Scalar =>
    value.storage.elements === 1
      ? s.element({ ...value, shape: [] })
      : s.read({ ...value, shape: [value.storage.elements] }, [s.o(axis)]);
  return call.lower.map({ dtype: zero.dtype, shape: x.shape }, (s) => {
    const { b } = s;
    const factor = factors.map(([value, axis]) => at(s, value, axis)).reduce((p, q) => b.mul(p, q));
    const real = b.mul(b.op("f32.fromInt", s.element(x)), b.div(factor, at(s, scale, 0)));
    return saturated(b, real, at(s, zero, 0), zero.dtype);
  });
}

/** Operands of QLinearMatMul and QLinearConv: each factor, and the result, with its scale and zero point. */
const eightInputs = (call: Call) =>
  [0, 1, 2, 3, 4, 5, 6, 7].map((i) => call.input(i)) as [Value, Value, Value, Value, Value, Value, Value, Value];

const qLinearMatMul: Operator = (call) => {
  const [a, aScale, aZero, b, bScale, bZero, scale, zero] = eightInputs(call);
  const [rows, columns] = [a.shape.length - 2, b.shape.length - 1];
  const product = numpyProduct(call, centred(call, a, aZero, rows), centred(call, b, bZero, columns));
  const rank = product.shape.length;
  return requantised(
    call,
    product,
    [
      [aScale, rank - 2],
      [bScale, rank - 1],
    ],
    scale,
    zero,
  );
};

const qLinearConv: Operator = (call) => {
  const [x, xScale, xZero, w, wScale, wZero, scale, zero] = eightInputs(call);
  const product = convolutionOf(call, centred(call, x, xZero, 1), centred(call, w, wZero, 0), call.optional(8));
  return requantised(
    call,
    product,
    [
      [xScale, 1],
      [wScale, 1],
    ],
    scale,
    zero,
  );
};

export const QUANTISATION: Readonly<Record<string, Operator>> = {
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
  DynamicQuantizeLinear: dynamicQuantizeLinear,
  MatMulInteger: matMulInteger,
  ConvInteger: convInteger,
  QLinearMatMul: qLinearMatMul,
  QLinearConv: qLinearConv,
};
