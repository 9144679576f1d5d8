import { elementCount } from "../../program/program.ts";
import { floatConstant, type Value } from "../graph/tensor.ts";
import { type Index, scale, sum } from "../lowering/affine.ts";
import type { Call, Operator } from "../lowering/call.ts";
import { neutral, type Scope } from "../lowering/lower.ts";
import { type Window, windowOf } from "../lowering/window.ts";
import { average, maxOf } from "./reduction.ts";

/** Indices of an element in a window: output variables (n, c, spatial…), reduction variables the kernel's. */
function seen(s: Scope, window: Window): Index[] {
  const spatial = window.output.map((_, i) =>
    sum(
      scale(s.o(2 + i), window.strides[i] as number, -(window.before[i] as number)),
      scale(s.r(i), window.dilations[i] as number),
    ),
  );
  return [s.o(0), s.o(1), ...spatial];
}

const kernelOf = (call: Call): number[] => call.attributes.ints("kernel_shape") ?? call.fail("kernel_shape is missing");

const maxPool: Operator = (call) => {
  const x = call.input(0);
  const window = windowOf(call, x.shape, kernelOf(call));
  const shape = [...x.shape.slice(0, 2), ...window.output];
  return call.lower.reduce(
    { dtype: x.dtype, shape },
    {
      space: window.kernel,
      combine: "max",
      of: x.dtype,
      splittable: false,
      term: (s, acc) => s.b.max(acc, s.read(x, seen(s, window), neutral("max", x.dtype))),
    },
  );
};

/** Number of elements that each window counts: a function of the window's position, so it is known at import. */
function windowCounts(call: Call, window: Window, input: readonly number[], countPadding: boolean): Value {
  const [axes, total] = [window.output.map((n) => 4 * n), 4 * elementCount(window.output)];
  call.lower.budget.claimBytes(axes.reduce((a, b) => a + b, 0));
  const alongAxes = input.map((size, i) => axisCounts(window, i, size, countPadding));
  if (alongAxes.every((counts) => counts.every((n) => n === counts[0])))
    return floatConstant([alongAxes.reduce((product, [n]) => product * (n as number), 1)], []);
  call.lower.budget.claimBytes(total);
  const counts = alongAxes.reduce((outer, axis) => outer.flatMap((n) => axis.map((m) => n * m)), [1]);
  return floatConstant(counts, window.output);
}

/** For each output position along one axis, the kernel positions that are counted. */
function axisCounts(window: Window, axis: number, size: number, countPadding: boolean): number[] {
  const [kernel, stride, dilation] = [window.kernel[axis], window.strides[axis], window.dilations[axis]] as Triple;
  const [before, after, output] = [window.before[axis], window.after[axis], window.output[axis]] as Triple;
  const [low, high] = countPadding ? [-before, size + after] : [0, size];
  return Array.from({ length: output }, (_, i) => {
    const start = i * stride - before;
    const first = Math.max(0, Math.ceil((low - start) / dilation));
    const last = Math.min(kernel - 1, Math.ceil((high - start) / dilation) - 1);
    return Math.max(0, last - first + 1);
  });
}

type Triple = [number, number, number];

const averagePool: Operator = (call) => {
  const x = call.input(0);
  call.expect(x, "f32", "f16", "bf16");
  const window = windowOf(call, x.shape, kernelOf(call));
  const counts = windowCounts(call, window, x.shape.slice(2), call.attributes.flag("count_include_pad", false));
  const shape = [...x.shape.slice(0, 2), ...window.output];
  return call.lower.reduce(
    { dtype: x.dtype, shape },
    {
      space: window.kernel,
      combine: "sum",
      of: x.dtype,
      splittable: false,
      term: (s, acc) => s.b.add(acc, s.read(x, seen(s, window), 0)),
      finish: (s, acc) => s.b.div(acc, s.element(counts)),
    },
  );
};

/** Every axis behind the channel, reduced and kept. */
const spatialAxes = (x: Value): number[] => x.shape.slice(2).map((_, i) => 2 + i);

export const POOLING: Readonly<Record<string, Operator>> = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: (call) => average(call.lower, call.input(0), spatialAxes(call.input(0))),
  GlobalMaxPool: (call) => maxOf(call.lower, call.input(0), spatialAxes(call.input(0))),
};
