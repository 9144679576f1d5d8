import type { Hex } from "@elench/bytes/hex";
import { dueResolutions } from "@elench/challenger/strategy/resolutions";
import type { Game } from "@elench/challenger/strategy/tree";
import { encodeFunctionData } from "viem";
import { open } from "../../challenger/strategy/dissection.ts";
import type { Proposal } from "../../challenger/strategy/identity.ts";
import { honestMoves, type Move } from "../../challenger/strategy/moves.ts";
import { type Arena, parameters, prices, times } from "./arena.ts";
import { pointsFrom } from "./attackers.ts";
import { gameEvents, Reverted } from "./chain.ts";
import { firstRun, outputOf, type Shape, ToyTraceProvider } from "./toy.ts";

/** A property of the contract that no play of a single game shows. Gives what is wrong: nothing, where all is well. */
export type Check = { name: string; run: (arena: Arena) => Promise<string[]> };

const shape: Shape = { salt: 99n, otherLength: 0, otherLevel: 0, every: 0, length: 200 };

/** The contract's answer to a call: the name of its error, or "accepted". */
export async function answerOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return "accepted";
  } catch (error) {
    if (error instanceof Reverted) return error.error;
    throw error;
  }
}

const expects = (what: string, expected: string, got: string): string[] =>
  got === expected ? [] : [`${what}: ${got}, not ${expected}`];

async function begin(arena: Arena, output: Hex = outputOf(1)): Promise<{ game: () => Game; truth: ToyTraceProvider }> {
  const id = await arena.propose(firstRun(arena.toys, shape, 2), output, arena.liar(0));
  return { game: () => arena.game(id), truth: new ToyTraceProvider(arena.toys) };
}

const theMove = async (arena: Arena, game: Game, truth: ToyTraceProvider): Promise<Move> =>
  (await honestMoves(game, truth, times, arena.now))[0]!;

/** A counter by liar `i` with junk middles. */
const junkCounter = (arena: Arena, game: Game, i: number, output: number) =>
  arena.transact(
    arena.liar(i),
    "counter",
    [game.proposal, outputOf(output), Array.from({ length: 15 }, (_, j) => outputOf(1000 * output + j))],
    prices.counter,
  );

async function settleAll(arena: Arena, id: Hex): Promise<void> {
  arena.now += 2 * times.maxClock;
  for (const due of dueResolutions(arena.game(id), times, arena.now)) await arena.settle(arena.resolver, due);
}

export const checks: Check[] = [
  {
    name: "a move prepared on one fork of L1 means nothing on another",
    async run(arena) {
      const { chain } = arena;
      const run = firstRun(arena.toys, shape, 2);
      const middles = Array.from({ length: 15 }, (_, i) => outputOf(i));
      // Past the watcher of events, which would see the wrong id before the move is tried.
      const raw = (from: Hex, name: string, args: unknown[], value: bigint) =>
        chain.transact({ from, to: arena.address, abi: arena.artifact.abi, name, args, value, at: arena.now });
      const propose = async (output: Hex): Promise<Proposal> => {
        const args = [run.machine, run.context, run.start, run.level, output, arena.liar(0)];
        const { logs } = await raw(arena.consumer, "propose", args, prices.proposal);
        return gameEvents(arena.artifact.abi, logs)[0]!.args as unknown as Proposal;
      };
      const counter = (proposal: Proposal) =>
        answerOf(() => raw(arena.liar(1), "counter", [proposal, outputOf(9), middles], prices.counter));

      const fork = await chain.request<Hex>("evm_snapshot", []);
      const proposal = await propose(outputOf(1));
      const here = await counter(proposal);
      await chain.request("evm_revert", [fork]);
      await propose(outputOf(2));
      const there = await counter(proposal);
      return [...expects("on its own fork", "accepted", here), ...expects("on the other", "NoSuchClaim", there)];
    },
  },
  {
    name: "a segment has one number",
    async run(arena) {
      const { game } = await begin(arena);
      await junkCounter(arena, game(), 1, 7);
      const node = [...game().claims.values()][0]!;
      const opening = { ...open(node.points, 3), segment: 19 };
      const args = [node.claim, opening, outputOf(3), node.points.slice(1, 16)];
      const { address: to, now: at } = arena;
      const call = { from: arena.liar(2), to, abi: arena.artifact.abi, name: "move", args, value: prices.move, at };
      return expects("segment 19", "NoSuchSegment", await answerOf(() => arena.chain.transact(call)));
    },
  },
  {
    name: "where nobody is honest, the earliest standing counter is paid, and its output is the result",
    async run(arena) {
      const found: string[] = [];
      for (const order of [
        [0, 1],
        [1, 0],
      ]) {
        const { game } = await begin(arena);
        arena.now += 5;
        await junkCounter(arena, game(), 1, 7);
        arena.now += 5;
        await junkCounter(arena, game(), 2, 8);
        const before = await arena.credit(arena.liar(1));
        arena.now += 2 * times.maxClock;
        for (const i of order) {
          const node = game().claims.get(game().counters[i]!)!;
          await arena.settle(arena.resolver, { kind: "resolve", game: game().id, id: node.id, claim: node.claim });
        }
        await settleAll(arena, game().id);
        const result = await arena.result(game().id);
        if (result.output !== outputOf(7)) found.push(`the result is ${result.output}`);
        const earned = (await arena.credit(arena.liar(1))) - before;
        if (earned !== 2n * parameters.bond + (8n * parameters.bond) / 3n)
          found.push(`the first counter earned ${earned}`);
      }
      return found;
    },
  },
  {
    name: "within one block, the order of resolution does not choose who is paid",
    async run(arena) {
      const results = new Set<string>();
      for (const order of [
        [0, 1],
        [1, 0],
      ]) {
        const snapshot = await arena.chain.request<Hex>("evm_snapshot", []);
        const { forest, now } = arena;
        const { game } = await begin(arena);
        await junkCounter(arena, game(), 1, 7);
        await junkCounter(arena, game(), 2, 8);
        arena.now += 2 * times.maxClock;
        for (const i of order) {
          const node = game().claims.get(game().counters[i]!)!;
          await arena.settle(arena.resolver, { kind: "resolve", game: game().id, id: node.id, claim: node.claim });
        }
        await settleAll(arena, game().id);
        results.add((await arena.result(game().id)).output);
        await arena.chain.request("evm_revert", [snapshot]);
        arena.forest = forest;
        arena.now = now;
      }
      return results.size === 1 ? [] : [`the result depends on the order: ${[...results].join(", ")}`];
    },
  },
  {
    name: "a void game gives every bond back, once",
    async run(arena) {
      const { game, truth } = await begin(arena);
      const { id } = game();
      await arena.perform(arena.liar(3), await theMove(arena, game(), truth));
      await junkCounter(arena, game(), 4, 7);
      const stranger = await answerOf(() => arena.transact(arena.liar(5), "voidGame", [id]));
      const voided = await answerOf(() => arena.transact(arena.consumer, "voidGame", [id]));
      const again = await answerOf(() => arena.transact(arena.consumer, "voidGame", [id]));

      const accounts = [arena.liar(0), arena.liar(3), arena.liar(4)];
      const before = await Promise.all(accounts.map((a) => arena.credit(a)));
      const due = dueResolutions(game(), times, arena.now);
      for (const resolution of due) await arena.settle(arena.resolver, resolution);
      const twice = await answerOf(() => arena.settle(arena.resolver, due[0]!));
      const concluded = await answerOf(() => arena.settle(arena.resolver, due.at(-1)!));
      const after = await Promise.all(accounts.map((a) => arena.credit(a)));
      const back = after.map((a, i) => (a - before[i]!) / parameters.bond).join(" ");
      const { status } = await arena.result(id);
      return [
        ...expects("a stranger's", "NotConsumer", stranger),
        ...expects("the consumer's", "accepted", voided),
        ...expects("a second", "NotOpen", again),
        ...expects("resolving twice", "AlreadyResolved", twice),
        ...expects("concluding twice", "AlreadyResolved", concluded),
        ...expects("bonds given back", "4 2 2", back),
        ...expects("status", "4", String(status)),
        ...(game().settled ? [] : ["the game is not settled"]),
      ];
    },
  },
  {
    name: "a settled claim stays settled, and its like can not be made again",
    async run(arena) {
      const { game, truth } = await begin(arena);
      const counter = await theMove(arena, game(), truth);
      await arena.perform(arena.honest, counter);
      const again = await answerOf(() => arena.perform(arena.liar(1), counter));
      await settleAll(arena, game().id);
      const node = [...game().claims.values()][0]!;
      const call = () =>
        arena.settle(arena.resolver, { kind: "resolve", game: game().id, id: node.id, claim: node.claim });
      return [
        ...expects("the same counter again", "ClaimExists", again),
        ...expects("resolving twice", "AlreadyResolved", await answerOf(call)),
      ];
    },
  },
  {
    name: "a game is settled in one transaction, which takes no money",
    async run(arena) {
      const { game, truth } = await begin(arena);
      await arena.perform(arena.honest, await theMove(arena, game(), truth));
      const { abi } = arena.artifact;
      const middles = Array.from({ length: 15 }, (_, i) => outputOf(i));
      const counter = (output: number) =>
        encodeFunctionData({ abi, functionName: "counter", args: [game().proposal, outputOf(output), middles] });
      const calls = [counter(7), counter(8)];
      const paid = await answerOf(() => arena.transact(arena.liar(1), "multicall", [calls], prices.counter));
      const unpaid = await answerOf(() => arena.transact(arena.liar(1), "multicall", [calls]));
      arena.now += 2 * times.maxClock;
      await arena.settleAll(arena.resolver, dueResolutions(game(), times, arena.now));
      return [
        ...expects("two counters for the price of one", "", paid),
        ...expects("two counters for nothing", "WrongPayment", unpaid),
        ...expects("the game", "replaced", game().status),
      ];
    },
  },
  {
    name: "every move takes its bond, to the wei",
    async run(arena) {
      const { game } = await begin(arena);
      const { proposal } = game();
      const { machine, context, start } = proposal;
      const middles = Array.from({ length: 15 }, (_, i) => outputOf(i));
      const propose = (level: number, value: bigint) =>
        answerOf(() =>
          arena.transact(
            arena.consumer,
            "propose",
            [machine, context, start, level, outputOf(3), arena.liar(0)],
            value,
          ),
        );
      const counter = (value: bigint) =>
        answerOf(() => arena.transact(arena.liar(1), "counter", [proposal, outputOf(9), middles], value));
      return [
        ...expects("a proposal for less", "WrongPayment", await propose(2, prices.proposal - 1n)),
        ...expects("a proposal of level 0", "BadLevel", await propose(0, prices.proposal)),
        ...expects("a proposal of level 16", "BadLevel", await propose(16, prices.proposal)),
        ...expects("a counter for less", "WrongPayment", await counter(prices.counter - 1n)),
        ...expects("a counter for more", "WrongPayment", await counter(prices.counter + 1n)),
        ...expects("a counter at the price of a move", "WrongPayment", await counter(prices.move)),
        ...expects("a counter", "accepted", await counter(prices.counter)),
      ];
    },
  },
  {
    name: "level decides between moves and steps",
    async run(arena) {
      const { game, truth } = await begin(arena);
      await arena.perform(arena.honest, await theMove(arena, game(), truth));
      const node = [...game().claims.values()][0]!;
      const opening = open(node.points, 2);
      const witness = truth.witnessHex(node.run, 32);
      const refuted = await answerOf(() => arena.transact(arena.liar(1), "refute", [node.claim, opening, witness]));

      const run = firstRun(arena.toys, { ...shape, length: 10 }, 1);
      const id = await arena.propose(run, outputOf(1), arena.liar(0));
      await arena.perform(arena.honest, await theMove(arena, arena.game(id), truth));
      const low = [...arena.game(id).claims.values()][0]!;
      const points = pointsFrom(truth, run, 0n, 1);
      const moved = await answerOf(() =>
        arena.transact(
          arena.liar(1),
          "move",
          [low.claim, open(low.points, 1), outputOf(1), points.slice(0, 15)],
          prices.move,
        ),
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
      const { game, truth } = await begin(arena);
      await arena.perform(arena.honest, await theMove(arena, game(), truth));
      await settleAll(arena, game().id);
      const call = (from: Hex, name: string, args: unknown[] = []) => answerOf(() => arena.transact(from, name, args));
      const credit = await arena.credit(arena.honest);
      const early = await call(arena.honest, "withdraw");
      const unlocked = await call(arena.honest, "unlock");
      const nothing = await call(arena.honest, "unlock");
      arena.now += Number(parameters.withdrawalDelay) - 1;
      const soon = await call(arena.honest, "withdraw");
      arena.now += 1;
      const stranger = await call(arena.liar(0), "hold", [arena.honest, true]);
      await call(arena.guardian, "hold", [arena.honest, true]);
      const held = await call(arena.honest, "withdraw");
      await call(arena.guardian, "hold", [arena.honest, false]);
      const everybody = "0x0000000000000000000000000000000000000000";
      await call(arena.guardian, "hold", [everybody, true]);
      const heldToo = await call(arena.honest, "withdraw");
      await call(arena.guardian, "hold", [everybody, false]);

      const balance = () => arena.chain.request<Hex>("eth_getBalance", [arena.address, "latest"]).then(BigInt);
      const before = await balance();
      const done = await call(arena.honest, "withdraw");
      const paid = before - (await balance());
      return [
        ...expects("before unlocking", "NothingToWithdraw", early),
        ...expects("unlocking", "accepted", unlocked),
        ...expects("unlocking nothing", "NothingToUnlock", nothing),
        ...expects("before the delay", "Locked", soon),
        ...expects("a stranger's hold", "NotGuardian", stranger),
        ...expects("while held", "OnHold", held),
        ...expects("while everybody is held", "OnHold", heldToo),
        ...expects("at last", "accepted", done),
        ...expects("paid", String(credit), String(paid)),
      ];
    },
  },
];
