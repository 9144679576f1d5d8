import { toHex } from "@elench/bytes/hex";
import { settleDue } from "@elench/challenger/watch/outputs";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { EXIT, UserError } from "@elench/errors/user-error";
import { Command } from "commander";
import { encodeFunctionData } from "viem";
import {
  type ClaimantOptions,
  defend,
  type ExecutorsOf,
  natively,
  openClaimant,
  withClaimant,
} from "../claims/claimant.ts";
import { postBonded } from "../claims/post.ts";
import { naturalNumber, option } from "../input/options.ts";
import { print } from "../report/output.ts";

export interface ProposeOptions extends ClaimantOptions {
  readonly batch: bigint;
}

export function proposeCommand(executors: ExecutorsOf<ProposeOptions> = natively): Command {
  const command = new Command("propose")
    .description("a proposer's command: executes the batches on L1, and posts the output of one with a bond")
    .addOption(option("--batch <n>", "the batch's number").argParser(naturalNumber).makeOptionMandatory());
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
      `the inbox at ${rollup.inbox} has no batch ${options.batch}: there are ${agent.batches.appended.length}`,
    );
  await agent.chain.follow();
  const before = agent.batches.entries.get(index - 1);
  const previous = index === 0 ? undefined : toHex(await agent.chain.outputOf(index - 1));
  if (before && before.output !== previous)
    throw new UserError(
      `the output of batch ${index - 1} is ${previous}, and L1 has ${before.output} in its place: it is replaced when its game is over and settled (elench settle --batch ${index - 1})`,
      EXIT.refused,
    );
  const output = toHex(await agent.chain.outputOf(index));
  const args = [options.batch, agent.chain.runOf(index).context, output] as const;
  const data = encodeFunctionData({ abi: outputsAbi, functionName: "propose", args });
  const what = `the output of batch ${index}`;
  const intent = { key: `propose/${index}`, to: rollup.outputs, data };
  const receipt = await postBonded(agent, deployment.disputeGame, intent, what);
  const { transactionHash: transaction, gasUsed: gas } = receipt;
  print(options.json, { batch: index, output, transaction, gas }, () => `proposed ${what}, ${output}: ${transaction}`);
  await defend(claimant, options, () => settleDue(agent, rollup));
}
