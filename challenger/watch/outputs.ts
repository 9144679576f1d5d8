import { toHex } from "@elench/bytes/hex";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import type { Rollup } from "@elench/deploy/deployment";
import { EXIT, UserError } from "@elench/errors/user-error";
import { encodeFunctionData } from "viem";
import type { Game } from "../strategy/tree.ts";
import type { Agent } from "./agent.ts";
import type { BatchTraceProvider } from "./batch-trace-provider.ts";
import type { ProposedOutput } from "./batches.ts";
import { beneficiary } from "./delivery.ts";
import type { Due, SettlingOptions } from "./due.ts";

/**
 * Settles the outputs whose games are over, in order, and discards outputs that build on a false one: if this account has a bond or a reward in them, or
 * in a later output that waits for them; with `settleAll`, all of them. The contract does not pay for it.
 */
export async function settleDue(
  agent: Agent,
  rollup: Rollup | undefined,
  { all }: SettlingOptions = { all: false },
): Promise<void> {
  const { queue, batches, troubles } = agent;
  if (!queue || !rollup) return;
  const entries = [...batches.entries.values()].sort((a, b) => a.batch - b.batch);
  const lastOfOurs = entries.findLast((entry) => isOurs(agent, entry))?.batch ?? -1;
  for (const entry of entries) {
    if (entry.readyAt !== undefined || (!all && entry.batch > lastOfOurs)) continue;
    await troubles.attempt(`output of batch ${entry.batch}`, async () => {
      const due = await outputDue(agent, rollup, entry);
      if ("intent" in due) await agent.watchtower.make(due.intent, due.call, entry.game);
    });
  }
}

function isOurs({ queue, watchtower }: Agent, { game: id }: ProposedOutput): boolean {
  const us = queue?.address.toLowerCase();
  const game = watchtower.forest.games.get(id);
  return game !== undefined && (game.proposal.proposer === us || beneficiary(game) === us);
}

/**
 * The next call on the way to the finality of a batch's true output.
 * @throws UserError if the game's result is false; MissingModel if the batches cannot be executed here.
 */
export async function outputDue(agent: Agent, rollup: Rollup, entry: ProposedOutput): Promise<Due> {
  const { batch, previous, readyAt } = entry;
  const before = agent.batches.entries.get(batch - 1);
  const chain = agent.chain as BatchTraceProvider;
  const call = (functionName: "settle" | "discard", what: string): Due => ({
    intent: {
      key: `${functionName}/${batch}/${entry.game}`,
      to: rollup.outputs,
      data: encodeFunctionData({ abi: outputsAbi, functionName, args: [BigInt(batch)] }),
      value: 0n,
    },
    call: functionName,
    what: `${what} of batch ${batch}`,
  });
  if (readyAt !== undefined)
    return {
      waits: `the output of batch ${batch} is settled, and becomes final after the finality delay`,
      until: Number(readyAt),
    };
  if (batch > 0 && before?.output !== previous) {
    await chain.follow();
    const truth = toHex(await chain.outputOf(batch - 1));
    if (previous !== truth) return call("discard", "discarding the output");
    return {
      waits: `the output of batch ${batch} builds on ${previous}, the true output of batch ${batch - 1}, which ${before ? `has ${before.output} as long as nothing else is settled` : "has none now"}`,
    };
  }
  if (batch > 0 && before?.readyAt === undefined) return { waits: `the output of batch ${batch - 1} is not settled` };
  const game = agent.watchtower.forest.games.get(entry.game) as Game;
  if (game.status !== "upheld" && game.status !== "replaced")
    return { waits: `game ${game.id} about the output of batch ${batch} is ${game.status}` };
  await chain.follow();
  const truth = toHex(await chain.outputOf(batch));
  if (game.output !== truth)
    throw new UserError(
      `game ${game.id} has the false result ${game.output}; batch ${batch} leads to ${truth}: the output is not settled, and the guardian must stop it`,
      EXIT.negative,
    );
  return call("settle", "the settlement of the output");
}
