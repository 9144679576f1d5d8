import type { Call } from "./call.ts";

/** A sliding window over the spatial axes of a tensor [N, C, …]. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before the first element of each axis. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly output: readonly number[];
}

export const AUTO_PAD = ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"] as const;

/** Reads the window of Conv and of the pools from a node's attributes. */
export function windowOf(call: Call, input: readonly number[], kernel: readonly number[]): Window {
  const spatial = input.slice(2);
  const rank = spatial.length;
  const ones = (): number[] => new Array(rank).fill(1);
  const strides = call.attributes.ints("strides") ?? ones();
  const dilations = call.attributes.ints("dilations") ?? ones();
  const pads = call.attributes.ints("pads") ?? new Array(2 * rank).fill(0);
  for (const [name, list, length] of [
    ["kernel_shape", kernel, rank],
    ["strides", strides, rank],
    ["dilations", dilations, rank],
    ["pads", pads, 2 * rank],
  ] as const) {
    if (list.length !== length)
      call.fail(`${name} [${list}] has ${list.length} entries; ${rank} spatial dimensions need ${length}`);
    const least = name === "pads" ? 0 : 1;
    if (list.some((n) => n < least)) call.fail(`${name} [${list}]; ${least} is the least possible`);
  }
  const auto = call.attributes.choice("auto_pad", AUTO_PAD);
  const ceil = call.attributes.flag("ceil_mode", false);
  const axes = spatial.map((size, i) => {
    const [k, stride, dilation] = [kernel[i], strides[i], dilations[i]] as [number, number, number];
    const reach = dilation * (k - 1) + 1;
    if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
      const output = Math.ceil(size / stride);
      const total = Math.max(0, (output - 1) * stride + reach - size);
      const small = Math.floor(total / 2);
      const before = auto === "SAME_UPPER" ? small : total - small;
      return { before, after: total - before, output };
    }
    const [before, after] = auto === "VALID" ? [0, 0] : [pads[i] as number, pads[rank + i] as number];
    const room = (size + before + after - reach) / stride;
    let output = (ceil ? Math.ceil(room) : Math.floor(room)) + 1;
    // A window that would begin in the padding after the tensor is omitted.
    if (ceil && (output - 1) * stride >= size + before) output--;
    if (!(output >= 1))
      call.fail(`a window of ${reach} does not fit an axis of ${size} padded by ${before} and ${after}`);
    return { before, after, output };
  });
  return {
    kernel,
    strides,
    dilations,
    before: axes.map((a) => a.before),
    after: axes.map((a) => a.after),
    output: axes.map((a) => a.output),
  };
}
