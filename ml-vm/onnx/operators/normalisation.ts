import type { Scalar, ScalarBuilder } from "../../functions/builder.ts";
import { exp, log, pow } from "../../functions/functions.ts";
import { elementCount } from "../../program/program.ts";
import { unsupported } from "../graph/error.ts";
import type { Value } from "../graph/tensor.ts";
import { scale, sum } from "../lowering/affine.ts";
import type { Call, Operator } from "../lowering/call.ts";
import type { Lowering } from "../lowering/lower.ts";
import { average, firstGreatest, maxOf, reduceAxes, sumOf } from "./reduction.ts";

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
  const powers = call.lower.map({ dtype: "f32", shape: x.shape }, (s) =>
    exp(s.b, s.b.sub(s.element(x), s.element(max))),
  );
  const total = sumOf(call.lower, powers, [axis]);
  const result = call.lower.map(x, (s) => s.b.div(s.element(powers), s.element(total)));
  return { ...result, shape: call.input(0).shape };
};

/** (x − max) − log Σ e^(x − max). */
const logSoftmax: Operator = (call) => {
  const { x, axis } = softmaxInput(call);
  const max = maxOf(call.lower, x, [axis]);
  const powers = call.lower.map({ dtype: "f32", shape: x.shape }, (s) =>
    exp(s.b, s.b.sub(s.element(x), s.element(max))),
  );
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
  if (call.attributes.flag("training_mode", false)) throw unsupported("training mode");
  const epsilon = call.attributes.float("epsilon", 1e-5);
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => overChannels(call.input(i), x.shape.length)) as [
    Value,
    Value,
    Value,
    Value,
  ];
  const type = { dtype: "f32", shape: scale.shape } as const;
  const a = call.lower.map(type, (s) => {
    const { b } = s;
    return b.div(s.element(scale), b.op("f32.sqrt", b.add(s.element(variance), b.f32(epsilon))));
  });
  const c = call.lower.map(type, (s) => s.b.fma(s.b.neg(s.element(mean)), s.element(a), s.element(bias)));
  return call.lower.map(x, (s) => s.b.fma(s.element(x), s.element(a), s.element(c)));
};

const SINGLE = ["f32", "f16", "bf16"] as const;

/** Mean, x − mean and variance over `axes`; all in f32. */
function moments(call: Call, x: Value, axes: readonly number[]) {
  const { lower } = call;
  const type = { dtype: "f32", shape: x.shape } as const;
  const wide = x.dtype === "f32" ? x : lower.map(type, (s) => s.element(x));
  const mean = average(lower, wide, axes);
  const centred = lower.map(type, (s) => s.b.sub(s.element(wide), s.element(mean)));
  return { mean, centred, variance: meanSquare(lower, centred, axes) };
}

/** (x − mean) / √(variance + ε) over `axes`, in its parts. */
function standardised(call: Call, x: Value, axes: readonly number[], epsilon: number) {
  const { mean, centred, variance } = moments(call, x, axes);
  const inverse = call.lower.map(variance, (s) => inverseRoot(s.b, s.element(variance), epsilon));
  return { mean, centred, inverse };
}

const inverseRoot = (b: ScalarBuilder, x: Scalar, epsilon: number): Scalar =>
  b.div(b.f32(1), b.op("f32.sqrt", b.add(x, b.f32(epsilon))));

/** Σ x² / n over the axes. */
const meanSquare = (lower: Lowering, x: Value, axes: readonly number[]): Value =>
  reduceAxes(lower, x, axes, {
    combine: "sum",
    term: (s, acc, load) => s.b.fma(load(x), load(x), acc),
    finish: (s, acc) => s.b.div(acc, s.b.number(acc.type, elementCount(axes.map((a) => x.shape[a] as number)))),
  });

/** centred · inverse · scale + bias. */
const affine = (
  call: Call,
  x: Value,
  centred: Value,
  inverse: Value,
  scale: Value | undefined,
  bias: Value | undefined,
): Value =>
  call.lower.map(x, (s) => {
    const { b } = s;
    const normal = b.mul(s.element(centred), s.element(inverse));
    const scaled = scale ? b.mul(normal, s.element(scale)) : normal;
    return bias ? b.add(scaled, s.element(bias)) : scaled;
  });

const axesFrom = (axis: number, rank: number): number[] => Array.from({ length: rank - axis }, (_, i) => axis + i);

const layerNormalization: Operator = (call) => {
  const x = call.input(0);
  call.expect(x, ...SINGLE);
  const axes = axesFrom(call.axis(call.attributes.int("axis", -1), x.shape.length), x.shape.length);
  const { mean, centred, inverse } = standardised(call, x, axes, call.attributes.float("epsilon", 1e-5));
  return [affine(call, x, centred, inverse, call.input(1), call.optional(2)), mean, inverse];
};

const rmsNormalization: Operator = (call) => {
  const x = call.input(0);
  call.expect(x, ...SINGLE);
  const axes = axesFrom(call.axis(call.attributes.int("axis", -1), x.shape.length), x.shape.length);
  const wide = x.dtype === "f32" ? x : call.lower.map({ dtype: "f32", shape: x.shape }, (s) => s.element(x));
  const square = meanSquare(call.lower, wide, axes);
  const inverse = call.lower.map(square, (s) =>
    inverseRoot(s.b, s.element(square), call.attributes.float("epsilon", 1e-5)),
  );
  return affine(call, x, x, inverse, call.input(1), undefined);
};

const instanceNormalization: Operator = (call) => {
  const x = call.input(0);
  call.expect(x, ...SINGLE);
  const { centred, inverse } = standardised(
    call,
    x,
    axesFrom(2, x.shape.length),
    call.attributes.float("epsilon", 1e-5),
  );
  const [scale, bias] = [1, 2].map((i) => overChannels(call.input(i), x.shape.length));
  return affine(call, x, centred, inverse, scale, bias);
};

/** Groups of channels are normalised together; before operator set 21, scale and bias had one element per group. */
const groupNormalization: Operator = (call) => {
  const x = call.input(0);
  call.expect(x, ...SINGLE);
  const groups = call.attributes.int("num_groups", 1);
  const [n, channels, ...spatial] = x.shape as [number, number, ...number[]];
  if (!(groups >= 1) || channels % groups !== 0) call.fail(`${channels} channels in ${groups} groups`);
  const grouped = { ...x, shape: [n, groups, channels / groups, ...spatial] };
  const { centred, inverse } = standardised(
    call,
    grouped,
    axesFrom(2, grouped.shape.length),
    call.attributes.float("epsilon", 1e-5),
  );
  const [scale, bias] = [1, 2].map((i) => {
    const vector = call.input(i);
    return { ...vector, shape: [groups, vector.storage.elements / groups, ...spatial.map(() => 1)] };
  });
  return { ...affine(call, grouped, centred, inverse, scale, bias), shape: x.shape };
};

/** (x − mean) / (√variance + 10⁻⁹): here epsilon is added to the deviation. */
const meanVarianceNormalization: Operator = (call) => {
  const x = call.input(0);
  call.expect(x, ...SINGLE);
  const axes = call.axes(call.attributes.ints("axes") ?? [0, 2, 3], x.shape.length);
  const { centred, variance } = moments(call, x, axes);
  return call.lower.map(x, (s) => {
    const { b } = s;
    return b.div(s.element(centred), b.add(b.op("f32.sqrt", s.element(variance)), b.f32(1e-9)));
  });
};

const lpNormalization: Operator = (call) => {
  const x = call.input(0);
  call.expect(x, ...SINGLE);
  const axis = call.axis(call.attributes.int("axis", -1), x.shape.length);
  const p = call.attributes.int("p", 2);
  if (p !== 1 && p !== 2) call.fail(`a norm of p = ${p}; 1 and 2 are possible`);
  const one = p === 1;
  const norm = reduceAxes(call.lower, x, [axis], {
    combine: "sum",
    dtype: "f32",
    term: (s, acc, load) => (one ? s.b.add(acc, s.b.abs(load(x))) : s.b.fma(load(x), load(x), acc)),
    finish: (s, acc) => (one ? acc : s.b.op("f32.sqrt", acc)),
  });
  // A zero vector stays zero.
  return call.lower.map(x, (s) => {
    const [element, divisor] = [s.element(x), s.element(norm)];
    return s.b.select(s.b.eq(divisor, s.b.f32(0)), s.b.f32(0), s.b.div(element, divisor));
  });
};

/** x / (k + α/n · Σ x²)^β, the sum over the n channels around it. */
const lrn: Operator = (call) => {
  const x = call.input(0);
  call.expect(x, ...SINGLE);
  const size = call.attributes.int("size") ?? call.fail("the size is missing");
  if (size < 1) call.fail(`a size of ${size}`);
  const [alpha, beta, bias] = [
    call.attributes.float("alpha", 1e-4),
    call.attributes.float("beta", 0.75),
    call.attributes.float("bias", 1),
  ];
  const squares = call.lower.reduce(
    { dtype: "f32", shape: x.shape },
    {
      space: [size],
      combine: "sum",
      of: "f32",
      splittable: false,
      term: (s, acc) => {
        const channel = sum(s.o(1), scale(s.r(0), 1, -Math.floor((size - 1) / 2)));
        const element = s.read(
          x,
          x.shape.map((_, i) => (i === 1 ? channel : s.o(i))),
          0,
        );
        return s.b.fma(element, element, acc);
      },
    },
  );
  return call.lower.map(x, (s) => {
    const { b } = s;
    const base = b.fma(b.f32(alpha / size), s.element(squares), b.f32(bias));
    return b.div(s.element(x), pow(b, base, b.f32(beta)));
  });
};

/** 1 at the first greatest element of the axis, 0 elsewhere. */
const hardmax: Operator = (call) => {
  const { x, axis } = softmaxInput(call);
  const best = firstGreatest(call.lower, x, axis);
  const result = call.lower.map(x, (s) => {
    const { b } = s;
    return b.select(b.eq(b.index(axis), s.element(best)), b.f32(1), b.f32(0));
  });
  return { ...result, shape: call.input(0).shape };
};

export const NORMALISATION: Readonly<Record<string, Operator>> = {
  Softmax: softmax,
  LogSoftmax: logSoftmax,
  Hardmax: hardmax,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
  InstanceNormalization: instanceNormalization,
  GroupNormalization: groupNormalization,
  MeanVarianceNormalization: meanVarianceNormalization,
  LpNormalization: lpNormalization,
  LRN: lrn,
};
