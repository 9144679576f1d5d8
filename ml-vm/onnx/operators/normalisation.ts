import { exp, log } from "../../functions/functions.ts";
import { elementCount } from "../../program/program.ts";
import type { Call, Operator } from "../call.ts";
import type { Value } from "../tensor.ts";
import { maxOf, sumOf } from "./reduction.ts";

/** The input with the axes that the operator normalises over: one, or before operator set 13 all from `axis` on. */
function softmaxInput(call: Call): { x: Value; axis: number } {
  const x = call.input(0);
  call.expect(x, "f32", "f16", "bf16");
  const axis = call.axis(call.attributes.int("axis", call.opset < 13 ? 1 : -1), x.shape.length);
  if (call.opset >= 13) return { x, axis };
  const flat = [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis))];
  return { x: { ...x, shape: flat }, axis: 1 };
}

/** e^(x − max) / Σ e^(x − max). */
const softmax: Operator = (call) => {
  const { x, axis } = softmaxInput(call);
  const max = maxOf(call.lower, x, [axis]);
  const powers = call.lower.map({ dtype: "f32", shape: x.shape }, (s) => exp(s.b, s.b.sub(s.element(x), s.element(max))));
  const total = sumOf(call.lower, powers, [axis]);
  const result = call.lower.map(x, (s) => s.b.div(s.element(powers), s.element(total)));
  return { ...result, shape: call.input(0).shape };
};

/** (x − max) − log Σ e^(x − max). */
const logSoftmax: Operator = (call) => {
  const { x, axis } = softmaxInput(call);
  const max = maxOf(call.lower, x, [axis]);
  const powers = call.lower.map({ dtype: "f32", shape: x.shape }, (s) => exp(s.b, s.b.sub(s.element(x), s.element(max))));
  const total = sumOf(call.lower, powers, [axis]);
  const logTotal = call.lower.map(total, (s) => log(s.b, s.element(total)));
  const result = call.lower.map(x, (s) => s.b.sub(s.b.sub(s.element(x), s.element(max)), s.element(logTotal)));
  return { ...result, shape: call.input(0).shape };
};

/** A vector over channels, in a shape that broadcasts over [N, C, …]. */
export const overChannels = (vector: Value, rank: number): Value => ({
  ...vector,
  shape: [vector.storage.elements, ...new Array(Math.max(0, rank - 2)).fill(1)],
});

/**
 * At inference: fma(x, a, b) with a = scale / √(variance + ε) and b = bias − mean · a for each channel, which are
 * evaluated at import where the parameters are constants.
 */
const batchNormalization: Operator = (call) => {
  const x = call.input(0);
  call.expect(x, "f32", "f16", "bf16");
  if (call.attributes.int("training_mode", 0) !== 0) call.fail("training mode is not supported");
  const epsilon = call.attributes.float("epsilon", 1e-5);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => overChannels(call.input(i), x.shape.length)) as [Value, Value, Value, Value];
  const type = { dtype: "f32", shape: scale.shape } as const;
  const a = call.lower.map(type, (s) => {
    const { b } = s;
    return b.div(s.element(scale), b.op("f32.sqrt", b.add(s.element(variance), b.f32(epsilon))));
  });
  const c = call.lower.map(type, (s) => s.b.fma(s.b.neg(s.element(mean)), s.element(a), s.element(bias)));
  return call.lower.map(x, (s) => s.b.fma(s.element(x), s.element(a), s.element(c)));
};

export const NORMALISATION: Readonly<Record<string, Operator>> = {
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  BatchNormalization: batchNormalization,
};
