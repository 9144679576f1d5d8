import { Command } from "commander";
import { batchInferenceLiar, batchLiar, inferenceLiar } from "../challenger/watch/fixtures/liar.ts";
import {
  type ClaimantOptions,
  defend,
  type ExecutorsOf,
  openClaimant,
  type Tools,
  withClaimant,
} from "../cli/claims/claimant.ts";
import { answerCommand } from "../cli/commands/answer.ts";
import { type ProposeOptions, proposeCommand } from "../cli/commands/propose.ts";
import { naturalNumber, option } from "../cli/input/options.ts";
import { fail } from "../cli/report/failure.ts";
import { parseBatchFault } from "../prover/fixtures/faulty-batch-trace.ts";
import { FaultError, parseInferenceFault } from "../prover/fixtures/faulty-inference-trace.ts";

/**
 * The commands of a liar, which believes in a false result and defends it as well as the honest do theirs. The first argument is the fault, the
 * others are the command's:
 *
 *     node demo/liar.ts 3:1234 answer --request 1 …             an element of an instruction's output
 *     node demo/liar.ts storage:2 propose --end 1 …             a storage write in transaction 2 of the span's last batch
 *     node demo/liar.ts inference:3:1234 dispute --batch 0 …    an element in the batch's inferences; answers whoever says otherwise
 */
const [fault = "", command = "", ...args] = process.argv.slice(2);

const aboutBatch = (batch: number, tools: Tools) => {
  const inference = /^inference:(.*)$/.exec(fault)?.[1];
  return inference === undefined
    ? batchLiar(batch, parseBatchFault(fault))
    : batchInferenceLiar(tools, batch, parseInferenceFault(inference));
};

/** The lie is about the last batch of the span. */
const aboutLast: ExecutorsOf<ProposeOptions> = ({ end }, tools) => aboutBatch(Number(end) - 1, tools);

interface DisputeOptions extends ClaimantOptions {
  readonly batch: bigint;
}

const disputeCommand = () =>
  withClaimant(new Command("dispute"))
    .addOption(option("--batch <n>", "the lie is about this batch").argParser(naturalNumber).makeOptionMandatory())
    .action(async (options: DisputeOptions) => {
      const claimant = await openClaimant(options, null, ({ batch }, tools) => aboutBatch(Number(batch), tools));
      await defend(claimant, { ...options, defend: true });
    });

try {
  const asUser = { from: "user" } as const;
  if (command === "answer")
    await answerCommand((_, { backend }) => inferenceLiar(backend, parseInferenceFault(fault))).parseAsync(
      args,
      asUser,
    );
  else if (command === "propose") await proposeCommand(aboutLast).parseAsync(args, asUser);
  else if (command === "dispute") await disputeCommand().parseAsync(args, asUser);
  else throw new FaultError(`unknown command ${command}: use answer, propose or dispute`);
} catch (error) {
  fail(error);
}
