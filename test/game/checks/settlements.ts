import { type Part, partsOf } from "@elench/challenger/strategy/parts";
import { dueAt, dueSettlement, type Settlement } from "@elench/challenger/strategy/settlement";
import { open } from "../../../challenger/strategy/dissection.ts";
import { type Arena, inTurn, times } from "../arena.ts";
import { answerOf, begin, type Check, expects, junkCounter, junkMiddles, settleDue, theMove } from "../check.ts";
import { outputOf } from "../toy.ts";

/** A game is settled whole, once, and when nothing in it can be answered any more. */
export const settlements: Check[] = [
  {
    name: "a game is settled with every claim, the latest first, and once",
    async run(arena) {
      const { game, settlement } = await twoCounters(arena);
      const { entries } = settlement;
      const settle = (change: Partial<Settlement>) =>
        answerOf(() => arena.settle(arena.settler, { ...settlement, ...change }));
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
    name: "a game that stands is settled once, and takes no counter then",
    async run(arena) {
      const { game } = await begin(arena);
      arena.now = dueAt(game(), times);
      const settlement = dueSettlement(game(), times, arena.now)!;
      const settle = () => answerOf(() => arena.settle(arena.settler, settlement));
      return [
        ...expects("the settlement", "accepted", await settle()),
        ...expects("another", "NoSuchGame", await settle()),
        ...expects("a counter", "NoSuchGame", await answerOf(() => junkCounter(arena, game(), 3, 9))),
      ];
    },
  },
  {
    name: "a game that is settled in part takes no further claim, and goes on only with the next part",
    async run(arena) {
      const { game, settlement } = await twoCounters(arena);
      const parts = partsOf(game(), 1);
      const settle = (i: number) => answerOf(() => arena.settlePart(arena.settler, settlement, parts[i]!));
      const found = [
        ...expects("the last part first", "WrongClaim", await settle(1)),
        ...expects("the first", "accepted", await settle(0)),
        ...expects("the first again", "NoSuchGame", await settle(0)),
        ...expects("all at once", "NoSuchGame", await answerOf(() => arena.settle(arena.settler, settlement))),
        ...expects("a counter", "NoSuchGame", await answerOf(() => junkCounter(arena, game(), 3, 9))),
        ...expects("the last part", "accepted", await settle(1)),
      ];
      return [...found, ...expects("the result", outputOf(7), game().output)];
    },
  },
  {
    name: "a part cannot change what the parts before it found, nor forget what it finds",
    async run(arena) {
      // 1, 2: counters; 3, 4: moves against them; the first part takes 4 and 3, the second 2, the last 1.
      const { game } = await begin(arena);
      for (const i of [1, 2]) await junkCounter(arena, game(), i, 6 + i);
      for (const i of [1, 2]) {
        const node = game().claims.get(i)!;
        await arena.move(arena.liar(2 + i), node, open(node.points, 2), outputOf(i), junkMiddles(i));
      }
      arena.now = dueAt(game(), times);
      const settlement = dueSettlement(game(), times, arena.now)!;
      const [first] = partsOf(game(), 2) as [Part];
      const settle = (part: Part) => answerOf(() => arena.settlePart(arena.settler, settlement, part));
      const { parents } = first;
      const stolen = { number: 4, segment: 2, by: arena.liar(9) };
      const found = [
        ...expects("without parents", "ParentsMissing", await settle({ ...first, parents: [] })),
        ...expects("without one parent", "ParentsMissing", await settle({ ...first, parents: parents.slice(1) })),
        ...expects(
          "one parent twice instead of another",
          "NothingToBind",
          await settle({
            ...first,
            parents: [parents[0]!, parents[0]!],
            carried: [{ number: 4, segment: 2, by: arena.liar(4) }],
          }),
        ),
        ...expects("as it is", "accepted", await settle(first)),
      ];
      const [second, last] = partsOf(game(), 1) as [Part, Part];
      found.push(
        ...expects("without what was found", "VerdictMissing", await settle({ ...second, carried: [] })),
        ...expects("for another's benefit", "NoSuchClaim", await settle({ ...second, carried: [stolen] })),
        ...expects(
          "with another counter as the winner",
          "NoSuchGame",
          await settle({ ...second, against: { ...stolen, commitment: game().claims.get(1)!.commitment } }),
        ),
        ...expects("as it is", "accepted", await settle(second)),
        ...expects("the last", "accepted", await settle(last)),
      );
      return [...found, ...expects("the game", "upheld", game().status)];
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
        ...expects("a proposal beside two games that nobody settles", 4002n, await unsettled(arena, kept)),
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

/** The region of a proposal that hints at an open game's, beside another open game, long after both were due. */
async function unsettled(arena: Arena, kept: number): Promise<bigint> {
  arena.now += 10 * kept;
  const { game } = await begin(arena, { region: 4000 });
  return game().proposal.number >> 16n;
}

async function twoCounters(arena: Arena) {
  const { game } = await begin(arena);
  await junkCounter(arena, game(), 1, 7);
  await junkCounter(arena, game(), 2, 8);
  arena.now = dueAt(game(), times);
  return { game, settlement: dueSettlement(game(), times, arena.now)! };
}
