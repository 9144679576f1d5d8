import type { Intent, TransactionQueue } from "@elench/challenger/l1/transactions";
import type { Agent } from "@elench/challenger/watch/agent";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { InternalError } from "@elench/errors/internal-error";
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

/** The same with a proposal's bond. @throws UserError if the sender's balance is insufficient */
export async function postBonded(
  { queue, client }: Agent,
  disputeGame: `0x${string}`,
  intent: Omit<Intent, "value">,
  what: string,
): Promise<TransactionReceipt> {
  if (!queue) throw new InternalError("a bond takes a key");
  const price = await client.readContract({
    address: disputeGame,
    abi: disputeGameAbi,
    functionName: "proposalPrice",
  });
  const balance = await client.getBalance({ address: queue.address });
  if (balance < price)
    throw new UserError(
      `insufficient balance: the bond of ${what} is ${price} wei, but ${queue.address} has ${balance} wei`,
      EXIT.refused,
    );
  return post(queue, client, { ...intent, value: price }, what);
}
