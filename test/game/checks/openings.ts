import type { Hex } from "@elench/bytes/hex";
import { packAnswered, packClaim } from "@elench/challenger/strategy/record";
import type { Node } from "@elench/challenger/strategy/tree";
import { open } from "../../../challenger/strategy/dissection.ts";
import { keccakWords } from "../../../challenger/strategy/words.ts";
import { prices } from "../arena.ts";
import { childPoints, counterTruly } from "../attackers.ts";
import { answerOf, begin, type Check, expects, junkMiddles } from "../check.ts";
import { outputOf } from "../toy.ts";

/** What a claim commits to is opened as what it was made as: dissection, or dissection and output. */
export const openings: Check[] = [
  {
    name: "a counter's commitment is not opened as a dissection, with leaves for states",
    async run(arena) {
      const { game, truth } = await begin(arena);
      await counterTruly(arena, arena.honest, game(), truth);
      const node = game().claims.get(1) as Node;
      // keccak256(root ‖ output) over the upper three levels of the tree: what would be the states are two leaves.
      const [left, right] = [leafOf(node, 4), leafOf(node, 5)];
      const [, ...upper] = open(node.points, 4).proof;
      const opening = { from: left, to: right, proof: [...upper, node.output] };
      const record = { ...packAnswered(node, 2), commitment: packClaim(node).commitment };
      const args = [record, opening, outputOf(3), junkMiddles(3)];
      const move = await answerOf(() => arena.transact(arena.liar(1), "move", args, prices.move));
      return expects("a child that starts from a leaf", "WrongForm", move);
    },
  },
  {
    name: "a move's dissection is not opened as one with an output",
    async run(arena) {
      const { game, truth } = await begin(arena, { level: 3 });
      await counterTruly(arena, arena.honest, game(), truth);
      const counter = game().claims.get(1) as Node;
      const points = childPoints(truth, counter, 0).with(15, outputOf(9));
      await arena.move(arena.liar(0), counter, open(counter.points, 0), points[15]!, points.slice(0, 15));
      const node = game().claims.get(2) as Node;
      // The halves of the tree for root and output. A state whose hash is of 64 bytes would open as a leaf.
      const top = open(node.points, 8).proof[3];
      const other = open(node.points, 0).proof[3];
      const record = { ...packAnswered(node, 0), commitment: top };
      const { from, to, proof } = open(node.points, 0);
      const args = [record, other, { from, to, proof }, outputOf(3), junkMiddles(3)];
      const move = await answerOf(() => arena.transact(arena.liar(1), "moveWhole", args, prices.move));
      const correct = expects("the halves", packClaim(node).commitment, keccakWords(top.slice(2), other.slice(2)));
      return [...correct, ...expects("a child under half of the tree", "WrongForm", move)];
    },
  },
];

const leafOf = ({ points }: Node, segment: number): Hex =>
  keccakWords(points[segment]!.slice(2), points[segment + 1]!.slice(2));
