import { atOnce, consistentLiar, counterWith, junk, plan } from "../attackers.ts";
import { asking, lie, lieOfOther, plain, type Scenario } from "../scenario.ts";
import { outputOf } from "../toy.ts";

/** Places are chosen by hints, which everybody sees and anybody can take first. */
export const places: Scenario[] = [
  {
    name: "a contested place: everybody hints at the same one",
    shape: asking,
    level: 2,
    proposed: [lieOfOther],
    attack: (stage, liar) => {
      stage.arena.hint = () => 11;
      consistentLiar(stage, liar(0), [lieOfOther], atOnce);
      consistentLiar(stage, liar(1), [lie], atOnce);
    },
  },
  {
    name: "a crowded pool: a liar holds more places in a row than are tried one after the other",
    shape: plain,
    level: 2,
    proposed: [lie],
    attack: (stage, liar) => {
      stage.arena.hint = () => 500;
      stage.attackers.push((node) => {
        if (node !== undefined) return;
        plan(stage, node, atOnce, async () => {
          for (let i = 0; i < 40; i++)
            await counterWith(
              stage,
              liar(i % 15),
              outputOf(1000 + i),
              Array.from({ length: 15 }, (_, j) => junk(100 * i + j)),
            );
        });
      });
      consistentLiar(stage, liar(0), [lie], atOnce);
      stage.onDue = async () => {
        const beyond = [...stage.game.claims.values()].filter(({ place }) => place >= 516 && place < 560);
        if (beyond.length > 0) stage.wrongs.push("the search went on through a full stretch");
      };
    },
  },
];
