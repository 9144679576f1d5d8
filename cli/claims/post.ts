import type { Intent, Receipt, TransactionQueue } from "@elench/challenger/l1/transactions";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { PublicClient } from "viem";
import { explain } from "../report/failure.ts";
import { note } from "../report/output.ts";

/**
 * Sends a transaction, and looks after it until it is in a block: if it waits too long, it is replaced with higher fees.
 * @param what for messages, such as "the answer to request 3".
 * @throws UserError if L1 refuses the transaction, or it reverts.
 */
export async function post(
  queue: TransactionQueue,
  { pollingInterval }: Pick<PublicClient, "pollingInterval">,
  intent: Intent,
  what: string,
): Promise<Receipt> {
  const sent = await queue.submit(intent);
  if (sent.status !== "sent") {
    const refusal = sent.status === "refused" ? sent.refusal : undefined;
    const reason = refusal?.message ?? "the same transaction is already pending";
    throw new UserError(`L1 refused ${what}: ${reason}`, EXIT.refused, { cause: refusal, docs: refusal?.docs });
  }
  const failures = new Set<string>();
  const receipt = await queue.confirmed(intent.key, pollingInterval, (error) => {
    const { message } = explain(error);
    if (!failures.has(message)) note(`waiting for ${what}: ${message}`);
    failures.add(message);
  });
  if (receipt?.succeeded) return receipt;
  throw new UserError(
    receipt
      ? `the transaction of ${what} reverted; another account may have been first`
      : `${what} became impossible before it was in a block; another account may have been first`,
    EXIT.refused,
  );
}
