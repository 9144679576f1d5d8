import type { Intent, TransactionQueue } from "@elench/challenger/l1/transactions";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { PublicClient, TransactionReceipt } from "viem";

/**
 * Sends a transaction, and waits until it is in a block.
 * @param what for messages, such as "the answer to request 3".
 * @throws UserError if L1 refuses the transaction, or it reverts.
 */
export async function post(
  queue: TransactionQueue,
  client: PublicClient,
  intent: Intent,
  what: string,
): Promise<TransactionReceipt> {
  const sent = await queue.submit(intent);
  if (sent.status !== "sent") {
    const refusal = sent.status === "refused" ? sent.refusal : undefined;
    const reason = refusal?.message ?? "the same transaction is already pending";
    throw new UserError(`L1 refused ${what}: ${reason}`, EXIT.refused, { cause: refusal, docs: refusal?.docs });
  }
  const receipt = await client.waitForTransactionReceipt({ hash: sent.hash });
  if (receipt.status !== "success")
    throw new UserError(`the transaction of ${what} reverted; another account may have been first`, EXIT.refused);
  await queue.tick();
  return receipt;
}
