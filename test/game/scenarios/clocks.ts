import { partsOf } from "@elench/challenger/strategy/parts";
import { dueAt, dueSettlement } from "@elench/challenger/strategy/settlement";
import { times } from "../arena.ts";
import { atOnce, childAt, consistentLiar, counterWith, junk, lastSecond, plan } from "../attackers.ts";
import { asking, lie, lieOfOther, plain, type Scenario } from "../scenario.ts";
import { outputOf } from "../toy.ts";

/** The last second, other people's time, and time that is over. */
export const clocks: Scenario[] = [
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
    name: "a false delegation against a slow honest party, which has used all of its time",
    shape: { ...asking, length: 2000 },
    level: 3,
    proposed: [lieOfOther],
    attack: (stage, liar) => consistentLiar(stage, liar(0), [lieOfOther], atOnce),
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
        if (await stage.attempt(() => arena.settle(arena.settler, settlement))) stage.wrongs.push("settled too early");
        for (const part of parts.slice(0, 1))
          if (await stage.attempt(() => arena.settlePart(arena.settler, settlement, part)))
            stage.wrongs.push("settled in part too early");
      };
      stage.attackers.push((node) => {
        for (const timing of [atOnce, lastSecond, (_: number, deadline: number) => deadline])
          plan(stage, node, timing, hasty);
      });
    },
  },
];
