import { toBigInt } from "@elench/bytes/words";
import { ElenchError } from "@elench/errors/elench-error";
import { outputOf } from "@elench/evm/batch/claim";
import { encodeBatch } from "@elench/evm/batch/encoding";
import { historyIndex } from "@elench/evm/batch/history";
import type { NativeReceipt } from "@elench/evm/batch/native-batch";
import { Chain } from "@elench/evm/chain/chain";
import type { Genesis } from "@elench/evm/chain/genesis";
import type { Models } from "@elench/evm/inference/models";
import type { NativeState } from "@elench/evm/reference/state";
import type { BlockHeader } from "@elench/evm/structures/layout";
import type { Hash } from "@elench/merkle/tree";

/** A sealed block. */
export interface SealedBlock extends BlockHeader {
  readonly number: bigint;
  /** The hash of docs/evm-machine.md. Block 0 has no such hash; the genesis output takes its place. */
  readonly hash: Hash;
  readonly parentHash: Hash;
  /** Root of the state trie after the block. */
  readonly stateRoot: Hash;
  readonly gasUsed: bigint;
  readonly transactions: readonly SealedTransaction[];
}

export interface SealedTransaction {
  readonly hash: Hash;
  /** EIP-2718 bytes. */
  readonly bytes: Uint8Array;
  readonly block: bigint;
  /** Index in its block. */
  readonly index: number;
  readonly receipt: NativeReceipt;
  /** Gas used in the block up to and including this transaction. */
  readonly cumulativeGas: bigint;
  /** Index in the block of its first log. */
  readonly firstLog: number;
}

/** Header fields of a development chain's blocks. */
export interface BlockRules {
  readonly gasLimit: bigint;
  /** Wei; the same in every block. */
  readonly baseFee: bigint;
  readonly coinbase: bigint;
  /** Seconds since 1970. */
  readonly now: () => bigint;
}

/** A transaction is invalid at its position in the block. */
export class InvalidTransaction extends ElenchError {
  override readonly name = "InvalidTransaction";
  override readonly kind = "input";
  readonly index: number;

  constructor(index: number) {
    super(`transaction ${index} of the block is not valid`);
    this.index = index;
  }
}

const ZERO_HASH: Hash = new Uint8Array(32);

/** A chain that makes its own blocks. Each is executed as a batch of one block, so that execution here and in a batch is the same. */
export class DevChain {
  readonly chain: Chain;
  readonly rules: BlockRules;
  /** Blocks by number. */
  readonly #blocks: SealedBlock[];
  readonly #byHash = new Map<bigint, SealedBlock>();
  readonly #transactions = new Map<bigint, SealedTransaction>();

  private constructor(chain: Chain, rules: BlockRules) {
    this.chain = chain;
    this.rules = rules;
    const first = chain.before(0);
    const header = { timestamp: 0n, gasLimit: rules.gasLimit, baseFee: rules.baseFee, blobBaseFee: 1n, coinbase: 0n };
    const genesis = {
      ...header,
      prevRandao: 0n,
      number: 0n,
      hash: outputOf(first),
      parentHash: ZERO_HASH,
      stateRoot: first.stateRoot,
      gasUsed: 0n,
      transactions: [],
    };
    this.#blocks = [genesis];
    this.#byHash.set(toBigInt(genesis.hash), genesis);
  }

  static async create(genesis: Genesis, rules: BlockRules, models?: Models): Promise<DevChain> {
    return new DevChain(await Chain.create(genesis, models), rules);
  }

  get latest(): SealedBlock {
    return this.#blocks.at(-1) as SealedBlock;
  }

  /** The blocks after the genesis. */
  get blocks(): readonly SealedBlock[] {
    return this.#blocks.slice(1);
  }

  block(number: bigint): SealedBlock | undefined {
    return this.#blocks[Number(number)];
  }

  blockOfHash(hash: bigint): SealedBlock | undefined {
    return this.#byHash.get(hash);
  }

  transaction(hash: bigint): SealedTransaction | undefined {
    return this.#transactions.get(hash);
  }

  /** The block hashes that BLOCKHASH returns in the next block. */
  hashesAfter({ number: last }: SealedBlock): (number: bigint) => Hash {
    const { history } = this.chain.before(Number(last));
    return (number) => history[historyIndex(number)] as Hash;
  }

  /** Header of the next block. Its time is later than the previous block's, and PREVRANDAO is the previous block's hash. */
  nextHeader(): BlockHeader {
    const { timestamp, hash } = this.latest;
    const { gasLimit, baseFee, coinbase, now } = this.rules;
    const time = now();
    return {
      timestamp: time > timestamp ? time : timestamp + 1n,
      gasLimit,
      baseFee,
      blobBaseFee: 1n,
      coinbase,
      prevRandao: toBigInt(hash),
    };
  }

  /**
   * Seals the next block.
   * @param transactions EIP-2718 bytes of each; all must be valid in this order.
   * @throws InvalidTransaction if one is invalid; the chain is then unchanged.
   */
  async mine(transactions: readonly Uint8Array[]): Promise<SealedBlock> {
    const header = this.nextHeader();
    const { native } = await this.chain.append(encodeBatch([{ ...header, transactions }]));
    const { number, stateRoot, history } = native.next;
    let [gasUsed, logs] = [0n, 0];
    const sealed: SealedTransaction[] = [];
    for (const [index, { hash, receipt }] of native.transactions.entries()) {
      if (!receipt) {
        this.chain.truncate(this.chain.length - 1);
        throw new InvalidTransaction(index);
      }
      gasUsed += receipt.gasUsed;
      const bytes = transactions[index] as Uint8Array;
      sealed.push({ hash, bytes, block: number, index, receipt, cumulativeGas: gasUsed, firstLog: logs });
      logs += receipt.logs.length;
    }
    const block: SealedBlock = {
      ...header,
      number,
      hash: history[historyIndex(number)] as Hash,
      parentHash: this.latest.hash,
      stateRoot,
      gasUsed,
      transactions: sealed,
    };
    this.#blocks.push(block);
    this.#byHash.set(toBigInt(block.hash), block);
    for (const transaction of sealed) this.#transactions.set(toBigInt(transaction.hash), transaction);
    return block;
  }

  /** Reverts the chain to a block. */
  revertTo(number: bigint): void {
    for (const block of this.#blocks.splice(Number(number) + 1)) {
      this.#byHash.delete(toBigInt(block.hash));
      for (const { hash } of block.transactions) this.#transactions.delete(toBigInt(hash));
    }
    this.chain.truncate(Number(number));
  }

  /** Runs work on the state after a block, one at a time, and discards its changes. */
  at<T>({ stateRoot }: SealedBlock, work: (state: NativeState) => Promise<T>): Promise<T> {
    return this.chain.exclusively(async () => {
      const { state } = this.chain;
      await state.manager.setStateRoot(stateRoot);
      await state.manager.checkpoint();
      try {
        return await work(state);
      } finally {
        await state.manager.revert();
      }
    });
  }
}
