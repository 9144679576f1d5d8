import { open } from "../../../challenger/strategy/dissection.ts";
import {
  atOnce,
  childAt,
  childPoints,
  consistentLiar,
  counterWith,
  firstDenied,
  junk,
  plan,
  pointsFrom,
} from "../attackers.ts";
import { asking, lie, lieOfOther, plain, type Scenario, swapped } from "../scenario.ts";
import { outputOf } from "../toy.ts";

/** False hashes between true ones, twins of honest claims, and junk. */
export const middles: Scenario[] = [
  {
    name: "poisoned twin: true end, false middle, before each honest move",
    shape: plain,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => {
      consistentLiar(stage, liar(0), [lie], atOnce);
      stage.onSeen = async (move) => {
        if (move.kind !== "move" && move.kind !== "counter") return;
        await stage.attempt(() =>
          stage.arena.perform(liar(1), { ...move, middles: swapped(move.middles, 7, junk(1)) }),
        );
      };
    },
  },
  {
    name: "poisoned twin of a delegation",
    shape: asking,
    level: 2,
    proposed: [lieOfOther],
    attack: (stage, liar) => {
      consistentLiar(stage, liar(0), [lieOfOther], atOnce);
      stage.onSeen = async (move) => {
        if (move.kind === "refute") return;
        await stage.attempt(() =>
          stage.arena.perform(liar(1), { ...move, middles: swapped(move.middles, 0, junk(2)) }),
        );
      };
    },
  },
  {
    name: "poisoned at every middle, by a crowd",
    shape: plain,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => {
      stage.onSeen = async (move) => {
        if (move.kind !== "counter") return;
        for (let i = 0; i < 15; i += 3) {
          await stage.attempt(() =>
            stage.arena.perform(liar(i), { ...move, middles: swapped(move.middles, i, junk(i)) }),
          );
        }
      };
    },
  },
  {
    name: "the same content at another segment, where the start repeats",
    shape: plain,
    level: 2,
    proposed: [],
    attack: (stage, liar) => {
      // The counter's h[11] repeats h[3], and h[4] is false. A child at segment 11 from the state after 3/16 to the true h[4]
      // has the content of the honest answer at segment 3.
      stage.attackers.push((node) => {
        if (node === undefined) {
          plan(stage, undefined, atOnce, () => {
            const points = pointsFrom(stage.truth, stage.run, 0n, 2);
            const middles = swapped(swapped(points.slice(0, 15), 3, junk(4)), 10, points[2]!);
            return counterWith(stage, liar(1), outputOf(77), middles);
          });
        } else if (node.claimant === liar(1) && node.level === 2) {
          plan(stage, node, atOnce, () => childAt(stage, liar(2), node, 11, childPoints(stage.truth, node, 3)));
        }
      });
    },
  },
  {
    name: "made-up openings: hashes that the parent never asserted",
    shape: plain,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => {
      stage.attackers.push((node) => {
        if (node?.claimant !== stage.arena.honest || node.level === 1) return;
        plan(stage, node, atOnce, async () => {
          const points = [...node.points];
          points[4] = junk(4);
          const child = childPoints(stage.truth, node, 3);
          const opening = open(points, 3);
          await stage.attempt(() => stage.arena.move(liar(1), node, opening, child[15]!, child.slice(0, 15)));
        });
      });
    },
  },
  {
    name: "junk: states that open to nothing, and claims that start from them",
    shape: asking,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => {
      consistentLiar(stage, liar(0), [lie], atOnce);
      stage.attackers.push((node) => {
        if (node === undefined) {
          plan(stage, node, atOnce, () =>
            counterWith(
              stage,
              liar(1),
              outputOf(666),
              Array.from({ length: 15 }, (_, i) => junk(i)),
            ),
          );
        } else if (node.level > 1 && node.claimant !== liar(2)) {
          // From a junk start inside a junk claim, and from a true start inside a true one.
          plan(stage, node, atOnce, async () => {
            await childAt(
              stage,
              liar(2),
              node,
              5,
              Array.from({ length: 16 }, (_, i) => junk(100 + i)),
            );
            await childAt(
              stage,
              liar(2),
              node,
              0,
              Array.from({ length: 16 }, (_, i) => junk(200 + i)),
            );
          });
        }
      });
    },
  },
  {
    name: "right end before the honest one, with a wrong middle, by an early twin",
    shape: plain,
    level: 2,
    proposed: [],
    attack: (stage, liar) => {
      consistentLiar(stage, liar(0), [lie], atOnce);
      stage.attackers.push((node) => {
        if (node?.claimant !== liar(0) || node.level === 1) return;
        const denied = firstDenied(stage.truth, node)!;
        plan(stage, node, atOnce, () =>
          childAt(stage, liar(1), node, denied, swapped(childPoints(stage.truth, node, denied), 6, junk(8))),
        );
      });
    },
  },
];
