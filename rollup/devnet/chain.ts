import { toBigInt } from "@elench/bytes/words";
import { ElenchError } from "@elench/errors/elench-error";
import { outputOf } from "@elench/evm/batch/claim";
import { encodeBatch } from "@elench/evm/batch/encoding";
import { historyIndex } from "@elench/evm/batch/history";
import { Chain } from "@elench/evm/chain/chain";
import type { Genesis } from "@elench/evm/chain/genesis";
import type { Models } from "@elench/evm/inference/models";
import type { NativeReceipt } from "@elench/evm/native/batch";
import type { NativeState } from "@elench/evm/native/state";
import type { BlockHeader } from "@elench/evm/structures/layout";
import type { Hash } from "@elench/merkle/tree";

/** A block that stands on the chain. */
export interface SealedBlock extends BlockHeader {
  readonly number: bigint;
  /** By docs/evm-machine.md; block 0, which has none, is known by the chain's first output. */
  readonly hash: Hash;
  readonly parentHash: Hash;
  /** Root of the state trie after it. */
  readonly stateRoot: Hash;
  readonly gasUsed: bigint;
  readonly transactions: readonly SealedTransaction[];
}

export interface SealedTransaction {
  readonly hash: Hash;
  /** EIP-2718 bytes. */
  readonly bytes: Uint8Array;
  readonly block: bigint;
  /** Position in its block. */
  readonly index: number;
  readonly receipt: NativeReceipt;
  /** Gas used in the block after it. */
  readonly cumulativeGas: bigint;
  /** Number in the block of its first log. */
  readonly firstLog: number;
}

/** What a development chain's blocks say of themselves. */
export interface BlockRules {
  readonly gasLimit: bigint;
  /** Wei; the same in every block. */
  readonly baseFee: bigint;
  readonly coinbase: bigint;
  /** Seconds since 1970. */
  readonly now: () => bigint;
}

/** A block was to be made of a transaction that is not valid where it stands. */
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

/** A chain that makes its own blocks. Each is executed as a batch of one block, so that what runs here runs in a batch. */
export class DevChain {
  readonly chain: Chain;
  readonly rules: BlockRules;
  /** By number. */
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

  /** Blocks after the genesis. */
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

  /** BLOCKHASH, as the one after a block sees it. */
  hashesAfter({ number: last }: SealedBlock): (number: bigint) => Hash {
    const { history } = this.chain.before(Number(last));
    return (number) => history[historyIndex(number)] as Hash;
  }

  /** Header of the next block. Time never stands still, and the random word follows from the block before. */
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
   * @param transactions EIP-2718 bytes of each; all of them valid, one after the other.
   * @throws InvalidTransaction if one is not: the chain is then as it was.
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

  /** Takes back all blocks after one. */
  revertTo(number: bigint): void {
    for (const block of this.#blocks.splice(Number(number) + 1)) {
      this.#byHash.delete(toBigInt(block.hash));
      for (const { hash } of block.transactions) this.#transactions.delete(toBigInt(hash));
    }
    this.chain.truncate(Number(number));
  }

  /** Works on the state after a block, alone. What the work changes is forgotten. */
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
