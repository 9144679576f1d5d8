import { unsupported } from "../graph/error.ts";
import { intConstant, type Value } from "../graph/tensor.ts";
import { type Index, scale } from "../lowering/affine.ts";
import type { Call, Operator } from "../lowering/call.ts";
import type { Scope } from "../lowering/lower.ts";
import { transposed } from "./movement.ts";

/** Copies with another arrangement of the same elements. */

/** For each position of a padded axis its source element, by reflection or by wrapping around. */
function foldedAxis(call: Call, size: number, before: number, length: number, mode: "reflect" | "wrap"): Value {
  if (length < 1) call.fail(`pads that leave ${length} elements of an axis of ${size}`);
  call.lower.budget.claimBytes(8 * length);
  const period = mode === "wrap" ? size : Math.max(1, 2 * size - 2);
  const places = Array.from({ length }, (_, i) => {
    const at = (((i - before) % period) + period) % period;
    return mode === "wrap" || at < size ? at : period - at;
  });
  return intConstant(places);
}

const pad: Operator = (call) => {
  const x = call.input(0);
  const rank = x.shape.length;
  const amounts = call.integersFrom("pads", 1, 11) ?? call.fail("the pads are missing");
  const axes = call.optional(3) ? call.axes(call.integers(3), rank) : x.shape.map((_, i) => i);
  if (amounts.length !== 2 * axes.length) call.fail(`${amounts.length} pads for ${axes.length} axes`);
  const amount = (axis: number, half: number): number => {
    const i = axes.indexOf(axis);
    return i < 0 ? 0 : (amounts[i + half * axes.length] as number);
  };
  const before = x.shape.map((_, axis) => amount(axis, 0));
  const shape = x.shape.map((n, axis) => n + amount(axis, 0) + amount(axis, 1));
  const mode = call.attributes.choice("mode", ["constant", "reflect", "edge", "wrap"]);
  const inner = (s: Scope, i: number): Index => scale(s.o(i), 1, -(before[i] as number));
  const type = { dtype: x.dtype, shape };
  if (mode === "edge")
    return call.lower.map(type, (s) =>
      s.read(
        x,
        shape.map((_, i): Index => ({ ...inner(s, i), outside: "clamp" })),
      ),
    );
  if (mode === "reflect" || mode === "wrap") {
    const tables = x.shape.map((n, i) =>
      shape[i] === n && before[i] === 0 ? null : foldedAxis(call, n, before[i] as number, shape[i] as number, mode),
    );
    return call.lower.map(type, (s) =>
      s.read(
        x,
        tables.map((table, i) => (table ? s.lookup(table, [s.o(i)]) : s.o(i))),
      ),
    );
  }
  const fill = call.optional(2);
  const value = fill ? null : call.attributes.float("value", 0);
  return call.lower.map(type, (s) => {
    const at = shape.map((_, i) => inner(s, i));
    if (!fill) return s.read(x, at, value ?? 0);
    if (!fill.storage.data) throw unsupported("a padding value that is known only when the model runs");
    return s.read(x, at, { of: { ...fill, shape: [] } });
  });
};

/** The tile's number and the position in it are separate dimensions, which a reshape joins. */
const tile: Operator = (call) => {
  const x = call.input(0);
  const repeats = call.integers(1);
  const dims = x.shape.flatMap((n, i) => [repeats[i] as number, n]);
  const kept = dims.map((n, i) => ({ n, axis: i })).filter(({ n }) => n !== 1);
  const source = { ...x, shape: x.shape.filter((n) => n !== 1) };
  const places = kept.flatMap(({ axis }, i) => (axis % 2 === 1 ? [i] : []));
  const tiled = call.lower.map({ dtype: x.dtype, shape: kept.map(({ n }) => n) }, (s) =>
    s.read(
      source,
      places.map((i) => s.o(i)),
    ),
  );
  return { ...tiled, shape: x.shape.map((n, i) => n * (repeats[i] as number)) };
};

const depthToSpace: Operator = (call) => {
  const x = call.input(0);
  const block = call.attributes.int("blocksize", 1);
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const depth = c / block ** 2;
  if (!Number.isInteger(depth)) call.fail(`${c} channels in blocks of ${block}`);
  const columns = call.attributes.choice("mode", ["DCR", "CRD"]) === "CRD";
  const split = columns ? [n, depth, block, block, h, w] : [n, block, block, depth, h, w];
  const moved = transposed(call, { ...x, shape: split }, columns ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
  return { ...moved, shape: [n, depth, h * block, w * block] };
};

const spaceToDepth: Operator = (call) => {
  const x = call.input(0);
  const block = call.attributes.int("blocksize", 1);
  const [n, c, h, w] = x.shape as [number, number, number, number];
  if (h % block !== 0 || w % block !== 0) call.fail(`${h}×${w} in blocks of ${block}`);
  const moved = transposed(call, { ...x, shape: [n, c, h / block, block, w / block, block] }, [0, 3, 5, 1, 2, 4]);
  return { ...moved, shape: [n, c * block ** 2, h / block, w / block] };
};

/** Crops or pads axes around their middle. */
const centerCropPad: Operator = (call) => {
  const x = call.input(0);
  const axes = call.axes(call.attributes.ints("axes") ?? x.shape.map((_, i) => i), x.shape.length);
  const sizes = call.integers(1);
  if (sizes.length !== axes.length) call.fail(`${sizes.length} sizes for ${axes.length} axes`);
  const shape = [...x.shape];
  for (const [i, axis] of axes.entries()) shape[axis] = sizes[i] as number;
  const starts = shape.map((n, i) => {
    const missing = n - (x.shape[i] as number);
    return missing > 0 ? -Math.floor(missing / 2) : Math.floor(-missing / 2);
  });
  return call.lower.map({ dtype: x.dtype, shape }, (s) =>
    s.read(
      x,
      shape.map((_, i) => scale(s.o(i), 1, starts[i])),
      0,
    ),
  );
};

export const PADDING: Readonly<Record<string, Operator>> = {
  Pad: pad,
  Tile: tile,
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  CenterCropPad: centerCropPad,
};
