import { type PendingTransaction, RefusedTransaction } from "./admission.ts";

/** Pending transactions: they wait for the next block, or for a transaction with an earlier nonce. */
export class Pool {
  /** In order of arrival. */
  #waiting: PendingTransaction[] = [];

  get all(): readonly PendingTransaction[] {
    return this.#waiting;
  }

  /** @throws RefusedTransaction if one with the same sender and nonce is pending. */
  add(transaction: PendingTransaction): void {
    if (this.#waiting.some(({ sender, nonce }) => sender === transaction.sender && nonce === transaction.nonce))
      throw new RefusedTransaction(
        `replacement transaction underpriced: a transaction with nonce ${transaction.nonce} is pending, and this chain does not replace transactions`,
      );
    this.#waiting.push(transaction);
  }

  remove(transaction: PendingTransaction): void {
    this.#waiting = this.#waiting.filter((other) => other !== transaction);
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The nonce of a sender's next transaction, pending ones included. @param next the account's nonce on the chain. */
  nonceAfter(sender: bigint, next: bigint): bigint {
    const waiting = new Set(this.#waiting.filter((t) => t.sender === sender).map((t) => t.nonce));
    let nonce = next;
    while (waiting.has(nonce)) nonce++;
    return nonce;
  }

  /**
   * The transactions of the next block, in order of arrival as far as the nonces allow.
   * @param nonceOf a sender's nonce on the chain
   * @param gasLimit gas limit of the block
   * @param most maximum number of transactions
   */
  async take(
    nonceOf: (sender: bigint) => Promise<bigint>,
    gasLimit: bigint,
    most: number,
  ): Promise<PendingTransaction[]> {
    const nonces = new Map<bigint, bigint>();
    for (const { sender } of this.#waiting) if (!nonces.has(sender)) nonces.set(sender, await nonceOf(sender));
    const taken: PendingTransaction[] = [];
    let gas = 0n;
    const fits = (t: PendingTransaction): boolean =>
      !taken.includes(t) && t.nonce === nonces.get(t.sender) && gas + t.gasLimit <= gasLimit;
    while (taken.length < most) {
      const transaction = this.#waiting.find(fits);
      if (!transaction) break;
      taken.push(transaction);
      gas += transaction.gasLimit;
      nonces.set(transaction.sender, transaction.nonce + 1n);
    }
    return taken;
  }
}
