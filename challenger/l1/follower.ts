import { findCause } from "@elench/errors/causes";
import { InternalError } from "@elench/errors/internal-error";
import { type Address, BlockNotFoundError, type Hash, type Hex, type PublicClient } from "viem";
import { CallRefused } from "./endpoint-error.ts";
import { endpointFailure } from "./endpoint-failure.ts";
import { agree, type Ballot, enough, type Question } from "./quorum.ts";

/** A log, and where it stands. */
export interface ChainLog {
  readonly address: Address;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly blockNumber: bigint;
  readonly blockHash: Hash;
  readonly logIndex: number;
  readonly transactionHash: Hash;
}

/** A block of L1, as far as it is looked at. */
export interface L1Block {
  readonly number: bigint;
  readonly hash: Hash;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
}

export interface LogView {
  readonly head: L1Block;
  /** Every log of the contracts up to the head, in order. The array of the view before, if logs were added at its end alone. */
  readonly logs: readonly ChainLog[];
  /** Whether blocks that an earlier view rested on are gone. */
  readonly reorganised: boolean;
}

export interface FollowerOptions {
  readonly clients: readonly PublicClient[];
  readonly addresses: readonly Address[];
  readonly fromBlock: bigint;
  /** As many endpoints must tell the same logs before any is believed. */
  readonly quorum: number;
  /** The most blocks asked for at once. */
  readonly range?: bigint;
  /** A block's logs are read again until it is so many blocks old. */
  readonly reread?: bigint;
  /** Told how each endpoint's logs stand to those of the quorum. */
  readonly onBallot?: (ballot: Ballot) => void;
  /** Told at each look how many blocks each endpoint is behind the head. */
  readonly onBehind?: (client: PublicClient, blocks: bigint) => void;
}

/** Two epochs: on Ethereum, what is as old is final, and every backend of a provider has it. */
export const REREAD = 64n;

/** Answers in a row after which a range that was refused is tried at twice the width. */
const CALM = 8;

/**
 * Follows contracts' logs along L1's canonical chain. It remembers what it has read by block hash: when the newest block it knows is gone, it goes
 * back to the last one that is still there, and forgets the logs after it.
 *
 * An answer can be short: behind a load balancer, `eth_getLogs` may reach a node that lacks the newest blocks, which answers with what it has.
 * So a log that is missing proves nothing, while a log of a block that is on the chain proves itself. Blocks are read again until they are
 * old, and the whole history on demand (`readAgain`); what is found then is added in its place, and nothing is taken away.
 */
export class Follower {
  readonly #options: FollowerOptions & Required<Pick<FollowerOptions, "range" | "reread">>;
  #logs: ChainLog[] = [];
  readonly #known = new Map<string, ChainLog>();
  /** Heads that were read, oldest first; the last 1,024 of them. */
  #marks: { number: bigint; hash: Hash }[] = [];
  /** The first block whose logs were never read. */
  #next: bigint;
  /** The next block to read again on demand. */
  #again: bigint | undefined;
  /** Blocks that endpoints are asked about at once: fewer where they refuse. */
  #width: bigint;
  #calm = 0;
  /** The newest block that each endpoint told of. */
  readonly #heights = new Map<PublicClient, bigint>();
  #looks = 0;

  constructor(options: FollowerOptions) {
    if (options.quorum > options.clients.length) {
      throw new InternalError(
        `a quorum of ${options.quorum} needs as many endpoints; there are ${options.clients.length}`,
      );
    }
    this.#options = { range: 5_000n, reread: REREAD, ...options };
    this.#next = options.fromBlock;
    this.#width = this.#options.range;
  }

  /** Reads the whole history again, from the oldest block on, one range at each poll. Does nothing while it is at it. */
  readAgain(): void {
    this.#again ??= this.#options.fromBlock;
  }

  /**
   * @throws EndpointsDisagree; and what the endpoints throw when fewer than the quorum answer. Of a look that failed, what is older than
   * `reread` blocks is kept.
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

  /** @returns false if L1 went back meanwhile */
  async #readUpTo(head: L1Block, last: { number: bigint; hash: Hash } | undefined): Promise<boolean> {
    const { fromBlock, reread } = this.#options;
    const old = max(head.number - reread, fromBlock - 1n);
    const settled = last ? max(last.number, old) : old;
    try {
      // What comes first is never read, and deep; at the end come the last blocks, of which some were read before.
      while (this.#next <= old) this.#next = (await this.#readRange(this.#next, old, head)) + 1n;
      let from = max(min(this.#next, head.number - this.#depthOf(head.number, last?.number) + 1n), fromBlock);
      while (from <= head.number) from = (await this.#readRange(from, head.number, head)) + 1n;
    } catch (error) {
      this.#forgetAfter(settled);
      throw error;
    }
    // L1 may have gone back while it was read: then what was read belongs to two forks.
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
   * Blocks to read at a head, the newest first: twice the largest power of two of which a multiple was passed. So each block is read again about twice
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

  /** Reads as many blocks as the endpoints allow, the first of them `from`. @returns the last block that was read */
  async #readRange(from: bigint, to: bigint, head: L1Block): Promise<bigint> {
    for (;;) {
      const end = min(from + this.#width - 1n, to);
      try {
        this.#add(await this.#onChain(await this.#agreedLogs(from, end), head));
      } catch (error) {
        const failure = endpointFailure(error);
        if (!failure) throw error;
        // Limits of ranges, of results and of answers' sizes are told in a hundred ways, and a slow answer is one of them.
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
   * Those logs that are new, or told otherwise before, and whose blocks are on the chain: a backend may be on a fork that L1 has left. Blocks that
   * were never read and are old are not asked for one by one.
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

  /** Each in its place: earlier views are another array, where they lacked logs before their end. */
  #add(logs: readonly ChainLog[]): void {
    const [first] = logs;
    if (!first) return;
    for (const log of logs) this.#known.set(keyOf(log), log);
    const last = this.#logs.at(-1);
    if (!last || inOrder(last, first) < 0) this.#logs.push(...logs);
    else this.#logs = [...this.#known.values()].sort(inOrder);
  }

  /** Forgets what is no longer on the chain. */
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

  /** Whether a block is on the chain, as far as the quorum knows. */
  #isThere({ number, hash }: { number: bigint; hash: Hash }): Promise<boolean> {
    return this.#agreed({
      what: `whether block ${number} is ${hash}`,
      ask: async (client) => {
        const block = await client.getBlock({ blockNumber: number }).catch(noSuchBlock);
        if (block?.hash === hash) return true;
        // On another chain every block is another one: that is no reorganisation, and an error here.
        await client.getChainId();
        return false;
      },
      digestOf: String,
    });
  }

  /**
   * The newest block that the quorum tells alike: an endpoint alone could hide what is new behind an old block, or let deadlines seem passed
   * by a block from the future. Whoever is slow counts with the newest block that it told of before.
   */
  async #head(): Promise<L1Block> {
    const { clients, quorum, onBehind } = this.#options;
    const look = ++this.#looks;
    const asked = clients.map(async (client) => {
      try {
        this.#heights.set(client, (await client.getBlock({ blockTag: "latest" })).number);
      } catch (error) {
        // A failure that comes late says nothing about what was told since.
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
