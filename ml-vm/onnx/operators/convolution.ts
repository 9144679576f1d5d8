import { type Index, scale, sum } from "../affine.ts";
import { elementCount } from "../../program/program.ts";
import type { Operator } from "../call.ts";
import type { Scope } from "../lower.ts";
import type { Value } from "../tensor.ts";
import { windowOf } from "../window.ts";
import { isPackable, panels, readPanels } from "./products.ts";

/**
 * Conv: x (N, Cin, spatial…), w (Cout, Cin/group, kernel…), terms in the order (channel, kernel…).
 * Where groups have several outputs, the output dimension of the channel is two, (group, channel in the group): views cannot divide.
 */
const conv: Operator = (call) => {
  const [x, w, bias] = [call.input(0), call.input(1), call.optional(2)];
  const group = call.attributes.int("group", 1);
  const [batch, channels] = x.shape as [number, number];
  const [outputs, depth] = w.shape as [number, number];
  if (x.shape.length < 3 || w.shape.length !== x.shape.length) call.fail(`input of shape [${x.shape}] with weights of shape [${w.shape}]`);
  if (depth * group !== channels || outputs % group !== 0) {
    call.fail(`${channels} input and ${outputs} output channels in ${group} groups do not fit weights of shape [${w.shape}]`);
  }
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== outputs)) call.fail(`a bias of shape [${bias.shape}] for ${outputs} channels`);
  const kernel = w.shape.slice(2);
  const declared = call.attributes.ints("kernel_shape");
  if (declared && `${declared}` !== `${kernel}`) call.fail(`kernel_shape [${declared}], but weights of shape [${w.shape}]`);
  const window = windowOf(call, x.shape, kernel);
  const space = [depth, ...kernel];
  // Output dimensions: batch, then channels (as group and channel in the group, if there are both), then space.
  const perGroup = outputs / group;
  const split = group > 1 && perGroup > 1;
  const lead = split ? [batch, group, perGroup] : [batch, outputs];
  const channel = (s: Scope): Index => (split ? sum(scale(s.o(1), perGroup), s.o(2)) : s.o(1));
  const grouped = (value: Value): Value => (split ? { ...value, shape: [group, perGroup, ...value.shape.slice(1)] } : value);
  const outputOf = (s: Scope): Index[] => (split ? [s.o(1), s.o(2)] : [s.o(1)]);
  const packed =
    group === 1 && isPackable(w) && w.storage.elements > 1
      ? panels(call.lower, w, outputs, elementCount(space), { output: elementCount(space), term: 1 })
      : null;
  const result = call.lower.reduce(
    { dtype: x.dtype, shape: [...lead, ...window.output] },
    {
      space,
      combine: "sum",
      of: x.dtype,
      splittable: depth > 1,
      term: (s, acc) => {
        const inGroup = s.r(0);
        const from = group === 1 ? inGroup : sum(scale(s.o(1), depth), inGroup);
        const at = window.output.map((_, i) =>
          sum(
            scale(s.o(lead.length + i), window.strides[i] as number, -(window.before[i] as number)),
            scale(s.r(1 + i), window.dilations[i] as number),
          ),
        );
        const pixel = s.read(x, [s.o(0), from, ...at]);
        const kernelAt = kernel.map((_, i) => s.r(1 + i));
        const weight = packed
          ? readPanels(s, packed, space, 1, [inGroup, ...kernelAt])
          : s.read(grouped(w), [...outputOf(s), inGroup, ...kernelAt]);
        return s.b.fma(pixel, weight, acc);
      },
      finish: (s, acc) => (bias ? s.b.add(acc, s.read(bias, [channel(s)])) : acc),
    },
  );
  return { ...result, shape: [batch, outputs, ...window.output] };
};

export const CONVOLUTION: Readonly<Record<string, Operator>> = { Conv: conv };
