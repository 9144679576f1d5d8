import type { Scalar, ScalarBuilder } from "../../functions/builder.ts";
import { cos, erf, exp, log, pow, sigmoid, sin, tanh } from "../../functions/functions.ts";
import type { DType } from "../../program/dtype.ts";
import { unsupported } from "../graph/error.ts";
import type { Value } from "../graph/tensor.ts";
import { broadcastShapes } from "../lowering/broadcast.ts";
import type { Call, Operator } from "../lowering/call.ts";
import {
  absolute,
  divide,
  equal,
  lessThan,
  maximum,
  minimum,
  notANumber,
  remainder,
  signOf,
  toType,
} from "./arithmetic.ts";

/** Types on which the scalar programs of ml-vm/functions work. */
const SINGLE: readonly DType[] = ["f32", "f16", "bf16"];
const FLOAT: readonly DType[] = [...SINGLE, "f64"];
const INTEGER: readonly DType[] = ["i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64"];

type Unary = (b: ScalarBuilder, x: Scalar, call: Call, dtype: DType) => Scalar;
type Binary = (b: ScalarBuilder, x: Scalar, y: Scalar, dtype: DType, call: Call) => Scalar;

/** f of each element. The result's type defaults to the input's. */
const unary =
  (f: Unary, types?: readonly DType[], result?: DType): Operator =>
  (call) => {
    const x = call.input(0);
    if (types) call.expect(x, ...types);
    return call.lower.map({ dtype: result ?? x.dtype, shape: x.shape }, (s) => f(s.b, s.element(x), call, x.dtype));
  };

const single = (f: Unary): Operator => unary(f, SINGLE);
const float = (f: Unary): Operator => unary(f, FLOAT);

/** Before operator set 7, the attribute `axis` places the second operand. */
function secondOperand(call: Call): Value {
  const [x, y] = [call.input(0), call.input(1)];
  if (call.opset >= 7) return y;
  if (!call.attributes.flag("broadcast", false)) {
    if (`${x.shape}` === `${y.shape}`) return y;
    call.fail(`operands of shapes [${x.shape}] and [${y.shape}] without the attribute "broadcast"`);
  }
  const axis = call.attributes.int("axis", x.shape.length - y.shape.length);
  if (axis < 0 || axis + y.shape.length > x.shape.length)
    call.fail(`a second operand of shape [${y.shape}] laid over [${x.shape}] from axis ${axis} on`);
  return { ...y, shape: [...y.shape, ...new Array(Math.max(0, x.shape.length - axis - y.shape.length)).fill(1)] };
}

const binary =
  (f: Binary, { types, result }: { types?: readonly DType[]; result?: DType } = {}): Operator =>
  (call) => {
    const [x, y] = [call.input(0), secondOperand(call)];
    if (x.dtype !== y.dtype) call.fail(`operands of ${x.dtype} and ${y.dtype}`);
    if (types) call.expect(x, ...types);
    const shape = broadcastShapes(x.shape, y.shape);
    return call.lower.map({ dtype: result ?? x.dtype, shape }, (s) =>
      f(s.b, s.element(x), s.element(y), x.dtype, call),
    );
  };

const comparison = (f: Binary): Operator => binary(f, { result: "bool" });
const logical = (op: string): Operator => binary((b, x, y) => b.op(op, x, y), { types: ["bool"] });
const bitwise = (op: string): Operator => binary((b, x, y) => b.op(op, x, y), { types: INTEGER });

/** Folds the operands from the left. */
const variadic =
  (
    f: (b: ScalarBuilder, x: Scalar, y: Scalar, dtype: DType) => Scalar,
    finish?: (b: ScalarBuilder, x: Scalar, n: number) => Scalar,
  ): Operator =>
  (call) => {
    const values = call.inputs.map((_, i) => call.input(i));
    const [first] = values as [Value];
    if (values.length === 1) return first;
    for (const value of values) {
      call.expect(value, first.dtype);
      if (call.opset < 8 && `${value.shape}` !== `${first.shape}`)
        call.fail(
          `operands of shapes [${first.shape}] and [${value.shape}]; they are broadcast from operator set 8 on`,
        );
    }
    return call.lower.map({ dtype: first.dtype, shape: broadcastShapes(...values.map((v) => v.shape)) }, (s) => {
      const total = values.map((v) => s.element(v)).reduce((x, y) => f(s.b, x, y, first.dtype));
      return finish ? finish(s.b, total, values.length) : total;
    });
  };

const powOperator: Operator = (call) => {
  const [x, y] = [call.input(0), secondOperand(call)];
  if (call.opset < 12) call.expect(y, x.dtype);
  const type = { dtype: x.dtype, shape: broadcastShapes(x.shape, y.shape) };
  return call.lower.map(type, (s) => {
    const { b } = s;
    const exponent = y.storage.data && y.storage.elements === 1 ? exponentOf(y) : null;
    const base = s.element(x);
    // Squares and cubes are computed as products.
    if (exponent === 2) return b.mul(base, base);
    if (exponent === 3) return b.mul(b.mul(base, base), base);
    const power = s.element(y);
    const rounded = (): Scalar => pow(b, toType(b, base, x.dtype, "f32"), toType(b, power, y.dtype, "f32"));
    if (base.type === "int")
      return power.type === "int" ? integerPower(b, base, power) : mixedPower(b, base, power, rounded());
    if (x.dtype === "f64") throw unsupported("powers of f64");
    return toType(b, rounded(), "f32", x.dtype);
  });
};

/** An integer to the power of a float: exact where that is whole, else the f32 result, truncated. */
const mixedPower = (b: ScalarBuilder, base: Scalar, power: Scalar, rounded: Scalar): Scalar =>
  b.select(
    b.eq(b.op(`${power.type}.rint`, power), power),
    integerPower(b, base, b.op(`${power.type}.toInt`, power)),
    b.op("f32.toInt", rounded),
  );

/**
 * base^power modulo 2^64, by squaring, for powers below 64. For other powers only −1, 0 and 1 have results that fit; other bases give 0.
 */
function integerPower(b: ScalarBuilder, base: Scalar, power: Scalar): Scalar {
  const bit = (i: number): Scalar => b.and(b.op("int.shr", power, b.int(i)), b.int(1));
  const square = b.mul(base, base);
  let [result, factor] = [b.select(bit(0), base, b.int(1)), square];
  for (let i = 1; i < 6; i++) {
    result = b.select(bit(i), b.mul(result, factor), result);
    factor = b.mul(factor, factor);
  }
  const beyond = b.select(b.op("int.ltU", square, b.int(2)), b.select(bit(0), base, square), b.int(0));
  return b.select(b.op("int.ltU", power, b.int(64)), result, beyond);
}

/** A constant exponent, if it is a small integer. */
function exponentOf(y: Value): number | null {
  const data = y.storage.data as Uint8Array;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const value =
    y.dtype === "f32" ? view.getFloat32(0, true) : y.dtype === "i64" ? Number(view.getBigInt64(0, true)) : null;
  return value === 2 || value === 3 ? value : null;
}

/** The bounds are attributes before operator set 11, and inputs of one element from there on. */
const clip: Operator = (call) => {
  const x = call.input(0);
  const [low, high] = [call.optional(1), call.optional(2)];
  return call.lower.map(x, (s) => {
    let result = s.element(x);
    const attribute = (name: string): Scalar | null =>
      call.attributes.has(name) ? s.b.number(result.type, call.attributes.float(name, 0)) : null;
    const bound = (value: Value | undefined, name: string): Scalar | null =>
      value ? s.element({ ...value, shape: [] }) : attribute(name);
    const [min, max] = [bound(low, "min"), bound(high, "max")];
    if (min) result = maximum(s.b, result, min, x.dtype);
    if (max) result = minimum(s.b, result, max, x.dtype);
    return result;
  });
};

const where: Operator = (call) => {
  const [condition, x, y] = [call.input(0), call.input(1), call.input(2)];
  if (x.dtype !== y.dtype) call.fail(`choices of ${x.dtype} and ${y.dtype}`);
  const shape = broadcastShapes(condition.shape, x.shape, y.shape);
  return call.lower.map({ dtype: x.dtype, shape }, (s) => s.b.select(s.element(condition), s.element(x), s.element(y)));
};

const leaky = (b: ScalarBuilder, x: Scalar, slope: Scalar): Scalar =>
  b.select(b.lt(x, b.number(x.type, 0)), b.mul(x, slope), x);

/** The slope is broadcast to x's shape; before operator set 7, a one-dimensional slope runs along the channels. */
const pRelu: Operator = (call) => {
  const [x, given] = [call.input(0), call.input(1)];
  const perChannel = call.opset < 7 && given.shape.length === 1;
  const slope = perChannel ? { ...given, shape: [...given.shape, ...x.shape.slice(2).map(() => 1)] } : given;
  if (`${broadcastShapes(x.shape, slope.shape)}` !== `${x.shape}`) {
    call.fail(`a slope of shape [${slope.shape}] for [${x.shape}]`);
  }
  return call.lower.map(x, (s) => leaky(s.b, s.element(x), s.element(slope)));
};

/** α·(e^x − 1) for negative x, scaled by γ. */
const elu = (b: ScalarBuilder, x: Scalar, alpha: number): Scalar =>
  b.select(b.lt(x, b.f32(0)), b.mul(b.f32(alpha), b.sub(exp(b, x), b.f32(1))), x);

/** log(1 + e^x) = max(x, 0) + log(1 + e^−|x|). */
const softplus = (b: ScalarBuilder, x: Scalar): Scalar =>
  b.add(b.max(x, b.f32(0)), log(b, b.add(b.f32(1), exp(b, b.neg(b.abs(x))))));

const hardSigmoid = (b: ScalarBuilder, x: Scalar, alpha: number, beta: number): Scalar =>
  b.max(b.f32(0), b.min(b.f32(1), b.fma(b.f32(alpha), x, b.f32(beta))));

function gelu(b: ScalarBuilder, x: Scalar, call: Call): Scalar {
  const half = b.mul(b.f32(0.5), x);
  if (call.attributes.choice("approximate", ["none", "tanh"]) === "none")
    // biome-ignore lint/suspicious/noApproximativeNumericConstant: √½ as a literal, independent of the host
    return b.fma(half, erf(b, b.mul(x, b.f32(0.7071067811865476))), half);
  const cubed = b.fma(b.mul(b.mul(x, x), x), b.f32(0.044715), x);
  return b.fma(half, tanh(b, b.mul(b.f32(0.7978845608028654), cubed)), half);
}

const shrink = (b: ScalarBuilder, x: Scalar, call: Call): Scalar => {
  const [lambda, bias] = [
    b.number(x.type, call.attributes.float("lambd", 0.5)),
    b.number(x.type, call.attributes.float("bias", 0)),
  ];
  const above = b.select(b.lt(lambda, x), b.sub(x, bias), b.number(x.type, 0));
  return b.select(b.lt(x, b.neg(lambda)), b.add(x, bias), above);
};

const isInfinite = (b: ScalarBuilder, x: Scalar, call: Call): Scalar => {
  const infinity = b.number(x.type, Number.POSITIVE_INFINITY);
  const sign = (attribute: string, value: Scalar): Scalar =>
    call.attributes.flag(attribute, true) ? b.eq(x, value) : b.int(0);
  return b.or(sign("detect_positive", infinity), sign("detect_negative", b.neg(infinity)));
};

/** The shift amount is below 64. The bound is needed because an element's type can be narrower than its register. */
const bitShift: Operator = binary(
  (b, x, y, _, call) => {
    if (!call.attributes.has("direction")) call.fail("the direction is missing");
    const left = call.attributes.choice("direction", ["LEFT", "RIGHT"]) === "LEFT";
    const shifted = b.op(left ? "int.shl" : "int.shr", x, y);
    return b.select(b.op("int.ltU", y, b.int(64)), shifted, b.int(0));
  },
  { types: ["u8", "u16", "u32", "u64"] },
);

const round = (op: string): Operator => float((b, x) => b.op(`${x.type}.${op}`, x));

export const ELEMENTWISE: Readonly<Record<string, Operator>> = {
  Add: binary((b, x, y) => b.add(x, y)),
  Sub: binary((b, x, y) => b.sub(x, y)),
  Mul: binary((b, x, y) => b.mul(x, y)),
  Div: binary((b, x, y, dtype) => divide(b, x, y, dtype)),
  Mod: binary((b, x, y, dtype, call) => remainder(b, x, y, dtype, call.attributes.flag("fmod", false))),
  Pow: powOperator,
  Sum: variadic((b, x, y) => b.add(x, y)),
  Mean: variadic(
    (b, x, y) => b.add(x, y),
    (b, x, n) => b.div(x, b.number(x.type, n)),
  ),
  Max: variadic(maximum),
  Min: variadic(minimum),
  Equal: comparison((b, x, y) => equal(b, x, y)),
  Less: comparison(lessThan),
  Greater: comparison((b, x, y, dtype) => lessThan(b, y, x, dtype)),
  LessOrEqual: comparison((b, x, y, dtype) => b.or(lessThan(b, x, y, dtype), equal(b, x, y))),
  GreaterOrEqual: comparison((b, x, y, dtype) => b.or(lessThan(b, y, x, dtype), equal(b, x, y))),
  And: logical("int.and"),
  Or: logical("int.or"),
  Xor: logical("int.xor"),
  Not: unary((b, x) => b.not(x), ["bool"]),
  BitwiseAnd: bitwise("int.and"),
  BitwiseOr: bitwise("int.or"),
  BitwiseXor: bitwise("int.xor"),
  BitwiseNot: unary((b, x) => b.op("int.xor", x, b.int(-1)), INTEGER),
  BitShift: bitShift,
  Where: where,
  Clip: clip,
  PRelu: pRelu,
  Abs: unary((b, x, _, dtype) => absolute(b, x, dtype)),
  Neg: unary((b, x) => b.neg(x)),
  Sign: unary((b, x, _, dtype) => signOf(b, x, dtype)),
  Floor: round("floor"),
  Ceil: round("ceil"),
  Round: round("rint"),
  Sqrt: round("sqrt"),
  Reciprocal: float((b, x) => b.div(b.number(x.type, 1), x)),
  IsNaN: unary((b, x) => notANumber(b, x), FLOAT, "bool"),
  IsInf: unary(isInfinite, FLOAT, "bool"),
  Exp: single((b, x) => exp(b, x)),
  Log: single((b, x) => log(b, x)),
  Sin: single((b, x) => sin(b, x)),
  Cos: single((b, x) => cos(b, x)),
  Tan: single((b, x) => b.div(sin(b, x), cos(b, x))),
  Tanh: single((b, x) => tanh(b, x)),
  Erf: single((b, x) => erf(b, x)),
  Sigmoid: single((b, x) => sigmoid(b, x)),
  Relu: unary((b, x) => b.max(x, b.number(x.type, 0))),
  LeakyRelu: float((b, x, call) => leaky(b, x, b.number(x.type, call.attributes.float("alpha", 0.01)))),
  ThresholdedRelu: float((b, x, call) =>
    b.select(b.lt(b.number(x.type, call.attributes.float("alpha", 1)), x), x, b.number(x.type, 0)),
  ),
  Elu: single((b, x, call) => elu(b, x, call.attributes.float("alpha", 1))),
  Selu: single((b, x, call) => {
    const alpha = call.attributes.float("alpha", 1.6732632423543772);
    return b.mul(b.f32(call.attributes.float("gamma", 1.0507009873554805)), elu(b, x, alpha));
  }),
  Celu: single((b, x, call) => {
    const alpha = b.f32(call.attributes.float("alpha", 1));
    const negative = b.mul(alpha, b.sub(exp(b, b.div(x, alpha)), b.f32(1)));
    return b.add(b.max(x, b.f32(0)), b.min(b.f32(0), negative));
  }),
  Gelu: single(gelu),
  Softplus: single((b, x) => softplus(b, x)),
  Softsign: single((b, x) => b.div(x, b.add(b.f32(1), b.abs(x)))),
  Mish: single((b, x) => b.mul(x, tanh(b, softplus(b, x)))),
  Swish: single((b, x, call) => b.mul(x, sigmoid(b, b.mul(b.f32(call.attributes.float("alpha", 1)), x)))),
  HardSigmoid: single((b, x, call) =>
    hardSigmoid(b, x, call.attributes.float("alpha", 0.2), call.attributes.float("beta", 0.5)),
  ),
  HardSwish: single((b, x) => b.mul(x, hardSigmoid(b, x, 1 / 6, 0.5))),
  Shrink: unary((b, x, call, dtype) => toType(b, shrink(b, toType(b, x, dtype, "f32"), call), "f32", dtype)),
};
