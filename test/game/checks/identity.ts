import type { Hex } from "@elench/bytes/hex";
import { type ClaimWords, packAnswered, packClaim } from "@elench/challenger/strategy/record";
import { dueSettlement } from "@elench/challenger/strategy/settlement";
import type { Node } from "@elench/challenger/strategy/tree";
import { open } from "../../../challenger/strategy/dissection.ts";
import type { Judgements } from "../../../challenger/strategy/moves.ts";
import { keccakWords, word } from "../../../challenger/strategy/words.ts";
import { type Arena, inTurn, parameters, prices, times } from "../arena.ts";
import { childPoints, pointsFrom } from "../attackers.ts";
import {
  answerOf,
  begin,
  type Check,
  expects,
  junkCounter,
  junkMiddles,
  settleDue,
  shape,
  theMove,
  undone,
} from "../check.ts";
import { firstRun, outputOf, ToyTraceProvider } from "../toy.ts";

/** A claim is known by its number and its whole record: nothing else passes for it, and a repeated claim is another one. */
export const identity: Check[] = [
  {
    name: "a move prepared on one fork of L1 means nothing on another",
    async run(arena) {
      const counter = (proposal: Parameters<Arena["counter"]>[1]) =>
        answerOf(() => arena.counter(arena.liar(1), proposal, outputOf(9), junkMiddles(9)));
      const { here, proposal } = await undone(arena, async () => {
        const { game } = await begin(arena, { region: 777 });
        return { here: await counter(game().proposal), proposal: game().proposal };
      });
      await begin(arena, { region: 777, output: outputOf(2) });
      return [
        ...expects("on its own fork", "accepted", here),
        ...expects("on the other", "NoSuchGame", await counter(proposal)),
      ];
    },
  },
  {
    name: "an answer prepared before a reorganisation is refused after it, and made again",
    async run(arena, strategy) {
      const { game, truth } = await begin(arena);
      await arena.perform(arena.honest, await theMove(arena, game(), truth, strategy));
      const judgements: Judgements = new Map();
      const lie = async (at: number) => {
        const node = game().claims.get(1)!;
        const points = childPoints(truth, node, 6).map((hash, i) => (i >= at ? outputOf(at) : hash));
        await arena.move(arena.liar(0), node, open(node.points, 6), points[15]!, points.slice(0, 15));
        return strategy(game(), truth, arena.now, judgements, new Set([arena.honest]));
      };
      const [prepared] = await undone(arena, () => lie(9));
      const [again, ...more] = await lie(4);
      const refused = await answerOf(() => arena.perform(arena.honest, prepared!));
      return [
        ...expects("the prepared answer", "NoSuchClaim", refused),
        ...expects("the new one", "accepted", await answerOf(() => arena.perform(arena.honest, again!))),
        ...expects("further answers", 0, more.length),
      ];
    },
  },
  {
    name: "a claim that a reorganisation puts below another one is defended there",
    async run(arena, strategy) {
      const run = firstRun(arena.toys, { ...shape, length: 50_000 }, 4);
      const truth = new ToyTraceProvider(arena.toys);
      const id = await arena.propose(run, truth.outputHex(run), arena.liar(0));
      const own = new Set([arena.honest]);
      // The same places on both forks.
      arena.hint = () => 200;
      const deny = (node: Node, segment: number) => {
        const points = childPoints(truth, node, segment);
        return arena.move(arena.liar(1), node, open(node.points, segment), outputOf(1), points.slice(0, 15));
      };
      /** In one second, a counter that is false at its end and perhaps before, and a move against its segment 9. */
      const begun = async (isFalseBefore: boolean) => {
        const points = pointsFrom(truth, run, 0n, 4).map((hash, i) => (isFalseBefore && i === 2 ? outputOf(2) : hash));
        await arena.counter(arena.liar(1), arena.game(id).proposal, outputOf(1), points.slice(0, 15));
        await deny(arena.game(id).claims.get(1)!, 9);
      };
      const answer = await undone(arena, async () => {
        await begun(false);
        const moves = await strategy(arena.game(id), truth, arena.now, new Map(), own);
        return moves.find(({ answers }) => answers === 2)!;
      });
      await begun(true);
      const included = await answerOf(() => arena.perform(arena.honest, answer));
      await deny(arena.game(id).claims.get(3)!, 5);
      const moves = await strategy(arena.game(id), truth, arena.now, new Map(), own);
      arena.hint = inTurn();
      return [
        ...expects("the answer to the claim of the same record", "accepted", included),
        ...expects(
          "the counter and the attack on it are answered",
          "1,4",
          moves.map(({ answers }) => answers),
        ),
      ];
    },
  },
  {
    name: "a record that differs in anything is no claim of the contract",
    async run(arena, strategy) {
      const { game, truth } = await begin(arena);
      await arena.perform(arena.honest, await theMove(arena, game(), truth, strategy));
      await junkCounter(arena, game(), 2, 8);
      const node = game().claims.get(1)!;
      const points = childPoints(truth, node, 3).with(15, outputOf(3));
      const move = ({ terms, origin, commitment }: ClaimWords, output = node.output) =>
        answerOf(() =>
          arena.transact(
            arena.liar(1),
            "moveWhole",
            [{ terms, origin, commitment }, output, open(node.points, 3), points[15], points.slice(0, 15)],
            prices.move,
          ),
        );
      const words = packAnswered(node, 3);
      const found: string[] = [];
      const fields = { machine: 0, clock: 160, made: 184, flags: 224, level: 228, segment: 232 };
      for (const [name, at] of Object.entries(fields))
        found.push(...expects(name, "NoSuchClaim", await move({ ...words, terms: words.terms ^ (1n << BigInt(at)) })));
      for (const [name, at] of Object.entries({ claimant: 0, parent: 160, number: 184, parentClock: 208 }))
        found.push(
          ...expects(name, "NoSuchClaim", await move({ ...words, origin: words.origin ^ (1n << BigInt(at)) })),
        );
      for (const place of [game().claims.get(2)!.place, 9999])
        found.push(...expects("another place", "NoSuchClaim", await move(packAnswered({ ...node, place }, 3))));
      const root = game().claims.get(2)!.root;
      found.push(...expects("another dissection", "NoSuchClaim", await move({ ...words, commitment: root })));
      found.push(...expects("another output", "NoSuchClaim", await move(words, outputOf(5))));
      return [...found, ...expects("the record itself", "accepted", await move(words))];
    },
  },
  {
    name: "a slot keeps 208 bits of the record's hash: two records that share them take 2^104 hashes to find",
    async run(arena) {
      const { game } = await begin(arena);
      await junkCounter(arena, game(), 2, 8);
      const node = game().claims.get(1)!;
      const { terms, origin, commitment } = packClaim({ ...node, place: 0 });
      const record = keccakWords(word(terms), word(origin), commitment.slice(2));
      const slot = await arena.read<bigint>("claimAt", [node.place]);
      return expects("its tag", BigInt(record) >> 48n, slot >> 48n);
    },
  },
  {
    name: "a refutation is an entry that cannot be answered",
    async run(arena, strategy) {
      const { game, truth } = await begin(arena, { level: 1, length: 10 });
      await arena.counter(arena.liar(1), game().proposal, outputOf(9), junkMiddles(9));
      const moves = await strategy(game(), truth, arena.now, new Map(), new Set([arena.honest]));
      await arena.perform(arena.honest, moves.find(({ kind }) => kind === "refute")!);
      const node = game().claims.get(1)!;
      const refutation = { ...node.refutations[0]!, root: node.root, output: undefined };
      const { terms, origin } = packAnswered(refutation, 1);
      const record = { terms, origin, commitment: packClaim(refutation).commitment };
      const witness = truth.witnessHex(node.run, 1);
      const answer = await answerOf(() =>
        arena.transact(arena.liar(2), "refute", [record, open(node.points, 1), witness]),
      );
      return expects("an answer to it", "IsRefutation", answer);
    },
  },
  {
    name: "the same claim twice in one block: the first is paid, the copy gets its bond back and nothing else",
    async run(arena, strategy) {
      const { game, truth } = await begin(arena);
      const counter = await theMove(arena, game(), truth, strategy);
      const accounts = [arena.honest, arena.liar(6)];
      const before = await Promise.all(accounts.map((a) => arena.credit(a)));
      for (const account of accounts) await arena.perform(account, counter);
      const made = [...game().claims.values()].map((claim) => claim.made);
      const settlement = dueSettlement(game(), times, Number.POSITIVE_INFINITY)!;
      await settleDue(arena, game());
      const after = await Promise.all(accounts.map((a) => arena.credit(a)));
      const earned = after.map((credit, i) => credit - before[i]!);
      const { bond } = parameters;
      return [
        ...expects("claims", 2, settlement.entries.length),
        ...expects("the time between them", 0, made[1]! - made[0]!),
        ...expects("the first", 2n * bond + (8n * bond) / 3n, earned[0]),
        ...expects("the copy", 2n * bond, earned[1]),
      ];
    },
  },
  {
    name: "where nobody is honest, the first counter that stands is paid, and its output is the result",
    async run(arena) {
      const found: string[] = [];
      // In one block and in two.
      for (const seconds of [0, 5]) {
        const { game } = await begin(arena);
        await junkCounter(arena, game(), 1, 7);
        arena.now += seconds;
        await junkCounter(arena, game(), 2, 8);
        const before = await arena.credit(arena.liar(1));
        await settleDue(arena, game());
        const earned = (await arena.credit(arena.liar(1))) - before;
        found.push(...expects("the result", outputOf(7), game().output as Hex));
        found.push(...expects("the first counter earned", (14n * parameters.bond) / 3n, earned));
      }
      return found;
    },
  },
];
