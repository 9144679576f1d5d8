import { findCause } from "@elench/errors/causes";
import { InternalError } from "@elench/errors/internal-error";
import { type Address, BlockNotFoundError, type Hash, type Hex, type PublicClient } from "viem";
import { CallRefused } from "./endpoint-error.ts";
import { endpointFailure } from "./endpoint-failure.ts";
import { agree, type Ballot, enough, type Question } from "./quorum.ts";

/** A log and its position in the chain. */
export interface ChainLog {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly blockNumber: bigint;
  readonly blockHash: Hash;
  readonly logIndex: number;
  readonly transactionHash: Hash;
}

/** The fields of an L1 block that the follower reads. */
export interface L1Block {
  readonly number: bigint;
  readonly hash: Hash;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
}

export interface LogView {
  readonly head: L1Block;
  /** Every log of the contracts up to the head, in order. The same array as in the previous view if logs were only appended. */
  readonly logs: readonly ChainLog[];
  /** Whether a reorganisation removed blocks of an earlier view. */
  readonly reorganised: boolean;
}

export interface FollowerOptions {
  readonly clients: readonly PublicClient[];
  readonly addresses: readonly Address[];
  readonly fromBlock: bigint;
  /** Number of endpoints that must return the same logs. */
  readonly quorum: number;
  /** Maximum number of blocks in one request. */
  readonly range?: bigint;
  /** A block's logs are read again until the block is this many blocks old. */
  readonly reread?: bigint;
  /** Called with each endpoint's vote on the logs, compared with the quorum's. */
  readonly onBallot?: (ballot: Ballot) => void;
  /** Called at each poll with the number of blocks that each endpoint is behind the head. */
  readonly onBehind?: (client: PublicClient, blocks: bigint) => void;
}

/** Two epochs: on Ethereum, a block of this age is final, and every backend of a provider has it. */
export const REREAD = 64n;

/** Successful answers in a row after which the range is doubled again. */
const CALM = 8;

/**
 * Follows the contracts' logs along L1's canonical chain. It stores logs by block hash: if the newest block that it knows is gone, it goes
 * back to the last one that is still there, and forgets the logs after it.
 *
 * An answer can be incomplete: behind a load balancer, `eth_getLogs` may reach a node that lacks the newest blocks and returns the logs that it has.
 * So a missing log proves nothing, but a log of a block on the canonical chain is valid. Blocks are read again until they are
 * `reread` blocks old, and the whole history on demand (`readAgain`); logs found then are inserted in order, and none are removed.
 */
export class Follower {
  readonly #options: FollowerOptions & Required<Pick<FollowerOptions, "range" | "reread">>;
  #logs: ChainLog[] = [];
  readonly #known = new Map<string, ChainLog>();
  /** The last 1,024 heads, oldest first. */
  #marks: { number: bigint; hash: Hash }[] = [];
  /** The first block whose logs were never read. */
  #next: bigint;
  /** The next block to read again on demand. */
  #again: bigint | undefined;
  /** Number of blocks in one request; halved when an endpoint refuses it. */
  #width: bigint;
  #calm = 0;
  /** The newest block that each endpoint returned. */
  readonly #heights = new Map<PublicClient, bigint>();
  #looks = 0;

  constructor(options: FollowerOptions) {
    if (options.quorum > options.clients.length) {
      throw new InternalError(
        `a quorum of ${options.quorum} needs at least ${options.quorum} endpoints; there are ${options.clients.length}`,
      );
    }
    this.#options = { range: 5_000n, reread: REREAD, ...options };
    this.#next = options.fromBlock;
    this.#width = this.#options.range;
  }

  /** Reads the whole history again, from the oldest block on, one range at each poll. No-op while that is in progress. */
  readAgain(): void {
    this.#again ??= this.#options.fromBlock;
  }

  /**
   * @throws EndpointsDisagree; or an endpoint's error if fewer endpoints than the quorum answer. If a poll fails, logs older than
   * `reread` blocks are kept.
   */
  async poll(): Promise<LogView> {
    let reorganised = false;
    for (;;) {
      reorganised = (await this.#unwind()) || reorganised;
      const head = await this.#head();
      const last = this.#marks.at(-1);
      if (last?.hash !== head.hash && !(await this.#readUpTo(head, last))) continue;
      await this.#readHistory(head);
      return { head, logs: this.#logs, reorganised };
    }
  }

  /** @returns false if L1 reorganised meanwhile */
  async #readUpTo(head: L1Block, last: { number: bigint; hash: Hash } | undefined): Promise<boolean> {
    const { fromBlock, reread } = this.#options;
    const old = max(head.number - reread, fromBlock - 1n);
    const settled = last ? max(last.number, old) : old;
    try {
      // The range begins with blocks that were never read, deep below the head; it ends with the newest blocks, some of which were read before.
      while (this.#next <= old) this.#next = (await this.#readRange(this.#next, old, head)) + 1n;
      let from = max(min(this.#next, head.number - this.#depthOf(head.number, last?.number) + 1n), fromBlock);
      while (from <= head.number) from = (await this.#readRange(from, head.number, head)) + 1n;
    } catch (error) {
      this.#forgetAfter(settled);
      throw error;
    }
    // If L1 reorganised during the read, the logs belong to two forks.
    if ((last && !(await this.#isThere(last))) || !(await this.#isThere(head))) {
      this.#forgetAfter(settled);
      return false;
    }
    this.#next = head.number + 1n;
    this.#marks.push({ number: head.number, hash: head.hash });
    if (this.#marks.length > 1_024) this.#marks.shift();
    return true;
  }

  /**
   * Blocks to read at a head, the newest first: twice the largest power of two of which the head has passed a multiple. So each block is read again about twice
   * at each age from 1, 2, 4, … up to `reread`, and not at every head: a batch's log is large.
   */
  #depthOf(head: bigint, last = head): bigint {
    let step = 1n;
    while (step < this.#options.reread && head / (2n * step) !== last / (2n * step)) step *= 2n;
    return 2n * step;
  }

  async #readHistory(head: L1Block): Promise<void> {
    if (this.#again === undefined) return;
    this.#again = (await this.#readRange(this.#again, head.number, head)) + 1n;
    if (this.#again > head.number) this.#again = undefined;
  }

  /** Reads as many blocks as the endpoints allow, starting at `from`. @returns the last block that was read */
  async #readRange(from: bigint, to: bigint, head: L1Block): Promise<bigint> {
    for (;;) {
      const end = min(from + this.#width - 1n, to);
      try {
        this.#add(await this.#onChain(await this.#agreedLogs(from, end), head));
      } catch (error) {
        const failure = endpointFailure(error);
        if (!failure) throw error;
        // Providers report limits on ranges, results and response sizes with many different errors, a timeout among them.
        const isOneBlock = end === from;
        this.#width = max((end - from + 1n) / 2n, 1n);
        this.#calm = 0;
        if (isOneBlock || !(failure instanceof CallRefused)) throw error;
        continue;
      }
      if (++this.#calm >= CALM) {
        this.#width = min(this.#width * 2n, this.#options.range);
        this.#calm = 0;
      }
      return end;
    }
  }

  /**
   * The logs that are new or differ from the stored ones, and whose blocks are canonical: a backend may be on a fork that L1 has left. Blocks that
   * are old and were never read are not checked one by one.
   */
  async #onChain(logs: readonly ChainLog[], head: L1Block): Promise<ChainLog[]> {
    const fresh = logs.filter((log) => contentOf(log) !== contentOf(this.#known.get(keyOf(log))));
    const isOld = (number: bigint) => number >= this.#next && number <= head.number - this.#options.reread;
    const blocks = new Map(fresh.map((log) => [log.blockHash, log.blockNumber]));
    for (const [hash, number] of blocks) {
      if (hash === head.hash || isOld(number) || (await this.#isThere({ number, hash }))) continue;
      blocks.delete(hash);
    }
    return fresh.filter(({ blockHash }) => blocks.has(blockHash));
  }

  /** Inserts logs in order. If they are not all appended, the array is copied, so that earlier views stay as they were. */
  #add(logs: readonly ChainLog[]): void {
    const [first] = logs;
    if (!first) return;
    for (const log of logs) this.#known.set(keyOf(log), log);
    const last = this.#logs.at(-1);
    if (!last || inOrder(last, first) < 0) this.#logs.push(...logs);
    else this.#logs = [...this.#known.values()].sort(inOrder);
  }

  /** Removes blocks and logs that are no longer on the chain. */
  async #unwind(): Promise<boolean> {
    let gone = false;
    for (let mark = this.#marks.at(-1); mark; mark = this.#marks.at(-1)) {
      if (await this.#isThere(mark)) break;
      this.#marks.pop();
      gone = true;
    }
    if (gone) this.#forgetAfter(this.#marks.at(-1)?.number ?? -1n);
    return gone;
  }

  #forgetAfter(block: bigint): void {
    this.#next = max(min(this.#next, block + 1n), this.#options.fromBlock);
    const kept = this.#logs.filter((log) => log.blockNumber <= block);
    if (kept.length === this.#logs.length) return;
    for (const log of this.#logs) if (log.blockNumber > block) this.#known.delete(keyOf(log));
    this.#logs = kept;
  }

  /** Whether a block is canonical, according to the quorum. */
  #isThere({ number, hash }: { number: bigint; hash: Hash }): Promise<boolean> {
    return this.#agreed({
      what: `whether block ${number} is ${hash}`,
      ask: async (client) => {
        const block = await client.getBlock({ blockNumber: number }).catch(noSuchBlock);
        if (block?.hash === hash) return true;
        // On another chain every block differs: that is an error, not a reorganisation.
        await client.getChainId();
        return false;
      },
      digestOf: String,
    });
  }

  /**
   * The newest block on which the quorum agrees: a single endpoint could hide new events behind an old block, or make deadlines seem passed
   * with a block from the future. An endpoint that is slow counts with the newest block that it returned before.
   */
  async #head(): Promise<L1Block> {
    const { clients, quorum, onBehind } = this.#options;
    const look = ++this.#looks;
    const asked = clients.map(async (client) => {
      try {
        this.#heights.set(client, (await client.getBlock({ blockTag: "latest" })).number);
      } catch (error) {
        // A late failure must not replace a newer answer.
        if (look === this.#looks) this.#heights.delete(client);
        throw error;
      }
    });
    await enough(asked, quorum);
    const heights = [...this.#heights.values()].sort((a, b) => (a > b ? -1 : 1));
    const number = heights[quorum - 1] as bigint;
    const { hash, timestamp } = await this.#agreed({
      what: `block ${number}`,
      ask: (client) => client.getBlock({ blockNumber: number }),
      digestOf: (block) => `${block.hash}/${block.timestamp}`,
    });
    for (const [client, height] of this.#heights) onBehind?.(client, number - height);
    return { number, hash, timestamp };
  }

  #agreedLogs(fromBlock: bigint, toBlock: bigint): Promise<ChainLog[]> {
    const { addresses, onBallot } = this.#options;
    return this.#agreed({
      what: `the logs of blocks ${fromBlock} to ${toBlock}`,
      ask: (client) => client.getLogs({ address: [...addresses], fromBlock, toBlock }) as Promise<ChainLog[]>,
      digestOf: digest,
      ...(onBallot && { onBallot }),
    });
  }

  #agreed<T>(question: Omit<Question<T>, "clients" | "quorum">): Promise<T> {
    const { clients, quorum } = this.#options;
    return agree({ clients, quorum, ...question });
  }
}

const digest = (logs: readonly ChainLog[]): string => logs.map((log) => `${keyOf(log)},${contentOf(log)}`).join("\n");

const contentOf = (log: ChainLog | undefined): string | undefined =>
  log && [log.address.toLowerCase(), ...log.topics, log.data].join();

const keyOf = ({ blockHash, logIndex }: ChainLog): string => `${blockHash}/${logIndex}`;

const inOrder = (a: ChainLog, b: ChainLog): number =>
  a.blockNumber === b.blockNumber ? a.logIndex - b.logIndex : a.blockNumber < b.blockNumber ? -1 : 1;

const noSuchBlock = (error: unknown): null => {
  if (findCause(error, BlockNotFoundError)) return null;
  throw error;
};

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);
