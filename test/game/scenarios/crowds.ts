import {
  atOnce,
  childAt,
  childPoints,
  consistentLiar,
  counterWith,
  firstDenied,
  junk,
  lastSecond,
  plan,
  pointsFrom,
} from "../attackers.ts";
import { asking, lie, lieOfOther, passing, plain, type Scenario, swapped } from "../scenario.ts";
import { type Lie, ToyTraceProvider } from "../toy.ts";

/** Whoever is not the honest party: freeloaders, copiers, many liars at once. */
export const crowds: Scenario[] = [
  {
    name: "freeloader: answers above the first false hash, before the honest one",
    shape: plain,
    level: 2,
    proposed: [],
    attack: (stage, liar) => {
      const told = new ToyTraceProvider(stage.arena.toys, [lie]);
      stage.attackers.push((node) => {
        if (node === undefined) {
          plan(stage, node, atOnce, () =>
            counterWith(stage, liar(0), told.outputHex(stage.run), pointsFrom(told, stage.run, 0n, 2).slice(0, 15)),
          );
        } else if (node.claimant === liar(0)) {
          // Nobody answers these: they stand, and they came first.
          const denied = firstDenied(stage.truth, node)!;
          plan(stage, node, atOnce, async () => {
            await childAt(stage, liar(3), node, 15, swapped(childPoints(told, node, 15), 15, junk(7)));
            await childAt(stage, liar(3), node, denied + 1, childPoints(stage.truth, node, denied + 1));
          });
        }
      });
    },
  },
  {
    name: "copied moves: each honest transaction is sent by another first",
    shape: asking,
    level: 2,
    proposed: [lieOfOther],
    attack: (stage, liar) => {
      consistentLiar(stage, liar(0), [lieOfOther], atOnce);
      stage.onSeen = async (move) => {
        await stage.attempt(() => stage.arena.perform(liar(6), move));
      };
    },
  },
  {
    name: "many liars at once",
    shape: asking,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => {
      const lies: Lie[] = [lie, lieOfOther, passing, { machine: "first", step: 3, flip: 1 << 20 }];
      for (const [i, told] of lies.entries()) {
        consistentLiar(stage, liar(2 * i), [told], atOnce, 10);
        consistentLiar(stage, liar(2 * i + 1), [told, { machine: "second", step: 60 + i, flip: 2 }], lastSecond, 10);
      }
    },
  },
];
