import { toHex } from "@elench/bytes/hex";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import type { Deployment } from "@elench/deploy/deployment";
import { EXIT, UserError } from "@elench/errors/user-error";
import { encodeFunctionData, type Hex, type PublicClient } from "viem";
import type { Request } from "../l1/events.ts";
import type { Game } from "../strategy/tree.ts";
import type { Agent } from "./agent.ts";
import type { Due, SettlingOptions } from "./due.ts";
import type { Answered } from "./requests.ts";

/** Maximum callback gas of another provider's answer that this account delivers without a fee. */
const STRANGERS_CALLBACK_GAS = 500_000n;

/**
 * Settles answers whose games are over, and delivers them after the delay. `isWorthDelivering` decides
 * which ones.
 */
export async function deliverDue(
  agent: Agent,
  client: PublicClient,
  deployment: Deployment,
  settling: SettlingOptions = { all: false },
): Promise<void> {
  const { queue, requests, watchtower, troubles } = agent;
  if (!queue) return;
  const us = queue.address.toLowerCase() as Hex;
  let price: Promise<bigint> | undefined;
  for (const answered of requests.answers.values()) {
    const game = watchtower.forest.games.get(answered.game);
    const asked = requests.byId.get(answered.id);
    if (!game || !asked || requests.delivered.has(answered.id) || !isOver(game)) continue;
    await troubles.attempt(`request ${answered.id}`, async () => {
      if (!isWorthDelivering(asked.request, game, us, 0n, settling)) return;
      price ??= client.getGasPrice();
      const cost = deliveryGas(asked.request, answered.output.length) * (await price);
      if (!isWorthDelivering(asked.request, game, us, cost, settling)) return;
      const due = await deliveryDue(agent, client, deployment, answered);
      if ("intent" in due) await watchtower.make(due.intent, due.call, game.id);
    });
  }
}

/**
 * Whether we pay for a delivery: always for our own answer, because we knew fee and callback; for our answer that replaced a false one, if the fee covers the
 * gas, because the requester may have chosen a callback that wastes gas; and, with `settleAll`, for others' answers if the callback's gas is small.
 * @param us our address, in lower case.
 * @param cost upper bound, in wei.
 */
export function isWorthDelivering(
  { fee, callbackGas }: Pick<Request, "fee" | "callbackGas">,
  game: Game,
  us: Hex,
  cost: bigint,
  { all }: SettlingOptions,
): boolean {
  if (game.status === "upheld" && game.proposal.proposer === us) return true;
  if (beneficiary(game) === us && fee >= cost) return true;
  return all && callbackGas <= STRANGERS_CALLBACK_GAS;
}

/** Upper bound of the gas of both transactions of a delivery: measured, plus the callback's, of which a call gets 63/64. */
export const deliveryGas = ({ callbackGas }: Pick<Request, "callbackGas">, outputBytes: number): bigint =>
  250_000n + 100n * BigInt(outputBytes) + (callbackGas * 64n) / 63n;

const isOver = ({ status }: Game): boolean => status === "upheld" || status === "replaced";

/** The account whose output is a concluded game's result. */
export function beneficiary(game: Game): Hex | undefined {
  if (game.status === "upheld") return game.proposal.proposer;
  return game.counters
    .map((id) => game.claims.get(id))
    .find((counter) => counter?.stands === true && counter.claim.end === game.output)?.claimant;
}

/** The next call that brings the true output to the requester. @throws UserError if the game's result is false */
export async function deliveryDue(
  agent: Agent,
  client: PublicClient,
  deployment: Deployment,
  { id, game: gameId, output }: Answered,
): Promise<Due> {
  const { requests, watchtower, inferences } = agent;
  const oracle = { address: deployment.inferenceOracle, abi: inferenceOracleAbi } as const;
  const [asked, game] = [requests.byId.get(id), watchtower.forest.games.get(gameId)];
  if (!asked || !game) return { waits: `request ${id} is cancelled` };
  if (requests.delivered.has(id)) return { waits: `the answer to request ${id} is delivered` };
  if (!isOver(game)) return { waits: `game ${game.id} about the answer to request ${id} is ${game.status}` };
  const [current, readyAt] = await client.readContract({ ...oracle, functionName: "answerOf", args: [id] });
  if (current !== game.id) return { waits: `request ${id} has another answer now` };
  const unknown = await inferences.unknown(game.proposal);
  if (unknown !== null) return { waits: `the answer to request ${id} cannot be checked: ${unknown}` };
  const truth = toHex(await inferences.output(game.proposal));
  if (truth !== game.output)
    throw new UserError(
      `game ${game.id} has the false result ${game.output}; the inference gives ${truth}: the answer is not delivered, and the guardian must reopen the request`,
      EXIT.negative,
    );
  const call = { to: oracle.address, value: 0n };
  if (readyAt === 0n) {
    const data = encodeFunctionData({ abi: inferenceOracleAbi, functionName: "settle", args: [id, game.proposal] });
    return {
      intent: { ...call, key: `settle/${id}/${game.id}`, data },
      call: "settle",
      what: `the settlement of request ${id}`,
    };
  }
  const { timestamp } = await client.getBlock({ blockTag: "latest" });
  if (timestamp < readyAt)
    return {
      waits: `the answer to request ${id} is settled, and can be delivered after the delivery delay`,
      until: Number(readyAt),
    };
  const bytes = game.status === "upheld" ? output : await inferences.outputBytes(game.proposal);
  const data = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: "deliver",
    args: [id, asked.request, toHex(bytes)],
  });
  return {
    intent: { ...call, key: `deliver/${id}/${game.id}`, data },
    call: "deliver",
    what: `the delivery to request ${id}`,
  };
}
