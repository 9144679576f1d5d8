import type { Hex } from "@elench/bytes/hex";
import { partsOf } from "@elench/challenger/strategy/parts";
import { dueAt, dueSettlement } from "@elench/challenger/strategy/settlement";
import { open } from "../../challenger/strategy/dissection.ts";
import { type Arena, times } from "./arena.ts";
import {
  atOnce,
  childAt,
  childPoints,
  consistentLiar,
  counterWith,
  delegateAt,
  firstDenied,
  junk,
  lastSecond,
  plan,
  pointsFrom,
  refuteAt,
} from "./attackers.ts";
import { booksOf, violations } from "./judge.ts";
import { diceFrom, Stage, type Strategy, theStrategy } from "./stage.ts";
import { firstRun, type Lie, outputOf, type Shape, ToyTraceProvider } from "./toy.ts";

/** A game told beforehand: what is run, what is proposed, and who attacks how. */
export type Scenario = {
  name: string;
  shape: Omit<Shape, "salt">;
  level: number;
  /** The proposal says what these lies imply; nothing false where there are none. */
  proposed: readonly Lie[];
  attack: (stage: Stage, accomplice: (i: number) => Hex) => void;
  /** The honest party answers at once, instead of as late as it may. */
  prompt?: boolean;
};

const plain: Omit<Shape, "salt"> = { otherLength: 0, otherLevel: 0, every: 0, length: 230 };
const asking: Omit<Shape, "salt"> = { otherLength: 100, otherLevel: 2, every: 7, length: 200 };

/** Far enough in that every level has true and false parts. */
const lie: Lie = { machine: "first", step: 101, flip: 2 };
/** The state after step 150 alone is false: the next one is true again. */
const passing: Lie = { machine: "first", step: 160, flip: 1 };
const lieOfOther: Lie = { machine: "second", step: 37, flip: 4 };

/** Plays, settles, judges. The violations found: none, where the rules and the strategy are right. */
export async function playScenario(
  arena: Arena,
  scenario: Scenario,
  { strategy = theStrategy as Strategy, seed = 1 } = {},
): Promise<string[]> {
  const run = firstRun(arena.toys, { ...scenario.shape, salt: BigInt(seed) }, scenario.level);
  const stage = new Stage(arena, run, new ToyTraceProvider(arena.toys), diceFrom(seed));
  stage.strategy = strategy;
  if (scenario.prompt) stage.latency = () => 1;
  scenario.attack(stage, (i) => arena.liar(i));
  const before = await booksOf(arena);
  const output = new ToyTraceProvider(arena.toys, scenario.proposed).outputHex(run);
  try {
    await stage.play(output, arena.liar(0));
    await stage.settle();
  } catch (error) {
    return [...stage.wrongs, `broken: ${(error as Error).message}`];
  }
  return violations(stage, before);
}

const swapped = (points: Hex[], at: number, hash: Hex): Hex[] => points.map((h, i) => (i === at ? hash : h));

export const scenarios: Scenario[] = [
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
  {
    name: "every move at the last second",
    shape: asking,
    level: 2,
    proposed: [lieOfOther],
    attack: (stage, liar) => consistentLiar(stage, liar(0), [lieOfOther], lastSecond),
  },
  {
    name: "false counters and false children, all at the last second",
    shape: asking,
    level: 2,
    proposed: [],
    prompt: true,
    attack: (stage, liar) => {
      for (const [i, step] of [30, 101, 150].entries()) {
        consistentLiar(stage, liar(1 + i), [{ machine: "first", step, flip: 2 }], lastSecond);
      }
      consistentLiar(stage, liar(5), [lieOfOther], lastSecond);
    },
  },
  {
    name: "one waits, the other is quick: the clocks of three levels and another machine",
    shape: { ...asking, length: 2000 },
    level: 3,
    proposed: [lieOfOther],
    attack: (stage, liar) => {
      consistentLiar(stage, liar(0), [lieOfOther], lastSecond);
      consistentLiar(stage, liar(1), [{ machine: "first", step: 1111, flip: 16 }], atOnce);
    },
  },
  {
    name: "a quick honest party and a slow liar: whoever waits pays with its own clock",
    shape: { ...asking, length: 2000 },
    level: 3,
    proposed: [lieOfOther],
    prompt: true,
    attack: (stage, liar) => consistentLiar(stage, liar(0), [lieOfOther], lastSecond),
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
    name: "late moves: against true claims, when their time is over",
    shape: plain,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => {
      const tooLate = (_: number, deadline: number) => deadline;
      consistentLiar(stage, liar(0), [lie], atOnce);
      stage.attackers.push((node) => {
        if (node?.claimant !== stage.arena.honest || node.level === 1) return;
        plan(stage, node, tooLate, async () => {
          const points = Array.from({ length: 16 }, (_, i) => junk(i));
          if (await childAt(stage, liar(1), node, 2, points)) stage.wrongs.push("a late move was accepted");
        });
      });
    },
  },
  {
    name: "late counters: against a true proposal, when its time is over",
    shape: plain,
    level: 2,
    proposed: [],
    attack: (stage, liar) => {
      stage.attackers.push((node) => {
        if (node !== undefined) return;
        plan(
          stage,
          node,
          (_, deadline) => deadline,
          async () => {
            const middles = Array.from({ length: 15 }, (_, i) => junk(i));
            if (await counterWith(stage, liar(1), outputOf(3), middles))
              stage.wrongs.push("a late counter was accepted");
          },
        );
      });
    },
  },
  {
    name: "hasty settlement: whenever a claim is made, and when its own time is over",
    shape: plain,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => {
      consistentLiar(stage, liar(0), [lie], atOnce);
      const hasty = async () => {
        const { arena, game } = stage;
        if (arena.now >= dueAt(game, times)) return;
        const settlement = dueSettlement(game, times, Number.POSITIVE_INFINITY)!;
        const parts = partsOf(game, 1);
        if (await stage.attempt(() => arena.settle(arena.resolver, settlement))) stage.wrongs.push("settled too early");
        for (const part of parts.slice(0, 1))
          if (await stage.attempt(() => arena.settlePart(arena.resolver, settlement, part)))
            stage.wrongs.push("settled in part too early");
      };
      stage.attackers.push((node) => {
        for (const timing of [atOnce, lastSecond, (_: number, deadline: number) => deadline])
          plan(stage, node, timing, hasty);
      });
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

/** The true answer of the other machine, at every step of a true claim that asks it: it changes nothing, and must be refused. */
async function delegateTruly(stage: Stage, account: Hex, node: Parameters<typeof firstDenied>[1]): Promise<void> {
  for (let segment = 0; segment < 16; segment++) {
    const step = node.offset + BigInt(segment);
    const run = await stage.truth.asked(node.run, step);
    if (run === undefined) continue;
    const witness = stage.truth.witnessHex(node.run, Number(step));
    const middles = pointsFrom(stage.truth, run, 0n, run.level).slice(0, 15);
    await delegateAt(stage, account, node, segment, witness, stage.truth.outputHex(run), middles);
  }
}
