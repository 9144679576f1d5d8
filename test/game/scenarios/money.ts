import { dueAt, dueSettlement } from "@elench/challenger/strategy/settlement";
import { type Arena, times } from "../arena.ts";
import { atOnce, consistentLiar, counterTruly } from "../attackers.ts";
import { asking, lie, lieOfOther, passing, plain, type Scenario } from "../scenario.ts";
import { firstRun, outputOf, ToyTraceProvider } from "../toy.ts";

/** Where bonds come from, and how they are paid out. */
export const money: Scenario[] = [
  {
    name: "stakes from credit: bonds that came back work again, though they wait for their withdrawal",
    shape: asking,
    level: 2,
    proposed: [lieOfOther],
    before: earn,
    attack: (stage, liar) => {
      const { arena } = stage;
      consistentLiar(stage, liar(0), [lieOfOther], atOnce);
      stage.perform = async (move) => {
        await arena.perform(arena.honest, move, await arena.credit(arena.honest));
      };
    },
  },
  {
    name: "settlement in parts of two",
    shape: asking,
    level: 2,
    proposed: [lieOfOther],
    attack: (stage, liar) => {
      stage.partSize = 2;
      consistentLiar(stage, liar(0), [lieOfOther], atOnce);
      consistentLiar(stage, liar(1), [lie], atOnce);
      consistentLiar(stage, liar(2), [passing], atOnce);
    },
  },
  {
    name: "settlement one by one, of a game that many lie in",
    shape: plain,
    level: 2,
    proposed: [],
    attack: (stage, liar) => {
      stage.partSize = 1;
      for (const [i, step] of [5, 40, 101, 160].entries())
        consistentLiar(stage, liar(i + 1), [{ machine: "first", step, flip: 2 }], atOnce);
    },
  },
];

/** Wins a game for the honest party, and unlocks what it has been paid. */
async function earn(arena: Arena): Promise<void> {
  const run = firstRun(arena.toys, { ...plain, salt: 4242n }, 2);
  const truth = new ToyTraceProvider(arena.toys);
  const id = await arena.propose(run, outputOf(1), arena.liar(0));
  await counterTruly(arena, arena.honest, arena.game(id), truth);
  arena.now = dueAt(arena.game(id), times);
  await arena.settle(arena.settler, dueSettlement(arena.game(id), times, arena.now)!);
  await arena.transact(arena.honest, "unlock", []);
}
