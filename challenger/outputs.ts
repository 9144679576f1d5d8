import { encodeFunctionData } from "viem";
import type { Agent } from "./agent.ts";
import type { Entry } from "./batches.ts";
import { beneficiary } from "./delivery.ts";
import { outputsAbi } from "./l1/abi.ts";
import type { Rollup } from "./l1/deployment.ts";

/**
 * Settles the first output that is not settled, where its game is over, and discards what builds on an output that is not there: as far as we have earned or staked something in it. What
 * concerns others is theirs to do.
 */
export async function settleDue({ queue, batches, watchtower }: Agent, rollup: Rollup | undefined): Promise<void> {
  if (!queue || !rollup) return;
  const us = queue.address.toLowerCase();
  const send = async (functionName: "settle" | "discard", { batch, game }: Entry): Promise<void> => {
    const data = encodeFunctionData({ abi: outputsAbi, functionName, args: [BigInt(batch)] });
    await queue.submit({ key: `${functionName}/${batch}/${game}`, to: rollup.outputs, data, value: 0n });
  };
  for (const entry of [...batches.entries.values()].sort((a, b) => a.batch - b.batch)) {
    const game = watchtower.forest.games.get(entry.game);
    const isOurs = game && (game.proposal.proposer === us || beneficiary(game) === us);
    const before = batches.entries.get(entry.batch - 1);
    if (entry.batch > 0 && before?.output !== entry.previous) {
      if (isOurs) await send("discard", entry);
    } else if (entry.readyAt === undefined && (entry.batch === 0 || before?.readyAt !== undefined)) {
      if (isOurs && (game.status === "upheld" || game.status === "replaced")) await send("settle", entry);
    }
  }
}
