import { type Agent, type AgentOptions, createAgent } from "@elench/challenger/watch/agent";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { encodeFunctionData, type Hex } from "viem";
import type { HDAccount } from "viem/accounts";
import { honestMoves, type Judgements } from "../../challenger/strategy/moves.ts";
import { games, hex, MAX_FEE, parameters, type Stage, TIMES, transact } from "./stage.ts";

/** An agent in this process, honest unless it is told lies, and silent without an account. */
export const agentOn = ({ chain, deployment, backend, store }: Stage, options: Partial<AgentOptions>): Promise<Agent> =>
  createAgent({
    clients: [chain.client],
    chainId: deployment.chainId,
    deployment,
    store,
    backend,
    account: undefined,
    quorum: 1,
    bumpAfter: 500,
    maxFeePerGas: MAX_FEE,
    report: () => undefined,
    ...options,
  });

/**
 * Opens a game about a batch's output as this agent sees it: straight at the game, as anyone may, without the rollup's contracts. Only those play it who are told
 * to play this account's games.
 */
export async function proposeAs(
  stage: Stage,
  agent: Agent,
  account: HDAccount,
  batch: number,
): Promise<{ game: Hex; output: Hex }> {
  await agent.watchtower.look();
  const chain = agent.chain as NonNullable<Agent["chain"]>;
  await chain.reach(batch + 1);
  const output = hex(chain.outputAt(batch + 1));
  const { machine, context, start, level } = chain.runOf(batch);
  const where = (BigInt(level) << 160n) | BigInt(machine);
  const args = [where, account.address, context, start, output] as const;
  const data = encodeFunctionData({ abi: disputeGameAbi, functionName: "propose", args });
  const bond = 4n * parameters.bond + parameters.prepayment;
  if (!(await transact(stage, account, stage.deployment.disputeGame, data, bond)))
    throw new Error("the game refused the proposal");
  return { game: (await games(stage)).at(-1) as Hex, output };
}

/**
 * Whether an honest party has anything left to say, as an onlooker sees it.
 * @param judgements of earlier calls: a long play is judged once.
 */
export async function isMoveOwed({ watchtower, truth }: Agent, judgements?: Judgements): Promise<boolean> {
  const { timestamp } = await watchtower.look();
  for (const game of watchtower.forest.games.values()) {
    if ((await honestMoves(game, truth, TIMES, Number(timestamp), judgements)).length > 0) return true;
  }
  return false;
}
