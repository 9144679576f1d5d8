import { elementCount } from "../../program/program.ts";
import { type Index, scale, sum } from "../affine.ts";
import type { Call, Operator } from "../call.ts";
import { neutral, type Scope } from "../lower.ts";
import { floatConstant, type Value } from "../tensor.ts";
import { type Window, windowOf } from "../window.ts";
import { average, maxOf } from "./reduction.ts";

/** Indices of the element that a window sees: output variables (n, c, spatial…), reduction variables the kernel's. */
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
  if (call.node.outputs.length > 1) call.fail("the indices of MaxPool are not supported");
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

/** Number of elements that each window counts: a function of its place alone, so that it is known at import. */
function windowCounts(window: Window, input: readonly number[], countPadding: boolean): Value {
  const counts = new Float32Array(elementCount(window.output));
  for (let flat = 0; flat < counts.length; flat++) {
    let [count, rest] = [1, flat];
    for (let i = window.output.length - 1; i >= 0; i--) {
      const [size, before, after] = [input[i], window.before[i], window.after[i]] as [number, number, number];
      const start = (rest % (window.output[i] as number)) * (window.strides[i] as number) - before;
      rest = Math.floor(rest / (window.output[i] as number));
      const [low, high] = countPadding ? [-before, size + after] : [0, size];
      let inside = 0;
      for (let k = 0; k < (window.kernel[i] as number); k++) {
        const at = start + k * (window.dilations[i] as number);
        if (at >= low && at < high) inside++;
      }
      count *= inside;
    }
    counts[flat] = count;
  }
  const [first] = counts;
  const uniform = counts.every((c) => c === first);
  return uniform ? floatConstant([first as number], []) : floatConstant(counts, window.output);
}

const averagePool: Operator = (call) => {
  const x = call.input(0);
  call.expect(x, "f32", "f16", "bf16");
  const window = windowOf(call, x.shape, kernelOf(call));
  const counts = windowCounts(window, x.shape.slice(2), call.attributes.int("count_include_pad", 0) !== 0);
  const shape = [...x.shape.slice(0, 2), ...window.output];
  return call.lower.reduce(
    { dtype: x.dtype, shape },
    {
      space: window.kernel,
      combine: "sum",
      of: x.dtype,
      splittable: false,
      term: (s, acc) => s.b.add(acc, s.read(x, seen(s, window))),
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
