import { setTimeout as sleep } from "node:timers/promises";
import { dueSettlement } from "@elench/challenger/strategy/settlement";
import { runOf } from "@elench/challenger/strategy/tree";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import type { Hex } from "viem";
import { honestMoves, type Judgements } from "../../challenger/strategy/moves.ts";
import { agentOn } from "../e2e/agents.ts";
import { append, batchOf } from "../e2e/l2-stage.ts";
import { DELIVERY_DELAY, hex, keyOf, passClocks, until } from "../e2e/stage.ts";
import { startTower, type Tower } from "../e2e/tower.ts";
import type { Field, Winner } from "./attack.ts";

/** What the parties of an attack do: the verbs that the plays are told with. */

/** Puts so many batches on L1, each with a payment, a call of the model and a payment. */
export async function appendBatches(field: Field, count: number, from = 0): Promise<void> {
  for (let i = from; i < from + count; i++) await append(field, batchOf(field, i + 1, 3n * BigInt(i)));
}

/** The honest side's watchtower: a process of its own. */
export async function startWatch(field: Field, ...args: string[]): Promise<Tower> {
  const tower = startTower({ ...field.env, ELENCH_KEY: keyOf(field.honest.watcher) }, args);
  await tower.tells("that it has started", ({ kind }) => kind === "started");
  return tower;
}

/** The true output at a boundary, as somebody computes it who has no key. */
export async function truthAt(field: Field, boundary: number): Promise<Hex> {
  const { watchtower, chain } = await agentOn(field, {});
  await watchtower.look();
  const missing = await chain?.reach(boundary);
  if (missing) throw new Error(missing);
  return hex(chain?.outputAt(boundary) as Uint8Array);
}

/** Windows after which an output that is not final has been delayed for longer than any game and its settlement may last. */
const WINDOWS = 12;

/**
 * Lets windows pass until a boundary is final.
 * @param each what the parties of this process do in between.
 * @returns the truth if its true output is final; the lie if another is, or none after the longest that games last
 */
export async function whoHas(
  field: Field,
  boundary: number,
  each = async (): Promise<unknown> => undefined,
): Promise<Winner> {
  const truth = await truthAt(field, boundary);
  const isOver = async () => (await finalOutput(field, boundary)) !== undefined;
  await passWindows(field, isOver, each);
  return (await finalOutput(field, boundary)) === truth ? "truth" : "lie";
}

/** Lets clocks and delays run out, again and again, until something is over; each time once nobody has anything left to do. */
export async function passWindows(
  field: Field,
  isOver: () => Promise<boolean>,
  each = async (): Promise<unknown> => undefined,
): Promise<void> {
  const isOwed = await onlooker(field);
  let patience = PATIENCE;
  for (let window = 0; window < WINDOWS; window++) {
    if (!(await settling(field, { isOver, each, isOwed, patience }))) patience = QUIET;
    if (await isOver()) return;
    await passClocks(field);
    await settling(field, { isOver, each, isOwed, patience: QUIET });
    if (await isOver()) return;
    await field.chain.pass(Number(DELIVERY_DELAY));
  }
}

/**
 * Milliseconds without a transaction of the honest side after which it will not do what it owes (once in a play: then it is believed sooner); and
 * after which nothing more is expected where nothing is owed.
 */
const [PATIENCE, QUIET] = [60_000, 3_000];

interface Waiting {
  readonly isOver: () => Promise<boolean>;
  readonly each: () => Promise<unknown>;
  readonly isOwed: () => Promise<boolean>;
  readonly patience: number;
}

/** Gives processes the time to act, since L1's clocks wait for nobody. @returns whether the honest side has done all that it owes */
async function settling(field: Field, { isOver, each, isOwed, patience }: Waiting): Promise<boolean> {
  const { chain, honest } = field;
  const sent = async (): Promise<number> => {
    const counts = Object.values(honest).map(({ address }) => chain.client.getTransactionCount({ address }));
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
  };
  let [block, since] = [-1n, 0];
  let [count, acted] = [-1, 0];
  for (;;) {
    await each();
    if (await isOver()) return true;
    const now = performance.now();
    const latest = await chain.client.getBlockNumber();
    if (latest !== block) [block, since] = [latest, now];
    const transactions = await sent();
    if (transactions !== count) [count, acted] = [transactions, now];
    const owed = await isOwed();
    if (!owed && now - since > QUIET) return true;
    if (now - acted > patience) return !owed;
    await sleep(100);
  }
}

/** Somebody honest without a key. @returns whether a move or a settlement is missing that an honest party would make now */
async function onlooker(field: Field): Promise<() => Promise<boolean>> {
  const agent = await agentOn(field, {});
  const { watchtower, truth, parameters: times } = agent;
  const { rollup, inferenceOracle } = field.deployment;
  const consumers = new Set([rollup.outputs, inferenceOracle].map((address) => address.toLowerCase()));
  const judgements = new Map<Hex, Judgements>();
  return async () => {
    const now = Number((await watchtower.look()).timestamp);
    for (const game of watchtower.forest.games.values()) {
      if (!consumers.has(game.proposal.consumer)) continue;
      if ((await truth.unknown(runOf(game))) !== null) continue;
      const known: Judgements = judgements.get(game.id) ?? new Map();
      judgements.set(game.id, known);
      if ((await honestMoves(game, truth, times, now, known)).length > 0) return true;
      if (dueSettlement(game, times, now)) return true;
    }
    return false;
  };
}

/** The output that a bridge would pay out for; undefined if none is final. */
export async function finalOutput({ chain, deployment }: Field, boundary: number): Promise<Hex | undefined> {
  const outputs = { address: deployment.rollup.outputs, abi: outputsAbi, args: [BigInt(boundary)] } as const;
  if (!(await chain.client.readContract({ ...outputs, functionName: "isFinal" }))) return undefined;
  return chain.client.readContract({ ...outputs, functionName: "finalOutput" });
}

/** Waits for a condition while somebody acts. */
export const waitFor = (what: string, condition: () => unknown, each?: () => Promise<unknown>): Promise<void> =>
  until(what, condition, each, 180);
