import { toHex } from "@elench/bytes/hex";
import type { Game } from "@elench/challenger/strategy/tree";
import type { Agent } from "@elench/challenger/watch/agent";
import { settleDue } from "@elench/challenger/watch/outputs";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { EXIT, UserError } from "@elench/errors/user-error";
import { Command } from "commander";
import { encodeFunctionData, type Hex, parseEventLogs } from "viem";
import {
  type Claimant,
  type ClaimantOptions,
  defend,
  type ExecutorsOf,
  natively,
  openClaimant,
  withClaimant,
} from "../claims/claimant.ts";
import { ownProposal, waitForEarlierTransactions } from "../claims/own-proposal.ts";
import { postBonded } from "../claims/post.ts";
import { naturalNumber, option } from "../input/options.ts";
import { print } from "../report/output.ts";

/** Executes the batches. */
type BatchChain = NonNullable<Agent["chain"]>;

export interface ProposeOptions extends ClaimantOptions {
  readonly batch: bigint;
}

export function proposeCommand(executors: ExecutorsOf<ProposeOptions> = natively): Command {
  const command = new Command("propose")
    .description(
      "execute the batches on L1, and propose the output of one with a bond (for proposers); a repeated run continues with its earlier proposal",
    )
    .addOption(option("--batch <n>", "number of the batch").argParser(naturalNumber).makeOptionMandatory());
  return withClaimant(command).action((options: ProposeOptions) => propose(options, executors));
}

async function propose(options: ProposeOptions, executors: ExecutorsOf<ProposeOptions>): Promise<void> {
  const index = Number(options.batch);
  const claimant = await openClaimant(options, executors);
  const { agent, deployment } = claimant;
  const { rollup } = deployment;
  if (!rollup || !agent.chain)
    throw new UserError("the deployment has no rollup; deploy one with elench deploy --genesis");
  if (index >= agent.batches.appended.length)
    throw new UserError(
      `the inbox at ${rollup.inbox} has no batch ${options.batch}: it has ${agent.batches.appended.length} batches`,
    );
  await agent.chain.follow();
  const output = toHex(await agent.chain.outputOf(index));
  if (!ownProposal(agent, index)) {
    await waitForEarlierTransactions(agent);
    await agent.watchtower.look();
  }
  const proposed = ownProposal(agent, index);
  if (proposed) resume(proposed, output, options);
  else await proposeAnew(claimant, agent.chain, output, options);
  await defend(claimant, options, () => settleDue(agent, rollup));
}

/** @throws UserError if the earlier proposal is false: it cannot be defended */
function resume({ id, proposal, status }: Game, output: Hex, { batch, json }: ProposeOptions): void {
  if (proposal.output !== output)
    throw new UserError(
      `game ${id}: this account has proposed ${proposal.output} for batch ${batch}, which leads to ${output}: the proposal is false and cannot be defended`,
      EXIT.negative,
    );
  const result = { batch, output, game: id, transaction: null, gas: null, resumed: true };
  print(json, result, () => `the output of batch ${batch}, ${output}, is already proposed: game ${id} is ${status}`);
}

async function proposeAnew(
  { agent, deployment }: Claimant,
  chain: BatchChain,
  output: Hex,
  options: ProposeOptions,
): Promise<void> {
  const { batch, json } = options;
  const index = Number(batch);
  await requireTruthBelow(agent, chain, index);
  const args = [batch, chain.runOf(index).context, output] as const;
  const data = encodeFunctionData({ abi: outputsAbi, functionName: "propose", args });
  const what = `the output of batch ${index}`;
  const intent = { key: `propose/${index}`, to: deployment.rollup?.outputs as Hex, data };
  try {
    const {
      transactionHash: transaction,
      gasUsed: gas,
      logs,
    } = await postBonded(agent, deployment.disputeGame, intent, what);
    const [event] = parseEventLogs({ abi: outputsAbi, eventName: "Proposed", logs });
    const result = { batch, output, game: event?.args.game ?? null, transaction, gas, resumed: false };
    print(json, result, () => `proposed ${what}, ${output}: ${transaction}`);
  } catch (error) {
    // A transaction of an earlier run may have been included first.
    await agent.watchtower.look();
    const proposed = ownProposal(agent, index);
    if (!proposed) throw error;
    resume(proposed, output, options);
  }
}

/** @throws UserError while L1 has a false output for the previous batch: a proposal on it would become void */
async function requireTruthBelow(agent: Agent, chain: BatchChain, index: number): Promise<void> {
  const before = agent.batches.entries.get(index - 1);
  if (!before) return;
  const previous = toHex(await chain.outputOf(index - 1));
  if (before.output !== previous)
    throw new UserError(
      `L1 has the false output ${before.output} for batch ${index - 1}, whose true output is ${previous}: wait until its game is over, then run elench settle --batch ${index - 1}`,
      EXIT.refused,
    );
}
