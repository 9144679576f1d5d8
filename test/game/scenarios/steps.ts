import type { Hex } from "@elench/bytes/hex";
import { word } from "../../../challenger/strategy/words.ts";
import {
  atOnce,
  consistentLiar,
  counterWith,
  delegateAt,
  firstDenied,
  junk,
  plan,
  pointsFrom,
  refuteAt,
} from "../attackers.ts";
import { asking, lie, plain, type Scenario, swapped } from "../scenario.ts";
import { haltedHash, outputOf, runningHash, ToyTraceProvider } from "../toy.ts";

/** Level-1 claims: executed steps, refutations of one's own claims, steps after the halt. */
export const steps: Scenario[] = [
  {
    name: "right steps refuted: every step of a true claim",
    shape: asking,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => {
      consistentLiar(stage, liar(0), [lie], atOnce);
      stage.attackers.push((node) => {
        if (node?.claimant !== stage.arena.honest || node.level !== 1) return;
        plan(stage, node, atOnce, async () => {
          for (let segment = 0; segment < 16; segment++) {
            const witness = stage.truth.witnessHex(node.run, Number(node.offset) + segment);
            await refuteAt(stage, liar(1), node, segment, witness);
          }
        });
      });
      // Against a true counter, so that the honest party comes down to level 1.
      consistentLiar(stage, liar(2), [{ machine: "first", step: 40, flip: 2 }], atOnce);
    },
  },
  {
    name: "self-refutation: the liar executes its own false step",
    shape: plain,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => {
      consistentLiar(stage, liar(0), [lie], atOnce);
      stage.attackers.push((node) => {
        if (node?.claimant !== liar(0) || node.level !== 1) return;
        const denied = firstDenied(stage.truth, node)!;
        const witness = stage.truth.witnessHex(node.run, Number(node.offset) + denied);
        plan(stage, node, atOnce, () => refuteAt(stage, liar(4), node, denied, witness));
      });
    },
  },
  {
    name: "self-refutation too high: to close the place of the honest one",
    shape: { ...plain, length: 14 },
    level: 1,
    proposed: [],
    attack: (stage, liar) => {
      // A counter with h[3] junk and a false end: the liar refutes the last step itself, from a state that it knows.
      const told = new ToyTraceProvider(stage.arena.toys, [{ machine: "first", step: 9, flip: 2 }]);
      stage.attackers.push((node) => {
        if (node === undefined) {
          plan(stage, node, atOnce, () => {
            const points = pointsFrom(told, stage.run, 0n, 1);
            return counterWith(stage, liar(1), outputOf(5), swapped(points.slice(0, 15), 2, junk(3)));
          });
        } else if (node.claimant === liar(1)) {
          const witness = told.witnessHex(node.run, 15);
          plan(stage, node, atOnce, () => refuteAt(stage, liar(2), node, 15, witness));
        }
      });
    },
  },
  {
    name: "self-delegation too high: to close the place of the honest refutation",
    shape: { otherLength: 14, otherLevel: 1, every: 5, length: 14 },
    level: 1,
    proposed: [],
    attack: (stage, liar) => {
      // Steps 4 and 9 ask the other machine. From step 8 on the counter is false; the liar denies what it says of step 9.
      const told = new ToyTraceProvider(stage.arena.toys, [{ machine: "first", step: 8, flip: 2 }]);
      consistentLiar(stage, liar(1), [{ machine: "first", step: 8, flip: 2 }], atOnce);
      stage.attackers.push((node) => {
        if (node?.claimant !== liar(1) || node.kind !== "counter") return;
        plan(stage, node, atOnce, async () => {
          const witness = told.witnessHex(node.run, 9);
          const middles = Array.from({ length: 15 }, (_, i) => junk(i));
          await delegateAt(stage, liar(2), node, 9, witness, outputOf(9), middles);
        });
      });
    },
  },
  {
    name: "sixteen refutations of one's own claim, from the last segment to the first",
    shape: { ...plain, length: 16 },
    level: 1,
    proposed: [],
    attack: (stage, liar) => {
      // Each state can be opened, and none follows from the one before.
      const { context } = stage.run;
      const openable = (index: number): Hex => `0x${context.slice(2)}${word(index)}${word(77 + index)}`;
      stage.attackers.push((node) => {
        if (node === undefined) {
          const middles = Array.from({ length: 15 }, (_, i) => runningHash(context, i + 1, 78 + i));
          plan(stage, node, atOnce, () => counterWith(stage, liar(1), outputOf(5), middles));
        } else if (node.claimant === liar(1)) {
          plan(stage, node, atOnce, async () => {
            for (let segment = 15; segment >= 0; segment--) {
              const witness = segment === 0 ? stage.truth.witnessHex(node.run, 0) : openable(segment);
              if (!(await refuteAt(stage, liar(2 + (segment % 3)), node, segment, witness)))
                stage.wrongs.push(`the refutation of segment ${segment} was refused`);
            }
            if (await refuteAt(stage, liar(2), node, 5, openable(5))) stage.wrongs.push("a segment was refuted twice");
          });
        }
      });
    },
  },
  {
    name: "a level-1 counter that is false at a halted step",
    shape: { ...plain, length: 5 },
    level: 1,
    proposed: [{ machine: "first", step: 3, flip: 2 }],
    attack: (stage, liar) => {
      // True until it has halted; then, all at once, halted with another output.
      const { run, truth } = stage;
      stage.attackers.push((node) => {
        if (node !== undefined) return;
        plan(stage, node, atOnce, () => {
          const points = pointsFrom(truth, run, 0n, 1);
          const middles = points.slice(0, 15).map((hash, i) => (i < 9 ? hash : haltedHash(run.context, outputOf(5))));
          return counterWith(stage, liar(1), outputOf(5), middles);
        });
        // The true output, and a state after the halt that is junk.
        plan(stage, node, atOnce, () => {
          const points = pointsFrom(truth, run, 0n, 1);
          return counterWith(stage, liar(2), truth.outputHex(run), swapped(points.slice(0, 15), 9, junk(9)));
        });
      });
    },
  },
];
