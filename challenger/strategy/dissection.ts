import { type Hex, toBytes, toHex } from "@elench/bytes/hex";
import { InternalError } from "@elench/errors/internal-error";
import { keccak256 } from "@elench/merkle/keccak/keccak";
import { SEGMENTS } from "@elench/spec/game/game";
import { MerkleTree } from "merkletreejs";
import { keccakWords } from "./words.ts";

/** h[0] … h[16]: the start of a claim, its fifteen middles, its end. */
export type Points = readonly Hex[];

/** Two neighbouring points of a dissection with their Merkle path, the input of `contracts/game/Dissection.sol`. */
export type Opening = { segment: number; from: Hex; to: Hex; proof: [Hex, Hex, Hex, Hex] };

/** The tree over the sixteen pairs of neighbours. A leaf is keccak256(h[j] ‖ h[j + 1]), a node keccak256(left ‖ right). */
function treeOf(points: Points): MerkleTree {
  if (points.length !== SEGMENTS + 1)
    throw new InternalError(`a dissection has ${SEGMENTS + 1} points, not ${points.length}`);
  const leaves = Array.from({ length: SEGMENTS }, (_, j) =>
    toBytes(keccakWords(points[j]!.slice(2), points[j + 1]!.slice(2))),
  );
  return new MerkleTree(leaves as Buffer[], (node: Buffer) => Buffer.from(keccak256(node)));
}

/** The commitment of a claim. */
export const rootOf = (points: Points): Hex => toHex(treeOf(points).getRoot());

/** Opens h[segment] and h[segment + 1]. */
export function open(points: Points, segment: number): Opening {
  if (!(segment >= 0 && segment < SEGMENTS))
    throw new InternalError(`segments are 0 to ${SEGMENTS - 1}, not ${segment}`);
  const tree = treeOf(points);
  const siblings = tree.getProof(tree.getLeaf(segment), segment).map(({ data }) => toHex(data));
  return {
    segment,
    from: points[segment]!,
    to: points[segment + 1]!,
    proof: siblings as Opening["proof"],
  };
}
