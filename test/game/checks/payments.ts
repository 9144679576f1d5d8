import type { Hex } from "@elench/bytes/hex";
import { open } from "../../../challenger/strategy/dissection.ts";
import { type Arena, parameters, prices } from "../arena.ts";
import { counterTruly, pointsFrom } from "../attackers.ts";
import { answerOf, begin, type Check, expects, junkMiddles, settleDue, shape, theMove } from "../check.ts";
import type { Strategy } from "../stage.ts";
import { firstRun, outputOf, ToyTraceProvider } from "../toy.ts";

/** What a move takes and from whom, and how money leaves. */
export const payments: Check[] = [
  {
    name: "every move takes its bond, to the wei",
    async run(arena, strategy) {
      const { game } = await begin(arena);
      const { machine, context, start } = game().proposal;
      const poor = arena.liar(14);
      const propose = (level: number, value: bigint, proposer = poor) => {
        const where = (BigInt(level) << 160n) | BigInt(machine);
        return answerOf(() => arena.transact(poor, "propose", [where, proposer, context, start, outputOf(3)], value));
      };
      const counter = (value: bigint) =>
        answerOf(() => arena.counter(poor, game().proposal, outputOf(9), junkMiddles(9), value));
      const found = [
        ...expects("a proposal for less", "NotEnoughCredit", await propose(2, prices.proposal - 1n)),
        ...expects("a proposal for more", "TooMuchPaid", await propose(2, prices.proposal + 1n)),
        ...expects("a proposal of level 0", "BadLevel", await propose(0, prices.proposal)),
        ...expects("a proposal of level 16", "BadLevel", await propose(16, prices.proposal)),
        ...expects("a proposal of nobody", "BadProposer", await propose(2, prices.proposal, NOBODY)),
        ...expects("a proposal from another's credit", "NotAuthorised", await propose(2, 0n, arena.liar(13))),
        ...expects("a counter for less", "NotEnoughCredit", await counter(prices.counter - 1n)),
        ...expects("a counter for more", "TooMuchPaid", await counter(prices.counter + 1n)),
        ...expects("a counter at the price of a move", "NotEnoughCredit", await counter(prices.move)),
        ...expects("a counter", "accepted", await counter(prices.counter)),
      ];
      const node = [...game().claims.values()].at(-1)!;
      const move = (value: bigint) =>
        answerOf(() => arena.move(poor, node, open(node.points, 3), outputOf(1), junkMiddles(8), value));
      return [
        ...found,
        ...expects("a move for less", "NotEnoughCredit", await move(prices.move - 1n)),
        ...expects("a move for more", "TooMuchPaid", await move(prices.move + 1n)),
        ...expects("a move", "accepted", await move(prices.move)),
        ...expects("a delegation for less", "NotEnoughCredit", await delegation(arena, strategy, 1n)),
        ...expects("a delegation", "accepted", await delegation(arena, strategy, 0n)),
      ];
    },
  },
  {
    name: "level decides between moves and steps",
    async run(arena, strategy) {
      const { game, truth } = await begin(arena);
      await arena.perform(arena.honest, await theMove(arena, game(), truth, strategy));
      const node = game().claims.get(1)!;
      const witness = truth.witnessHex(node.run, 32);
      const refuted = await answerOf(() => arena.refute(arena.liar(1), node, open(node.points, 2), witness));

      const short = await begin(arena, { level: 1, length: 10 });
      await arena.perform(arena.honest, await theMove(arena, short.game(), truth, strategy));
      const low = short.game().claims.get(1)!;
      const points = pointsFrom(truth, firstRun(arena.toys, { ...shape, length: 10 }, 1), 0n, 1);
      const moved = await answerOf(() =>
        arena.move(arena.liar(1), low, open(low.points, 1), outputOf(1), points.slice(0, 15)),
      );
      return [
        ...expects("a step at level 2", "NotOneStep", refuted),
        ...expects("a move at level 1", "NotDivisible", moved),
      ];
    },
  },
  {
    name: "money leaves after the delay, unless the guardian holds it",
    async run(arena) {
      const credit = await earnings(arena);
      const call = (from: Hex, name: string, args: unknown[] = []) => answerOf(() => arena.transact(from, name, args));
      const early = await call(arena.honest, "withdraw");
      const unlocked = await call(arena.honest, "unlock");
      arena.now += Number(parameters.withdrawalDelay) - 1;
      const soon = await call(arena.honest, "withdraw");
      arena.now += 1;
      const stranger = await call(arena.liar(0), "hold", [arena.honest]);
      await call(arena.guardian, "hold", [arena.honest]);
      const held = await call(arena.honest, "withdraw");
      const staked = await spend(arena);
      arena.now += HOLD;
      const again = await call(arena.guardian, "hold", [arena.honest]);
      const balance = () => arena.chain.request<Hex>("eth_getBalance", [arena.address, "latest"]).then(BigInt);
      const before = await balance();
      const done = await call(arena.honest, "withdraw");
      const paid = before - (await balance());
      return [
        ...expects("before unlocking", "NothingToWithdraw", early),
        ...expects("unlocking", "accepted", unlocked),
        ...expects("before the delay", "Locked", soon),
        ...expects("a stranger's hold", "NotGuardian", stranger),
        ...expects("while held", "OnHold", held),
        ...expects("a stake of what is held", "NotEnoughCredit", staked),
        ...expects("a second hold at once", "MustBeFree", again),
        ...expects("at last", "accepted", done),
        ...expects("paid", credit, paid),
      ];
    },
  },
  {
    name: "what is staked cannot be withdrawn as well",
    async run(arena) {
      const credit = await earnings(arena);
      await arena.transact(arena.honest, "unlock", []);
      const staked = await spend(arena);
      arena.now += Number(parameters.withdrawalDelay);
      const before = BigInt(await arena.chain.request<Hex>("eth_getBalance", [arena.address, "latest"]));
      await arena.transact(arena.honest, "withdraw", []);
      const after = BigInt(await arena.chain.request<Hex>("eth_getBalance", [arena.address, "latest"]));
      return [
        ...expects("a counter from waiting credit", "accepted", staked),
        ...expects("withdrawn", credit - prices.counter, before - after),
        ...expects("left", 0n, await arena.credit(arena.honest)),
      ];
    },
  },
];

/** A delegation, for which so much of the price is missing. */
async function delegation(arena: Arena, strategy: Strategy, missing: bigint): Promise<string> {
  const run = firstRun(arena.toys, { salt: 7n, otherLength: 9, otherLevel: 1, every: 5, length: 14 }, 1);
  const truth = new ToyTraceProvider(arena.toys);
  const id = await arena.propose(run, truth.outputHex(run), arena.liar(0));
  // False from the state after step 4 on, which asks.
  const middles = pointsFrom(truth, run, 0n, 1).map((hash, i) => (i < 4 ? hash : outputOf(i)));
  await arena.counter(arena.liar(1), arena.game(id).proposal, outputOf(9), middles.slice(0, 15));
  const answer = await theMove(arena, arena.game(id), truth, strategy);
  return answerOf(() => arena.perform(arena.liar(14), answer, missing));
}

const NOBODY: Hex = `0x${"0".repeat(40)}`;
const HOLD = 30 * 86_400;

/** The honest party's credit, after it has won a game. */
async function earnings(arena: Arena): Promise<bigint> {
  const { game, truth } = await begin(arena);
  await counterTruly(arena, arena.honest, game(), truth);
  await settleDue(arena, game());
  return arena.credit(arena.honest);
}

/** A counter of the honest party, all of it from credit. */
async function spend(arena: Arena): Promise<string> {
  const { game } = await begin(arena);
  return answerOf(() => arena.counter(arena.honest, game().proposal, outputOf(9), junkMiddles(9), 0n));
}
