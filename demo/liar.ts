import { batchInferenceLiar, batchLiar, inferenceLiar } from "../challenger/watch/fixtures/liar.ts";
import type { ExecutorsOf } from "../cli/claims/claimant.ts";
import { answerCommand } from "../cli/commands/answer.ts";
import { type ProposeOptions, proposeCommand } from "../cli/commands/propose.ts";
import { fail } from "../cli/report/failure.ts";
import { parseBatchFault } from "../prover/fixtures/faulty-batch-trace.ts";
import { FaultError, parseInferenceFault } from "../prover/fixtures/faulty-inference-trace.ts";

/**
 * `elench answer` and `elench propose` of a liar that defends a false claim and loses its bond. The first argument is the fault, the others are the command's:
 *
 *     node demo/liar.ts 3:1234 answer --request 1 …          an element of an instruction's output
 *     node demo/liar.ts storage:2 propose --end 1 …        a storage write in the batch's transaction 2
 *     node demo/liar.ts inference:3:1234 propose --end 1 … an element in the batch's inferences
 */
const [fault = "", command = "", ...args] = process.argv.slice(2);

/** The lie is about the last batch of the span. */
const aboutBatch: ExecutorsOf<ProposeOptions> = ({ end }, tools) => {
  const batch = Number(end) - 1;
  const inference = /^inference:(.*)$/.exec(fault)?.[1];
  return inference === undefined
    ? batchLiar(batch, parseBatchFault(fault))
    : batchInferenceLiar(tools, batch, parseInferenceFault(inference));
};

try {
  if (command === "answer")
    await answerCommand((_, { backend }) => inferenceLiar(backend, parseInferenceFault(fault))).parseAsync(args, {
      from: "user",
    });
  else if (command === "propose") await proposeCommand(aboutBatch).parseAsync(args, { from: "user" });
  else throw new FaultError(`unknown command ${command}: use answer or propose`);
} catch (error) {
  fail(error);
}
