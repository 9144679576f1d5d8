import { type PendingTransaction, RefusedTransaction } from "./admission.ts";

/** Transactions that wait: for their block, or for one with an earlier nonce. */
export class Pool {
  /** In the order in which they came. */
  #waiting: PendingTransaction[] = [];

  get all(): readonly PendingTransaction[] {
    return this.#waiting;
  }

  /** @throws RefusedTransaction if one of the same sender and nonce waits. */
  add(transaction: PendingTransaction): void {
    if (this.#waiting.some(({ sender, nonce }) => sender === transaction.sender && nonce === transaction.nonce))
      throw new RefusedTransaction(
        `replacement transaction underpriced: one with nonce ${transaction.nonce} is waiting, and this chain replaces none`,
      );
    this.#waiting.push(transaction);
  }

  remove(transaction: PendingTransaction): void {
    this.#waiting = this.#waiting.filter((other) => other !== transaction);
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The nonce that a sender's next transaction should have. @param next what the chain says. */
  nonceAfter(sender: bigint, next: bigint): bigint {
    const waiting = new Set(this.#waiting.filter((t) => t.sender === sender).map((t) => t.nonce));
    let nonce = next;
    while (waiting.has(nonce)) nonce++;
    return nonce;
  }

  /**
   * What the next block can take, in the order in which it came as far as nonces allow.
   * @param nonceOf what the chain says of a sender
   * @param gasLimit the block's
   * @param most how many transactions
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
