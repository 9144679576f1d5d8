import { encodeFunctionData, type Hex, type PublicClient } from "viem";
import type { Agent } from "./agent.ts";
import { inferenceOracleAbi } from "./l1/abi.ts";
import type { Deployment } from "./l1/deployment.ts";
import type { Answered } from "./requests.ts";
import { toHex } from "./strategy/bytes.ts";
import type { Game } from "./strategy/tree.ts";

/**
 * Takes the answers that are due to us (as provider, or as the one whose counter replaced a false answer) to whoever asked: notes the end of
 * the game, and delivers once the delay has passed. Deliveries of others are theirs to make.
 */
export async function deliverDue(agent: Agent, client: PublicClient, deployment: Deployment): Promise<void> {
  const { queue, requests, watchtower } = agent;
  if (!queue) return;
  for (const answered of requests.answers.values()) {
    if (requests.delivered.has(answered.id)) continue;
    const game = watchtower.forest.games.get(answered.game);
    if (!game || (game.status !== "upheld" && game.status !== "replaced")) continue;
    if (beneficiary(game) !== queue.address.toLowerCase()) continue;
    await advance(agent, client, deployment, answered, game);
  }
}

/** Whose output a game that is over ended with. */
export function beneficiary(game: Game): Hex | undefined {
  if (game.status === "upheld") return game.proposal.proposer;
  return game.counters
    .map((id) => game.claims.get(id))
    .find((counter) => counter?.stands === true && counter.claim.end === game.output)?.claimant;
}

async function advance(
  agent: Agent,
  client: PublicClient,
  deployment: Deployment,
  { id, output }: Answered,
  game: Game,
): Promise<void> {
  const oracle = { address: deployment.inferenceOracle, abi: inferenceOracleAbi } as const;
  const asked = agent.requests.byId.get(id);
  if (!asked || !agent.queue) return;
  const [current, readyAt] = await client.readContract({ ...oracle, functionName: "answerOf", args: [id] });
  if (current !== game.id) return;
  const call = { to: oracle.address, value: 0n };
  if (readyAt === 0n) {
    const data = encodeFunctionData({ abi: inferenceOracleAbi, functionName: "settle", args: [id, game.proposal] });
    await agent.queue.submit({ ...call, key: `settle/${id}/${game.id}`, data });
    return;
  }
  const { timestamp } = await client.getBlock({ blockTag: "latest" });
  if (timestamp < readyAt) return;
  const bytes = game.status === "upheld" ? output : await agent.inferences.outputBytes({ ...game.proposal });
  const data = encodeFunctionData({
    abi: inferenceOracleAbi,
    functionName: "deliver",
    args: [id, asked.request, toHex(bytes)],
  });
  await agent.queue.submit({ ...call, key: `deliver/${id}/${game.id}`, data });
}
