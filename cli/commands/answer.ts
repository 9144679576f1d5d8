import { toBytes, toHex } from "@elench/bytes/hex";
import type { Run } from "@elench/challenger/strategy/trace-provider";
import { deliverDue } from "@elench/challenger/watch/delivery";
import type { Asked } from "@elench/challenger/watch/requests";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import { UserError } from "@elench/errors/user-error";
import { inferenceContext } from "@elench/tensor/program/commitment";
import { Command } from "commander";
import { encodeFunctionData, type Hex } from "viem";
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

export interface AnswerOptions extends ClaimantOptions {
  readonly request: bigint;
}

export function answerCommand(executors: ExecutorsOf<AnswerOptions> = natively): Command {
  const command = new Command("answer")
    .description("run the model of a request on L1, and post the answer with a bond (for providers)")
    .addOption(option("--request <id>", "number of the request").argParser(naturalNumber).makeOptionMandatory());
  return withClaimant(command).action((options: AnswerOptions) => answer(options, executors));
}

async function answer(options: AnswerOptions, executors: ExecutorsOf<AnswerOptions>): Promise<void> {
  const { request: id } = options;
  const claimant = await openClaimant(options, executors);
  const { agent, deployment } = claimant;
  const { inferenceOracle, tensorVerifier, disputeGame } = deployment;
  const asked = agent.requests.byId.get(id);
  if (!asked) throw new UserError(`the oracle at ${inferenceOracle} has no request ${id}`);
  const run: Run = { context: contextOf(asked), machine: tensorVerifier, start: "0x", level: 0 };
  const output = await agent.inferences.outputBytes(run);
  const args = [id, asked.request, toHex(output)] as const;
  const data = encodeFunctionData({ abi: inferenceOracleAbi, functionName: "answer", args });
  const intent = { key: `answer/${id}`, to: inferenceOracle, data };
  const receipt = await postBonded(agent, disputeGame, intent, `the answer to request ${id}`);
  const { transactionHash: transaction, gasUsed: gas } = receipt;
  const root = toHex(await agent.inferences.output(run));
  print(
    options.json,
    { request: id, output: Buffer.from(output).toString("base64"), root, transaction, gas },
    () => `answered request ${id}: ${transaction}`,
  );
  await defend(claimant, options, () => deliverDue(agent, agent.client, deployment));
}

const contextOf = ({ request }: Asked): Hex =>
  toHex(inferenceContext(toBytes(request.modelId), toBytes(request.inputRoot)));
