import type { Hex } from "@elench/bytes/hex";
import { keccakWords } from "./words.ts";

/** Segments of a claim, k. A claim of level L covers k^L steps. */
export const SEGMENTS = 16;
const DEPTH = 4;

/** h[0] … h[16]: the start of a claim, its fifteen middles, its end. */
export type Points = readonly Hex[];

/** Two neighbours of a dissection with their Merkle path, as `contracts/game/Dissection.sol` takes them. */
export type Opening = { segment: number; from: Hex; to: Hex; proof: [Hex, Hex, Hex, Hex] };

const pair = (left: Hex, right: Hex): Hex => keccakWords(left.slice(2), right.slice(2));

/** The tree over sixteen pairs of neighbours, from the leaves (sixteen) to the root (one). */
function levels(points: Points): Hex[][] {
  if (points.length !== SEGMENTS + 1) throw new RangeError(`a dissection has 17 points, not ${points.length}`);
  const tree = [Array.from({ length: SEGMENTS }, (_, j) => pair(points[j]!, points[j + 1]!))];
  for (let level = 0; level < DEPTH; level++) {
    const below = tree[level]!;
    tree.push(Array.from({ length: below.length / 2 }, (_, j) => pair(below[2 * j]!, below[2 * j + 1]!)));
  }
  return tree;
}

/** What a claim commits to. */
export const rootOf = (points: Points): Hex => levels(points)[DEPTH]![0]!;

/** Opens h[segment] and h[segment + 1]. */
export function open(points: Points, segment: number): Opening {
  if (!(segment >= 0 && segment < SEGMENTS)) throw new RangeError(`segments are 0 to 15, not ${segment}`);
  const tree = levels(points);
  const sibling = (level: number): Hex => tree[level]![(segment >> level) ^ 1]!;
  return {
    segment,
    from: points[segment]!,
    to: points[segment + 1]!,
    proof: [sibling(0), sibling(1), sibling(2), sibling(3)],
  };
}
