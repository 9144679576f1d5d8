import { VARIABLES } from "../../program/program.ts";
import { unsupported } from "../graph/error.ts";
import { dtypeOfOnnx } from "../graph/graph.ts";
import { floatConstant, intConstant, type Value } from "../graph/tensor.ts";
import type { Call, Operator } from "../lowering/call.ts";
import { scalarOf } from "../lowering/lower.ts";
import { toType } from "./arithmetic.ts";

/** Constants, conversions between types, and tensors made of indices. */

const constant: Operator = (call) => {
  const { attributes } = call;
  const [tensor, floats, ints] = [
    attributes.tensor("value"),
    attributes.floats("value_floats"),
    attributes.bigints("value_ints"),
  ];
  const [float, int] = [attributes.float("value_float"), attributes.bigint("value_int")];
  if (tensor) return tensor;
  if (floats) return floatConstant(floats, [floats.length]);
  if (ints) return intConstant(ints);
  if (float !== undefined) return floatConstant([float], []);
  if (int !== undefined) return intConstant([int], []);
  throw unsupported("its value is neither a tensor nor numbers");
};

const castTo = (call: Call, dtype: Value["dtype"]): Value => {
  const x = call.input(0);
  if (x.dtype === dtype) return x;
  return call.lower.map({ dtype, shape: x.shape }, (s) => toType(s.b, s.element(x), x.dtype, dtype));
};

const cast: Operator = (call) => castTo(call, dtypeOfOnnx(call.attributes.int("to", 0), "the result"));

/** Number of elements from start to limit, exclusive: all integers, or all floats. */
function countOf(start: number | bigint, limit: number | bigint, delta: number | bigint): number {
  if (typeof start === "bigint" && typeof limit === "bigint" && typeof delta === "bigint") {
    const [reach, step] = delta > 0n ? [limit - start, delta] : [start - limit, -delta];
    return reach <= 0n ? 0 : Number((reach + step - 1n) / step);
  }
  return Math.max(0, Math.ceil((Number(limit) - Number(start)) / Number(delta)));
}

/** start + i·delta. */
const range: Operator = (call) => {
  const [start, limit, delta] = [call.number(0), call.number(1), call.number(2)];
  const { dtype } = call.input(0);
  for (const i of [1, 2]) call.expect(call.input(i), dtype);
  if (Number(delta) === 0) call.fail("a step of 0");
  const count = countOf(start, limit, delta);
  return call.lower.map({ dtype, shape: [count] }, (s) => {
    const { b } = s;
    const type = scalarOf(dtype);
    const i = b.index(VARIABLES.output);
    return b.fma(type === "int" ? i : b.op(`${type}.fromInt`, i), b.number(type, delta), b.number(type, start));
  });
};

/** Ones on the diagonal k. */
const eyeLike: Operator = (call) => {
  const x = call.input(0);
  const code = call.attributes.int("dtype");
  const dtype = code === undefined ? x.dtype : dtypeOfOnnx(code, "the result");
  const k = call.attributes.int("k", 0);
  return call.lower.map({ dtype, shape: x.shape }, (s) => {
    const { b } = s;
    const on = b.eq(b.add(b.index(0), b.int(k)), b.index(1));
    return b.select(on, b.number(scalarOf(dtype), 1), b.number(scalarOf(dtype), 0));
  });
};

/** The upper or lower triangle from diagonal k on, zeros elsewhere. */
const trilu: Operator = (call) => {
  const x = call.input(0);
  const k = call.optional(1) ? (call.integers(1)[0] as number) : 0;
  const upper = call.attributes.flag("upper", true);
  const rank = x.shape.length;
  return call.lower.map(x, (s) => {
    const { b } = s;
    const [row, column] = [b.add(b.index(rank - 2), b.int(k)), b.index(rank - 1)];
    const zero = b.number(scalarOf(x.dtype), 0);
    return b.select(upper ? b.le(row, column) : b.le(column, row), s.element(x), zero);
  });
};

export const CONSTANTS: Readonly<Record<string, Operator>> = {
  Constant: constant,
  Cast: cast,
  CastLike: (call) => castTo(call, call.input(1).dtype),
  Range: range,
  EyeLike: eyeLike,
  Trilu: trilu,
};
