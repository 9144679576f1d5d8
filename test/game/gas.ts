import type { Hex } from "@elench/bytes/hex";
import { partsOf } from "@elench/challenger/strategy/parts";
import { dueSettlement } from "@elench/challenger/strategy/settlement";
import { type Game, type Node, segmentSteps } from "@elench/challenger/strategy/tree";
import { LEAST_PART } from "@elench/spec/game/game";
import { open } from "../../challenger/strategy/dissection.ts";
import { type Arena, openArena, parameters, times } from "./arena.ts";
import { pointsFrom } from "./attackers.ts";
import type { Receipt } from "./chain.ts";
import type { Artifact } from "./compile.ts";
import { type Rules, startRuledChain } from "./ruled-chain.ts";
import { firstRun, outputOf, type Shape, ToyTraceProvider } from "./toy.ts";

/** Whole transactions, in gas, by what they do. The toy machine's step costs next to nothing, so `refute` is what the game adds to a step. */
export type Gas = Record<string, number>;

const DISPUTE = "dispute of 2^20 steps, both sides";
const SHAPE: Shape = { salt: 5n, otherLength: 200, otherLevel: 2, every: 0, length: 200 };
/** Longer than results are kept, so that regions are given again. */
const MONTH = 30 * 86_400;

/** What one contract costs under one rule set, from its first use on. */
export async function measure(artifacts: Record<string, Artifact>, rules: Rules): Promise<Gas> {
  const arena = await openArena(artifacts, await startRuledChain(rules));
  const gas: Gas = {};
  const note = (found: Gas, suffix: string, names = Object.keys(found)): void => {
    for (const name of names) gas[`${name}${suffix}`] = found[name]!;
  };

  note(await dispute(arena, { liar: "counters" }), ", first use: no slot used, nobody credited");
  note(await dispute(arena, { liar: "proposes", fresh: 50 }), ", empty pool", [DISPUTE]);
  note(await dispute(arena, { liar: "proposes" }), "");
  const refuted = await dispute(arena, { liar: "counters" });
  note(refuted, "", ["refute"]);
  note(refuted, ", with a refutation", [DISPUTE]);
  await delegation(arena);
  gas.delegate = await delegation(arena);

  // Fills the places that the games below use.
  await fallenCounters(arena, 40);
  gas["settle, undisputed, by its proposer"] = await settlementOf(arena, 0, arena.honest);
  gas["settle, undisputed, by another account"] = await settlementOf(arena, 0);
  gas["settle, each further claim"] = Math.round(
    ((await settlementOf(arena, 21)) - (await settlementOf(arena, 1))) / 40,
  );
  // Moves, moves, counters, counters. A transaction, the game's slots and the settler's credit take about 30,000.
  const [, moves, counters] = await partsFor(arena, 2 * LEAST_PART, LEAST_PART);
  gas["settle in parts, each claim whose parent is in a later part"] = Math.round((moves! - 30_000) / LEAST_PART);
  gas["settle in parts, each claim with a verdict of an earlier part"] = Math.round((counters! - 30_000) / LEAST_PART);

  const call = async (name: string, args: unknown[] = []) =>
    Number((await arena.transact(arena.honest, name, args)).gasUsed);
  await call("unlock");
  arena.now += Number(parameters.withdrawalDelay);
  await call("withdraw");
  await settlementOf(arena, 1);
  gas.unlock = await call("unlock");
  arena.now += Number(parameters.withdrawalDelay);
  gas.withdraw = await call("withdraw");
  gas["warm, 16 regions and 64 places"] = await call("warm", [1000, 16, 1000, 64]);

  await arena.chain.close();
  return gas;
}

/**
 * Two parties dispute 2^20 steps to the end, and somebody else settles. With five levels, the liar has the last word if it
 * proposes; if it counters, the last word is a refutation.
 * @param fresh region and places that were never used, from there on
 */
async function dispute(
  arena: Arena,
  { liar, fresh = 0 }: { liar: "proposes" | "counters"; fresh?: number },
): Promise<Gas> {
  const run = firstRun(arena.toys, { ...SHAPE, length: 1_000_000 }, 5);
  const truth = { says: new ToyTraceProvider(arena.toys), by: arena.honest };
  const lie = {
    says: new ToyTraceProvider(arena.toys, [{ machine: "first", step: 777_777, flip: 2 }]),
    by: arena.liar(0),
  };
  const [proposer, other] = liar === "proposes" ? [lie, truth] : [truth, lie];
  const gas: Gas = { [DISPUTE]: 0 };
  const note = (name: string, { gasUsed }: Receipt): void => {
    gas[name] = Math.max(gas[name] ?? 0, Number(gasUsed));
    gas[DISPUTE]! += Number(gasUsed);
  };
  arena.hint = inOrder(fresh);

  const id = await proposing(
    arena,
    (receipt) => note("propose", receipt),
    () => arena.propose(run, proposer.says.outputHex(run), proposer.by, fresh),
  );
  const game = (): Game => arena.game(id);
  arena.now += 10;
  const middles = pointsFrom(other.says, run, 0n, 5).slice(0, 15);
  note("counter", await arena.counter(other.by, game().proposal, other.says.outputHex(run), middles));
  for (let turn = 1; ; turn++) {
    const { says, by } = turn % 2 === 0 ? other : proposer;
    const node = game().claims.get(turn) as Node;
    const segment = pointsFrom(says, run, node.offset, node.level).findIndex(
      (point, i) => point !== node.points[i + 1],
    );
    const opening = open(node.points, segment);
    const offset = node.offset + BigInt(segment) * segmentSteps(node.level);
    arena.now += 10;
    if (node.level === 1) {
      if (says === truth.says)
        note("refute", await arena.refute(by, node, opening, says.witnessHex(run, Number(offset))));
      break;
    }
    const points = pointsFrom(says, run, offset, node.level - 1);
    note("move", await arena.move(by, node, opening, points[15]!, points.slice(0, 15)));
  }
  note("settle", await settle(arena, game()));
  if (game().output !== truth.says.outputHex(run)) throw new Error("the lie won");
  return gas;
}

/** A dispute that goes through another machine. @returns gas of the delegation */
async function delegation(arena: Arena): Promise<number> {
  const run = firstRun(arena.toys, { ...SHAPE, every: 7 }, 2);
  const truth = new ToyTraceProvider(arena.toys);
  const lies = new ToyTraceProvider(arena.toys, [{ machine: "second", step: 37, flip: 2 }]);
  arena.hint = inOrder(0);
  const id = await arena.propose(run, truth.outputHex(run), arena.honest, 0);
  const claim = (number: number) => arena.game(id).claims.get(number) as Node;
  const middles = pointsFrom(lies, run, 0n, 2).slice(0, 15);
  await arena.counter(arena.liar(0), arena.game(id).proposal, lies.outputHex(run), middles);
  const points = pointsFrom(truth, run, 0n, 1);
  await arena.move(arena.honest, claim(1), open(claim(1).points, 0), points[15]!, points.slice(0, 15));
  // Step 6 is the first that asks, and the liar is wrong about the answer.
  const asked = (await lies.asked(run, 6n))!;
  const { gasUsed } = await arena.delegate(
    arena.liar(0),
    claim(2),
    open(claim(2).points, 6),
    lies.witnessHex(run, 6),
    lies.outputHex(asked),
    pointsFrom(lies, asked, 0n, 2).slice(0, 15),
  );
  await settle(arena, arena.game(id));
  return Number(gasUsed);
}

/** A true proposal under so many false counters, each of which a move brings down. */
async function fallenCounters(arena: Arena, count: number): Promise<Game> {
  const run = firstRun(arena.toys, SHAPE, 2);
  const truth = new ToyTraceProvider(arena.toys);
  const whole = pointsFrom(truth, run, 0n, 2).slice(0, 15);
  const within = pointsFrom(truth, run, 32n, 1);
  arena.hint = inOrder(0);
  const id = await arena.propose(run, truth.outputHex(run), arena.honest, 0);
  for (let i = 0; i < count; i++)
    await arena.counter(arena.liar(0), arena.game(id).proposal, outputOf(7), whole.with(2, outputOf(i)));
  for (let i = 1; i <= count; i++) {
    const node = arena.game(id).claims.get(i) as Node;
    await arena.move(arena.honest, node, open(node.points, 2), within[15]!, within.slice(0, 15));
  }
  return arena.game(id);
}

async function settlementOf(arena: Arena, counters: number, settler?: Hex): Promise<number> {
  return Number((await settle(arena, await fallenCounters(arena, counters), settler)).gasUsed);
}

async function partsFor(arena: Arena, counters: number, size: number): Promise<number[]> {
  const game = await fallenCounters(arena, counters);
  arena.now += END;
  const settlement = dueSettlement(game, times, arena.now)!;
  const gas: number[] = [];
  for (const part of partsOf(game, size))
    gas.push(Number((await arena.settlePart(arena.settler, settlement, part)).gasUsed));
  arena.now += MONTH;
  return gas;
}

/** More than any game here lasts. */
const END = 3 * times.maxClock;

async function settle(arena: Arena, game: Game, settler = arena.settler): Promise<Receipt> {
  arena.now += END;
  const receipt = await arena.settle(settler, dueSettlement(game, times, arena.now)!);
  arena.now += MONTH;
  return receipt;
}

/** Reads the receipt of a proposal, of which the arena gives the id. */
async function proposing(arena: Arena, note: (receipt: Receipt) => void, propose: () => Promise<Hex>): Promise<Hex> {
  const transact = arena.transact.bind(arena);
  arena.transact = async (...call) => {
    const receipt = await transact(...call);
    note(receipt);
    return receipt;
  };
  const id = await propose();
  arena.transact = transact;
  return id;
}

const inOrder = (first: number) => {
  let next = first;
  return () => next++;
};
