import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Hex } from "@elench/bytes/hex";
import { InternalError } from "@elench/errors/internal-error";
import { open, rootOf } from "./dissection.ts";
import { keccakWords, word } from "./words.ts";

const points = Array.from({ length: 17 }, (_, i) => keccakWords(word(i)));
const pair = (left: Hex, right: Hex) => keccakWords(left.slice(2), right.slice(2));

/** The walk that the contract makes from an opening to the root. */
const climb = ({ segment, from, to, proof }: ReturnType<typeof open>): Hex =>
  proof.reduce(
    (node, sibling, level) => ((segment >> level) & 1 ? pair(sibling, node) : pair(node, sibling)),
    pair(from, to),
  );

describe("a dissection", () => {
  it("opens to both ends of every segment", () => {
    for (let segment = 0; segment < 16; segment++) {
      const opening = open(points, segment);
      assert.deepEqual([opening.from, opening.to], [points[segment], points[segment + 1]]);
      assert.equal(climb(opening), rootOf(points));
    }
  });

  it("binds every point", () => {
    const roots = points.map((_, i) => rootOf(points.map((p, j) => (i === j ? keccakWords(word(99)) : p))));
    assert.equal(new Set([...roots, rootOf(points)]).size, 18);
  });

  it("has seventeen points and sixteen segments", () => {
    assert.throws(() => rootOf(points.slice(1)), /17 points, not 16/);
    assert.throws(() => open(points, 16), /segments are 0 to 15, not 16/);
    assert.throws(() => open(points, -1), InternalError);
  });
});
