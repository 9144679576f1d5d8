import type { Intent, TransactionQueue } from "@elench/challenger/l1/transactions";
import type { Agent } from "@elench/challenger/watch/agent";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { InternalError } from "@elench/errors/internal-error";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { PublicClient, TransactionReceipt } from "viem";

/**
 * Sends a transaction, and waits until it is in a block.
 * @param what names it, as "the answer to request 3".
 * @throws UserError if L1 refuses it, or it fails there.
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
    const reason = refusal?.message ?? "it is on its way already";
    throw new UserError(`L1 refused ${what}: ${reason}`, EXIT.refused, { cause: refusal, docs: refusal?.docs });
  }
  const receipt = await client.waitForTransactionReceipt({ hash: sent.hash });
  if (receipt.status !== "success")
    throw new UserError(`${what} failed in a block; somebody may have been first`, EXIT.refused);
  await queue.tick();
  return receipt;
}

/** The same with a proposal's bond, which the sender must have. */
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
    throw new UserError(`the bond of ${what} is ${price} wei, and ${queue.address} has ${balance}`, EXIT.refused);
  return post(queue, client, { ...intent, value: price }, what);
}
