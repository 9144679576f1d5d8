import {
  atOnce,
  childAt,
  childPoints,
  consistentLiar,
  counterWith,
  delegateTruly,
  junk,
  plan,
  pointsFrom,
} from "../attackers.ts";
import { asking, lie, lieOfOther, passing, plain, type Scenario, swapped } from "../scenario.ts";
import { ToyTraceProvider } from "../toy.ts";

/** Wrong ends and outputs, from the proposal down to the last step. */
export const ends: Scenario[] = [
  {
    name: "nobody lies, nobody moves",
    shape: plain,
    level: 2,
    proposed: [],
    attack: () => {},
  },
  {
    name: "wrong end: a false proposal, abandoned",
    shape: plain,
    level: 2,
    proposed: [lie],
    attack: () => {},
  },
  {
    name: "wrong end: a false proposal, defended to the last step",
    shape: plain,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => consistentLiar(stage, liar(0), [lie], atOnce),
  },
  {
    name: "wrong end over three levels",
    shape: { ...plain, length: 3000 },
    level: 3,
    proposed: [{ machine: "first", step: 2222, flip: 8 }],
    attack: (stage, liar) => consistentLiar(stage, liar(0), [{ machine: "first", step: 2222, flip: 8 }], atOnce),
  },
  {
    name: "wrong end at the smallest level",
    shape: { ...plain, length: 13 },
    level: 1,
    proposed: [{ machine: "first", step: 5, flip: 2 }],
    attack: (stage, liar) => consistentLiar(stage, liar(0), [{ machine: "first", step: 5, flip: 2 }], atOnce),
  },
  {
    name: "a false answer of the other machine, defended to its last step",
    shape: asking,
    level: 2,
    proposed: [lieOfOther],
    attack: (stage, liar) => consistentLiar(stage, liar(0), [lieOfOther], atOnce),
  },
  {
    name: "a false counter to a true proposal",
    shape: asking,
    level: 2,
    proposed: [],
    attack: (stage, liar) => {
      consistentLiar(stage, liar(1), [lie], atOnce);
      consistentLiar(stage, liar(2), [lieOfOther], atOnce);
    },
  },
  {
    name: "right end with wrong middle: a state that is false for one step",
    shape: plain,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => {
      // Its counter has the true output; only h[10] is false, and the step after it leads back to the truth.
      const truth = new ToyTraceProvider(stage.arena.toys, [passing]);
      stage.attackers.push((node) => {
        if (node !== undefined) return;
        plan(stage, undefined, atOnce, () => {
          const points = pointsFrom(truth, stage.run, 0n, stage.run.level);
          return counterWith(stage, liar(1), truth.outputHex(stage.run), points.slice(0, 15));
        });
      });
      consistentLiar(stage, liar(1), [passing], atOnce);
    },
  },
  {
    name: "repeated end: the parent's own end, against true claims",
    shape: asking,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => {
      stage.attackers.push((node) => {
        if (node?.claimant !== stage.arena.honest) return;
        plan(stage, node, atOnce, async () => {
          if (node.level > 1) {
            await childAt(stage, liar(1), node, 3, childPoints(stage.truth, node, 3));
            await childAt(stage, liar(1), node, 9, swapped(childPoints(stage.truth, node, 9), 2, junk(5)));
          } else {
            await delegateTruly(stage, liar(1), node);
          }
        });
      });
      // Against a true counter, so that the honest party comes down to level 1.
      consistentLiar(stage, liar(2), [{ machine: "first", step: 40, flip: 2 }], atOnce);
    },
  },
  {
    name: "repeated output: the proposal's own, against a true proposal",
    shape: plain,
    level: 2,
    proposed: [],
    attack: (stage, liar) => {
      stage.attackers.push((node) => {
        if (node !== undefined) return;
        plan(stage, undefined, atOnce, () => {
          const points = pointsFrom(stage.truth, stage.run, 0n, 2);
          return counterWith(stage, liar(1), stage.truth.outputHex(stage.run), points.slice(0, 15));
        });
      });
    },
  },
];
