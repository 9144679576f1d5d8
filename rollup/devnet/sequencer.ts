import { LIMIT } from "@elench/spec/evm/limits";
import { createAddressFromBigInt } from "@ethereumjs/util";
import { admit, type PendingTransaction } from "./admission.ts";
import { type DevChain, InvalidTransaction, type SealedBlock } from "./chain.ts";
import { Pool } from "./pool.ts";

export interface SequencerOptions {
  /** Whether each transaction gets its own block at once. Otherwise `seal` makes the blocks. */
  readonly automine: boolean;
  readonly onBlock?: (block: SealedBlock) => void;
  readonly onDropped?: (transaction: PendingTransaction) => void;
}

/** Accepts transactions, and makes blocks. */
export class Sequencer {
  readonly chain: DevChain;
  readonly pool = new Pool();
  readonly #options: SequencerOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(chain: DevChain, options: SequencerOptions) {
    this.chain = chain;
    this.#options = options;
  }

  /** Accepts a signed transaction. @returns its hash. @throws RefusedTransaction */
  submit(bytes: Uint8Array): Promise<Uint8Array> {
    return this.#alone(async () => {
      const transaction = await admit(this.chain, bytes);
      this.pool.add(transaction);
      if (this.#options.automine) while ((await this.#seal(1)).transactions > 0);
      return transaction.hash;
    });
  }

  /** Makes a block of the pending transactions; an empty one if there are none. */
  seal(): Promise<SealedBlock> {
    return this.#alone(async () => (await this.#seal(LIMIT.BATCH_TRANSACTIONS, true)).block as SealedBlock);
  }

  /** Reverts the chain to a block, and drops the pending transactions. */
  revertTo(number: bigint): Promise<void> {
    return this.#alone(async () => {
      this.chain.revertTo(number);
      this.pool.clear();
    });
  }

  /** The nonce of a sender's next transaction. @param pending whether pending transactions count. */
  async nonce(sender: bigint, pending: boolean): Promise<bigint> {
    const next = await this.#nonceOf(sender);
    return pending ? this.pool.nonceAfter(sender, next) : next;
  }

  readonly #nonceOf = (sender: bigint): Promise<bigint> =>
    this.chain.at(
      this.chain.latest,
      async ({ manager }) => (await manager.getAccount(createAddressFromBigInt(sender)))?.nonce ?? 0n,
    );

  /** @param evenEmpty whether an empty block is made. */
  async #seal(most: number, evenEmpty = false): Promise<{ block: SealedBlock | null; transactions: number }> {
    while (true) {
      const taken = await this.pool.take(this.#nonceOf, this.chain.rules.gasLimit, most);
      if (taken.length === 0 && !evenEmpty) return { block: null, transactions: 0 };
      try {
        const block = await this.chain.mine(taken.map(({ bytes }) => bytes));
        for (const transaction of taken) this.pool.remove(transaction);
        this.#options.onBlock?.(block);
        return { block, transactions: taken.length };
      } catch (error) {
        // An earlier transaction of the block may have spent the sender's balance.
        const wrong = error instanceof InvalidTransaction ? taken[error.index] : undefined;
        for (const transaction of wrong ? [wrong] : taken) this.pool.remove(transaction);
        if (!wrong) throw error;
        this.#options.onDropped?.(wrong);
      }
    }
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
