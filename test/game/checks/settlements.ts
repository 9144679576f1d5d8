import { partsOf } from "@elench/challenger/strategy/parts";
import { dueAt, dueSettlement, type Settlement } from "@elench/challenger/strategy/settlement";
import { type Arena, inTurn, times } from "../arena.ts";
import { answerOf, begin, type Check, expects, junkCounter, settleDue, theMove } from "../check.ts";
import { outputOf } from "../toy.ts";

/** A game is settled whole, once, and when nothing in it can be answered any more. */
export const settlements: Check[] = [
  {
    name: "a game is settled with every claim, the latest first, and once",
    async run(arena) {
      const { game, settlement } = await twoCounters(arena);
      const { entries } = settlement;
      const settle = (change: Partial<Settlement>) =>
        answerOf(() => arena.settle(arena.resolver, { ...settlement, ...change }));
      const { place } = entries[0]!;
      const found = [
        ...expects("without the first claim", "WrongClaim", await settle({ entries: entries.slice(0, 1) })),
        ...expects("without the last claim", "WrongClaim", await settle({ entries: entries.slice(1) })),
        ...expects("in the other order", "WrongClaim", await settle({ entries: entries.toReversed() })),
        ...expects("one claim twice", "WrongClaim", await settle({ entries: [entries[0]!, entries[0]!] })),
        ...expects(
          "a claim in another's name",
          "NoSuchClaim",
          await settle({ entries: entries.map((entry) => ({ ...entry, claimant: arena.liar(9) })) }),
        ),
        ...expects(
          "a claim at another's place",
          "NoSuchClaim",
          await settle({ entries: entries.map((entry) => ({ ...entry, place })) }),
        ),
        ...expects(
          "another output",
          "WrongWinner",
          await settle({ winner: { ...settlement.winner!, output: outputOf(8) } }),
        ),
        ...expects("no winner", "WrongWinner", await settle({ winner: undefined })),
        ...expects("as it is", "accepted", await settle({})),
        ...expects("once more", "NoSuchGame", await settle({})),
      ];
      const late = await answerOf(() => junkCounter(arena, game(), 3, 9));
      return [...found, ...expects("a counter when it is over", "NoSuchGame", late)];
    },
  },
  {
    name: "a game that is settled in part takes no further claim, and goes on only with the next part",
    async run(arena) {
      const { game, settlement } = await twoCounters(arena);
      const parts = partsOf(game(), 1);
      const settle = (i: number) => answerOf(() => arena.settlePart(arena.resolver, settlement, parts[i]!));
      const found = [
        ...expects("the last part first", "WrongClaim", await settle(1)),
        ...expects("the first", "accepted", await settle(0)),
        ...expects("the first again", "NoSuchGame", await settle(0)),
        ...expects("all at once", "NoSuchGame", await answerOf(() => arena.settle(arena.resolver, settlement))),
        ...expects("a counter", "NoSuchGame", await answerOf(() => junkCounter(arena, game(), 3, 9))),
        ...expects("the last part", "accepted", await settle(1)),
      ];
      return [...found, ...expects("the result", outputOf(7), game().output)];
    },
  },
  {
    name: "a result is kept for the retention, and its region given to nobody before",
    async run(arena) {
      const { game } = await begin(arena, { region: 4000 });
      await settleDue(arena, game());
      const { proposal } = game();
      const kept = Number(await arena.read<bigint>("retention", []));
      const regionsOf = async (): Promise<bigint> => {
        const { game: next } = await begin(arena, { region: 4000 });
        return next().proposal.number >> 16n;
      };
      const ended = arena.now;
      arena.now = ended + kept - 1;
      const before = await regionsOf();
      const told = await arena.ended(proposal, proposal.output);
      arena.now = ended + kept;
      const after = await regionsOf();
      const forgotten = await arena.ended(proposal, proposal.output);
      return [
        ...expects("the retention", 14 * 86_400, kept),
        ...expects("a proposal before its end goes elsewhere", 4001n, before),
        ...expects("the result before its end", 2, told),
        ...expects("a proposal after it", 4000n, after),
        ...expects("the result of the game that was there", 0, forgotten),
      ];
    },
  },
  {
    name: "games share the places of claims: a liar that opens its game in a fresh region does not choose them",
    async run(arena, strategy) {
      const used = await begin(arena);
      arena.hint = () => 3000;
      await junkCounter(arena, used.game(), 1, 7);
      await settleDue(arena, used.game());
      const { game, truth } = await begin(arena, { region: 0xabcdef });
      await arena.perform(arena.honest, await theMove(arena, game(), truth, strategy));
      arena.hint = inTurn();
      return expects("the place of the honest counter", 3000, game().claims.get(1)!.place);
    },
  },
];

async function twoCounters(arena: Arena) {
  const { game } = await begin(arena);
  await junkCounter(arena, game(), 1, 7);
  await junkCounter(arena, game(), 2, 8);
  arena.now = dueAt(game(), times);
  return { game, settlement: dueSettlement(game(), times, arena.now)! };
}
