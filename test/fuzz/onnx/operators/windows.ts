import { EXACT, sums, ulps } from "../compare.ts";
import type { Draw, Generators } from "../draw.ts";
import { count, MAGNITUDE } from "../tensor.ts";

/** Convolutions and pools. */

interface WindowDraw {
  readonly kernel: readonly number[];
  readonly size: readonly number[];
}

/** Kernel, strides, dilations and padding over `rank` axes, and sizes of the axes that hold at least one window. */
function window(
  d: Draw,
  rank: number,
  options: { dilated: boolean; pooled: boolean; transposed?: boolean },
): WindowDraw {
  const kernel = d.shape(rank, rank === 3 ? 3 : 4);
  const dilations = kernel.map(() => (options.dilated && d.once(4) ? d.between(2, 3) : 1));
  const strides = kernel.map(() => (d.once(2) ? d.between(2, 3) : 1));
  const reach = kernel.map((k, i) => (k - 1) * (dilations[i] as number) + 1);
  const auto = d.pick(["", "", "", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]);
  if (dilations.some((n) => n !== 1) || (options.dilated && d.once(6))) d.ints("dilations", dilations);
  if (strides.some((n) => n !== 1) || d.once(6)) d.ints("strides", strides);
  if (auto !== "") d.string("auto_pad", auto);
  const padded = (auto === "" || auto === "NOTSET") && d.once(2);
  // A pool's window may not lie in the padding alone.
  const pads = [0, 1].flatMap(() =>
    reach.map((n, i) => (padded ? d.random(options.pooled ? (kernel[i] as number) : n + 1) : 0)),
  );
  if (padded) d.ints("pads", pads);
  const least = options.transposed || auto.startsWith("SAME");
  const size = reach.map((n, i) => {
    const covered = padded ? (pads[i] as number) + (pads[i + rank] as number) : 0;
    return least ? d.between(1, 6) : Math.max(1, n - covered) + d.random(5);
  });
  return { kernel, size };
}

const dtypeOf = (d: Draw) => d.dtype("f32", "f32", "f32", "f16");

export const WINDOWS: Generators = {
  Conv: {
    since: [1, 11, 22],
    weight: 4,
    generate: (d) => {
      const dtype = dtypeOf(d);
      const { kernel, size } = window(d, d.pick([1, 2, 2, 3]), { dilated: true, pooled: false });
      const group = d.pick([1, 1, 2, 3]);
      const [depth, outputs] = [d.once(8) ? 24 : d.between(1, 4), d.pick([1, 2, 3, 17])];
      if (group > 1 || d.once(4)) d.int("group", group);
      if (d.once(2)) d.ints("kernel_shape", kernel);
      d.input(d.tensor(dtype, [d.between(1, 2), group * depth, ...size]));
      d.parameter(d.tensor(dtype, [group * outputs, depth, ...kernel]));
      if (d.once(2)) d.parameter(d.tensor(dtype, [group * outputs]));
      return d.exact ? EXACT : sums(depth * count(kernel) + 1, MAGNITUDE ** 2);
    },
  },
  ConvTranspose: {
    since: [1, 11, 22],
    weight: 5,
    generate: (d) => {
      const dtype = dtypeOf(d);
      const rank = d.pick([1, 2, 2, 3]);
      const kernel = d.shape(rank, rank === 3 ? 2 : 4);
      const dilations = kernel.map(() => (d.once(4) ? 2 : 1));
      const strides = kernel.map(() => d.pick([1, 1, 2, 3]));
      const reach = kernel.map((k, i) => (k - 1) * (dilations[i] as number) + 1);
      const size = kernel.map(() => d.between(1, 5));
      if (dilations.some((n) => n !== 1)) d.ints("dilations", dilations);
      if (strides.some((n) => n !== 1) || d.once(6)) d.ints("strides", strides);
      const extra = strides.map((s, i) => (d.once(3) ? d.random(Math.max(s, dilations[i] as number)) : 0));
      if (extra.some((n) => n !== 0)) d.ints("output_padding", extra);
      const full = size.map((n, i) => (n - 1) * (strides[i] as number) + (reach[i] as number) + (extra[i] as number));
      const auto = d.pick(["", "", "", "NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"]);
      if (auto !== "") d.string("auto_pad", auto);
      if (auto !== "VALID" && d.once(3)) {
        // Less than the whole, so that padding takes the rest away.
        d.ints(
          "output_shape",
          full.map((n) => Math.max(1, n - d.random(4))),
        );
      } else if ((auto === "" || auto === "NOTSET") && d.once(2)) {
        const room = full.map((n) => Math.max(0, n - 1));
        const before = room.map((n, i) => Math.min(n, d.random(reach[i] as number)));
        const after = room.map((n, i) => Math.min(n - (before[i] as number), d.random(reach[i] as number)));
        d.ints("pads", [...before, ...after]);
      }
      const group = d.pick([1, 1, 2, 3]);
      const [depth, outputs] = [d.between(1, 3), d.between(1, 3)];
      if (group > 1 || d.once(4)) d.int("group", group);
      if (d.once(2)) d.ints("kernel_shape", kernel);
      d.input(d.tensor(dtype, [d.between(1, 2), group * depth, ...size]));
      d.parameter(d.tensor(dtype, [group * depth, outputs, ...kernel]));
      if (d.once(2)) d.parameter(d.tensor(dtype, [group * outputs]));
      return d.exact ? EXACT : sums(depth * count(kernel) + 1, MAGNITUDE ** 2);
    },
  },
  MaxPool: {
    since: [1, 8, 10, 11, 12, 22],
    weight: 4,
    generate: (d) => {
      const dtype = d.pick(
        d.opset >= 12 ? (["f32", "f32", "f64", "f16", "u8", "i8"] as const) : (["f32", "f64"] as const),
      );
      const { kernel, size } = window(d, d.pick([1, 2, 2, 3]), { dilated: d.opset >= 10, pooled: true });
      d.ints("kernel_shape", kernel);
      if (d.opset >= 10) d.maybeInt("ceil_mode", 0, [0, 1]);
      if (d.opset >= 8) d.maybeInt("storage_order", 0, [0]);
      d.input(d.tensor(dtype, [d.between(1, 2), d.between(1, 3), ...size], d.pick(["grid", "real", "wide"])));
      return ulps(0);
    },
  },
  AveragePool: {
    since: [7, 10, 11, 19, 22],
    weight: 5,
    generate: (d) => {
      const dtype = dtypeOf(d);
      const { kernel, size } = window(d, d.pick([1, 2, 2, 3]), { dilated: d.opset >= 19, pooled: true });
      d.ints("kernel_shape", kernel);
      if (d.opset >= 10) d.maybeInt("ceil_mode", 0, [0, 1]);
      if (d.opset >= 7) d.maybeInt("count_include_pad", 0, [0, 1]);
      d.input(d.tensor(dtype, [d.between(1, 2), d.between(1, 3), ...size]));
      return d.exact ? ulps(1) : sums(count(kernel), MAGNITUDE);
    },
  },
  GlobalAveragePool: {
    since: [1, 22],
    generate: (d) => {
      const space = d.shape(d.between(1, 3));
      d.input(d.tensor(dtypeOf(d), [d.between(1, 2), d.between(1, 3), ...space]));
      return d.exact ? ulps(1) : sums(count(space), MAGNITUDE);
    },
  },
  GlobalMaxPool: {
    since: [1, 22],
    generate: (d) => {
      d.input(d.tensor(dtypeOf(d), [d.between(1, 2), d.between(1, 3), ...d.shape(d.between(1, 3))]));
      return ulps(0);
    },
  },
};
