import { elementCount } from "../../program/program.ts";
import type { Value } from "../graph/tensor.ts";
import { type Index, scale, sum } from "../lowering/affine.ts";
import type { Call, Operator } from "../lowering/call.ts";
import type { Scope } from "../lowering/lower.ts";
import { AUTO_PAD, type Window, windowOf } from "../lowering/window.ts";
import { isPackable, panels, readPanels } from "./products.ts";

/**
 * Conv: x (N, Cin, spatial…), w (Cout, Cin/group, kernel…), terms in the order (channel, kernel…).
 * If groups have several outputs, the channel has two output dimensions, (group, channel in the group), because views cannot divide.
 */
export function convolution(
  call: Call,
  x: Value,
  w: Value,
  bias: Value | undefined,
  window: Window,
  group: number,
): Value {
  const [batch, channels] = x.shape as [number, number];
  const [outputs, depth] = w.shape as [number, number];
  if (depth * group !== channels || outputs % group !== 0) {
    call.fail(
      `${channels} input and ${outputs} output channels in ${group} groups do not fit weights of shape [${w.shape}]`,
    );
  }
  for (const { dtype } of bias ? [w, bias] : [w])
    if (dtype !== x.dtype) call.fail(`input of ${x.dtype} with weights or bias of ${dtype}`);
  const { kernel } = window;
  const space = [depth, ...kernel];
  // Output dimensions: batch, then channels (as group and channel in the group, if there are both), then space.
  const perGroup = outputs / group;
  const split = group > 1 && perGroup > 1;
  const lead = split ? [batch, group, perGroup] : [batch, outputs];
  const channel = (s: Scope): Index => (split ? sum(scale(s.o(1), perGroup), s.o(2)) : s.o(1));
  const grouped = (value: Value): Value =>
    split ? { ...value, shape: [group, perGroup, ...value.shape.slice(1)] } : value;
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
        const pixel = s.read(x, [s.o(0), from, ...at], 0);
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
}

/** A convolution with the window of the node's attributes. */
export function convolutionOf(call: Call, x: Value, w: Value, bias: Value | undefined): Value {
  if (x.shape.length < 3 || w.shape.length !== x.shape.length)
    call.fail(`input of shape [${x.shape}] with weights of shape [${w.shape}]`);
  expectKernel(call, w);
  const window = windowOf(call, x.shape, w.shape.slice(2));
  return convolution(call, x, w, bias, window, call.attributes.int("group", 1));
}

/** The weights determine the kernel's shape; the attribute must agree. */
function expectKernel(call: Call, w: Value): void {
  const declared = call.attributes.ints("kernel_shape");
  if (declared && `${declared}` !== `${w.shape.slice(2)}`)
    call.fail(`kernel_shape [${declared}], but weights of shape [${w.shape}]`);
}

/**
 * ConvTranspose: an ordinary convolution with the flipped kernel, over the input with stride − 1 zeros between its elements.
 * w is (Cin, Cout/group, kernel…).
 */
const convTranspose: Operator = (call) => {
  const [x, w] = [call.input(0), call.input(1)];
  const group = call.attributes.int("group", 1);
  const [batch, channels, ...size] = x.shape as [number, number, ...number[]];
  const [, perGroup, ...kernel] = w.shape as [number, number, ...number[]];
  expectKernel(call, w);
  if (!(group >= 1) || channels % group !== 0) call.fail(`${channels} channels in ${group} groups`);
  const ones = kernel.map(() => 1);
  const strides = call.attributes.ints("strides") ?? ones;
  const dilations = call.attributes.ints("dilations") ?? ones;
  const window = transposedWindow(call, size, kernel, strides, dilations);
  const spread = call.lower.pieces(
    { dtype: x.dtype, shape: [batch, channels, ...size.map((n, i) => (n - 1) * (strides[i] as number) + 1)] },
    [
      {
        dims: x.shape,
        f: (s) => s.element(x),
        write: (s) => x.shape.map((_, i) => scale(s.o(i), i < 2 ? 1 : (strides[i - 2] as number))),
      },
    ],
  );
  // (group, channel of the group, output of the group, kernel…) to (group, output, channel, flipped kernel…).
  const grouped = { ...w, shape: [group, channels / group, perGroup, ...kernel] };
  const turned = call.lower.map({ dtype: w.dtype, shape: [group, perGroup, channels / group, ...kernel] }, (s) =>
    s.read(grouped, [s.o(0), s.o(2), s.o(1), ...kernel.map((k, i) => scale(s.o(3 + i), -1, k - 1))]),
  );
  const weights = { ...turned, shape: [group * perGroup, channels / group, ...kernel] };
  return convolution(call, `${strides}` === `${ones}` ? x : spread, weights, call.optional(2), window, group);
};

function transposedWindow(
  call: Call,
  size: readonly number[],
  kernel: readonly number[],
  strides: readonly number[],
  dilations: readonly number[],
): Window {
  const rank = kernel.length;
  const pads = call.attributes.ints("pads") ?? new Array(2 * rank).fill(0);
  const extra = call.attributes.ints("output_padding") ?? new Array(rank).fill(0);
  const asked = call.attributes.ints("output_shape");
  for (const [name, list, length, least] of [
    ["strides", strides, rank, 1],
    ["dilations", dilations, rank, 1],
    ["pads", pads, 2 * rank, 0],
    ["output_padding", extra, rank, 0],
  ] as const) {
    if (list.length !== length || list.some((n) => n < least))
      call.fail(`${name} [${list}]; ${length} numbers from ${least} are needed for ${rank} spatial dimensions`);
  }
  if (asked && asked.length !== rank && asked.length !== rank + 2)
    call.fail(`output_shape [${asked}] for ${rank} spatial dimensions`);
  const auto = call.attributes.choice("auto_pad", AUTO_PAD);
  const axes = kernel.map((k, i) => {
    const [n, stride, dilation] = [size[i], strides[i], dilations[i]] as [number, number, number];
    const reach = dilation * (k - 1) + 1;
    const full = stride * (n - 1) + (extra[i] as number) + reach;
    const fixed = asked?.slice(-rank)[i] ?? (auto.startsWith("SAME") ? n * stride : undefined);
    const given = auto === "VALID" ? [0, 0] : [pads[i] as number, pads[rank + i] as number];
    const total = fixed === undefined ? (given[0] as number) + (given[1] as number) : Math.max(0, full - fixed);
    const small = Math.floor(total / 2);
    // If the padding follows from the output shape, only SAME_UPPER puts the larger half at the end.
    const before = fixed === undefined ? (given[0] as number) : auto === "SAME_UPPER" ? small : total - small;
    return { before: reach - 1 - before, output: fixed ?? full - total };
  });
  return {
    kernel,
    strides: kernel.map(() => 1),
    dilations,
    before: axes.map((a) => a.before),
    after: kernel.map(() => 0),
    output: axes.map((a) => a.output),
  };
}

export const CONVOLUTION: Readonly<Record<string, Operator>> = {
  Conv: (call) => convolutionOf(call, call.input(0), call.input(1), call.optional(2)),
  ConvTranspose: convTranspose,
};
