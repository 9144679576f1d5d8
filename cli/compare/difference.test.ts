import assert from "node:assert/strict";
import { test } from "node:test";
import { tensorOf } from "../../test/fuzz/onnx/tensor.ts";
import { differenceOf } from "./difference.ts";
import { randomInput, seededRandom } from "./random-inputs.ts";

const { NaN: none, POSITIVE_INFINITY: infinity } = Number;

test("equal tensors differ nowhere; NaN is NaN, and −0 is +0", () => {
  const one = tensorOf("f32", [5], [1, -0, none, infinity, 3.5]);
  const other = tensorOf("f32", [5], [1, 0, none, infinity, 3.5]);
  const { differing, first, maxUlps, scale } = differenceOf(one, other);
  assert.deepEqual([differing, first, maxUlps, scale], [0, null, 0, 3.5]);
});

test("neighbours are one unit in the last place apart, across zero too, in every float type", () => {
  for (const [dtype, step] of [
    ["f32", 2 ** -149],
    ["f64", 2 ** -1074],
    ["f16", 2 ** -24],
  ] as const) {
    const { maxUlps } = differenceOf(tensorOf(dtype, [1], [step]), tensorOf(dtype, [1], [-step]));
    assert.equal(maxUlps, 2, dtype);
  }
  assert.equal(differenceOf(tensorOf("f32", [1], [1 + 2 ** -23]), tensorOf("f32", [1], [1])).maxUlps, 1);
  assert.equal(differenceOf(tensorOf("bf16", [1], [1 + 2 ** -7]), tensorOf("bf16", [1], [1])).maxUlps, 1);
});

test("the first element that differs is named by its indices", () => {
  const ours = tensorOf("i64", [2, 3], [1, 2, 3, 4, 5n, 2n ** 62n + 1n]);
  const theirs = tensorOf("i64", [2, 3], [1, 2, 3, 4, 7n, 2n ** 62n]);
  const { first, differing, maxAbsolute } = differenceOf(ours, theirs);
  assert.deepEqual(first, { element: 4, indices: [1, 1], ours: "5", theirs: "7" });
  assert.deepEqual([differing, maxAbsolute], [2, 2]);
});

test("a NaN or an infinity on one side alone has no distance, and is counted", () => {
  const { unlike, differing, maxAbsolute } = differenceOf(
    tensorOf("f32", [3], [none, infinity, 1]),
    tensorOf("f32", [3], [1, -infinity, 1.5]),
  );
  assert.deepEqual([unlike, differing, maxAbsolute], [2, 3, 0.5]);
});

test("tensors of two types are not compared", () => {
  assert.throws(() => differenceOf(tensorOf("f32", [1], [1]), tensorOf("f64", [1], [1])), RangeError);
});

test("random inputs are the same for the same seed, other ones for another, and of every type", () => {
  for (const dtype of ["f32", "f64", "f16", "bf16", "i8", "u8", "i64", "u64", "bool"] as const) {
    const draw = (seed: number) => randomInput({ dtype, shape: [8, 8] }, seededRandom(seed));
    assert.deepEqual(draw(1), draw(1));
    assert.notDeepEqual(draw(1), draw(2), dtype);
  }
});
