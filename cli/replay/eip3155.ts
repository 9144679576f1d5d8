import { once } from "node:events";
import { EXIT, UserError } from "@elench/errors/user-error";
import { eip3155 } from "@elench/evm/machine/describe/eip3155";
import type { BatchTrace } from "@elench/prover/batch-trace";
import { firstStepOf, survey } from "./batch-steps.ts";

/**
 * Writes a transaction's trace to stdout, one JSON object a line, the summary last.
 * @throws UserError for a dropped transaction, which is not executed
 */
export async function printEip3155(trace: BatchTrace, transaction: number): Promise<void> {
  const lines = eip3155(trace.at(firstStepOf(transaction)));
  for (;;) {
    const { done, value } = lines.next();
    if (value === null) {
      const { why } = survey(trace, transaction);
      throw new UserError(`transaction ${transaction} is not executed: ${why ?? "it is dropped"}`, EXIT.negative);
    }
    if (!process.stdout.write(`${JSON.stringify(value)}\n`)) await once(process.stdout, "drain");
    if (done) return;
  }
}
