import type { Scalar, ScalarBuilder } from "../../functions/builder.ts";
import { exp, log, sigmoid } from "../../functions/functions.ts";
import { broadcastShapes } from "../broadcast.ts";
import type { Call, Operator } from "../call.ts";

/** f of each element, in the element's own type. */
const unary =
  (f: (b: ScalarBuilder, x: Scalar, call: Call) => Scalar): Operator =>
  (call) => {
    const x = call.input(0);
    return call.lower.map(x, (s) => f(s.b, s.element(x), call));
  };

const binary =
  (f: (b: ScalarBuilder, x: Scalar, y: Scalar) => Scalar): Operator =>
  (call) => {
    const [x, y] = [call.input(0), call.input(1)];
    if (x.dtype !== y.dtype) call.fail(`operands of ${x.dtype} and ${y.dtype}`);
    const shape = broadcastShapes(x.shape, y.shape);
    return call.lower.map({ dtype: x.dtype, shape }, (s) => f(s.b, s.element(x), s.element(y)));
  };

export const ELEMENTWISE: Readonly<Record<string, Operator>> = {
  Add: binary((b, x, y) => b.add(x, y)),
  Sub: binary((b, x, y) => b.sub(x, y)),
  Mul: binary((b, x, y) => b.mul(x, y)),
  Div: binary((b, x, y) => b.div(x, y)),
  Relu: unary((b, x) => b.max(x, b.number(x.type, 0))),
  Exp: unary((b, x) => exp(b, x)),
  Sigmoid: unary((b, x) => sigmoid(b, x)),
  Log: unary((b, x) => log(b, x)),
  Constant: (call) => call.attributes.tensor("value") ?? call.fail("value"),
};
