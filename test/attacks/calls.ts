import { packProposal } from "@elench/challenger/strategy/record";
import { concludedProposal, dueSettlement } from "@elench/challenger/strategy/settlement";
import type { Game } from "@elench/challenger/strategy/tree";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { encodeFunctionData, type Hex } from "viem";
import type { HDAccount } from "viem/accounts";
import { settlementCall } from "../../challenger/l1/settlement.ts";
import { agentOn } from "../e2e/agents.ts";
import { games, parameters, transact } from "../e2e/stage.ts";
import type { Field } from "./attack.ts";
import { truthAt } from "./verbs.ts";

/** Calls of the contracts that no honest program makes. Each returns whether L1 took it. */

export const BOND = {
  proposal: 4n * parameters.bond + parameters.prepayment,
  counter: 2n * parameters.bond + parameters.prepayment,
  move: parameters.bond + parameters.prepayment,
} as const;

/** An output that no batch leads to. */
export const FALSE_OUTPUT: Hex = `0x${"bad".padStart(64, "0")}`;

export interface FreeSpan {
  readonly first: bigint;
  readonly end: bigint;
  readonly previous: Hex;
  /** Default: the inbox's newest kept root. */
  readonly root?: Hex;
}

const currentEpoch = ({ chain, deployment }: Field): Promise<bigint> =>
  chain.client.readContract({ address: deployment.rollup.outputs, abi: outputsAbi, functionName: "epoch" });

/** Keeps the inbox's root, and lets a block pass. */
export async function checkpoint(field: Field, account: HDAccount): Promise<void> {
  const data = encodeFunctionData({ abi: inboxAbi, functionName: "checkpoint" });
  await transact(field, account, field.deployment.rollup.inbox, data);
  await field.chain.client.mine({ blocks: 1 });
}

/** The inbox's newest root. */
export const newestRoot = ({ chain, deployment }: Field): Promise<Hex> =>
  chain.client.readContract({ address: deployment.rollup.inbox, abi: inboxAbi, functionName: "root" });

/** Proposes whatever it is told, through the outputs contract. @param madeIn the epoch that it is meant for; default: the current one @returns the game's id; undefined if it was refused */
export async function proposeFreely(
  field: Field,
  account: HDAccount,
  span: FreeSpan,
  output: Hex,
  madeIn?: bigint,
): Promise<Hex | undefined> {
  const { client } = field.chain;
  const { outputs, inbox } = field.deployment.rollup;
  const [count, checkpoints, root, epoch] = await Promise.all([
    client.readContract({ address: inbox, abi: inboxAbi, functionName: "count" }),
    client.readContract({ address: inbox, abi: inboxAbi, functionName: "checkpoints" }),
    client.readContract({ address: inbox, abi: inboxAbi, functionName: "root" }),
    madeIn ?? currentEpoch(field),
  ]);
  const args = [{ root, ...span }, checkpoints - 1n, count, epoch, 0n, output] as const;
  const data = encodeFunctionData({ abi: outputsAbi, functionName: "propose", args });
  if (!(await taken(field, account, outputs, data, BOND.proposal))) return undefined;
  return (await games(field)).at(-1);
}

/** An honest proposer, that proposes a span once in each epoch. */
export function honestProposer(field: Field, end: number, first = 0): () => Promise<void> {
  let proposedIn = -1n;
  return async () => {
    const epoch = await currentEpoch(field);
    if (epoch === proposedIn) return;
    await checkpoint(field, field.honest.user);
    const span = { first: BigInt(first), end: BigInt(end), previous: await truthAt(field, first) };
    if (await proposeFreely(field, field.honest.proposer, span, await truthAt(field, end))) proposedIn = epoch;
  };
}

/** Sends a transaction without asking first whether it would be refused. */
export const taken = (field: Field, account: HDAccount, to: Hex, data: Hex, value = 0n): Promise<boolean> =>
  transact(field, account, to, data, value, 8_000_000n).catch(() => false);

/** A game as its events tell it. */
export async function gameOf(field: Field, id: Hex): Promise<Game> {
  const { watchtower } = await agentOn(field, {});
  await watchtower.look();
  const game = watchtower.forest.games.get(id);
  if (!game) throw new Error(`no game ${id}`);
  return game;
}

export const TIMES = {
  maxClock: Number(parameters.maxClock),
  extension: Number(parameters.extension),
  longExtension: Number(parameters.longExtension),
};

/** Settles a game, due or not. */
export async function settleGame(field: Field, account: HDAccount, id: Hex): Promise<boolean> {
  const game = await gameOf(field, id);
  const settlement = dueSettlement(game, TIMES, Number.MAX_SAFE_INTEGER);
  if (!settlement) return false;
  const { intent } = settlementCall(game, settlement, field.deployment.disputeGame);
  return taken(field, account, intent.to, intent.data);
}

/** A concluded game's proposal, as its consumer takes it. */
export const concludedOf = async (field: Field, id: Hex) => packProposal(concludedProposal(await gameOf(field, id)));

/** Takes a concluded game's result into the outputs contract, for whatever span. */
export async function settleSpan(
  field: Field,
  account: HDAccount,
  id: Hex,
  span: Required<FreeSpan>,
): Promise<boolean> {
  const proposal = await concludedOf(field, id);
  const data = encodeFunctionData({ abi: outputsAbi, functionName: "settle", args: [proposal, span] });
  return taken(field, account, field.deployment.rollup.outputs, data);
}

/** A contract call's bytes that open a game straight at the game, with the account as its consumer. */
export function openingOf(account: HDAccount, run: DirectRun, output: Hex): Hex {
  const where = (BigInt(run.level) << 160n) | BigInt(run.machine);
  const args = [where, account.address, run.context, run.start, output] as const;
  return encodeFunctionData({ abi: disputeGameAbi, functionName: "propose", args });
}

interface DirectRun {
  readonly machine: Hex;
  readonly level: number;
  readonly context: Hex;
  readonly start: Hex;
}

/** Opens a game of the account's own, as anybody may. @param value what is missing of the price comes out of its credit @returns its id */
export async function openGame(
  field: Field,
  account: HDAccount,
  run: DirectRun,
  output: Hex,
  value: bigint = BOND.proposal,
): Promise<Hex | undefined> {
  const data = openingOf(account, run, output);
  if (!(await taken(field, account, field.deployment.disputeGame, data, value))) return undefined;
  return (await games(field)).at(-1);
}

/** An attacker that brings its game, and its game's result, home as soon as it can. */
export function attackerSettles(field: Field, id: Hex, span: FreeSpan): () => Promise<void> {
  const [attacker] = field.attackers;
  return async () => {
    const root = span.root ?? (await newestRoot(field));
    const { timestamp } = await field.chain.client.getBlock();
    const game = await gameOf(field, id);
    if (game.status === "open" && dueSettlement(game, TIMES, Number(timestamp))) await settleGame(field, attacker, id);
    if ((await gameOf(field, id)).status !== "open") await settleSpan(field, attacker, id, { ...span, root });
  };
}
