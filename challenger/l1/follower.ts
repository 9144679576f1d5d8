import { type Address, type Hash, type Hex, keccak256, type PublicClient, toHex } from "viem";

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

export interface Head {
  readonly number: bigint;
  readonly hash: Hash;
  /** Seconds since 1970. */
  readonly timestamp: bigint;
}

export interface View {
  readonly head: Head;
  /** Every log of the contracts up to the head, in order. */
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
  /** Blocks asked for at once. */
  readonly range?: bigint;
}

/** Endpoints that do not tell the same: none of them is believed. */
export class EndpointsDisagree extends Error {
  override readonly name = "EndpointsDisagree";
}

/**
 * Follows contracts' logs along L1's canonical chain. It remembers what it has read by block hash: when the newest block it knows is gone, it goes
 * back to the last one that is still there, and forgets the logs after it.
 */
export class Follower {
  readonly #options: FollowerOptions;
  #logs: ChainLog[] = [];
  /** Blocks up to which logs were read, oldest first; the last 1,024 of them. */
  #marks: { number: bigint; hash: Hash }[] = [];

  constructor(options: FollowerOptions) {
    if (options.quorum > options.clients.length) {
      throw new RangeError(
        `a quorum of ${options.quorum} needs as many endpoints; there are ${options.clients.length}`,
      );
    }
    this.#options = options;
  }

  /** @throws EndpointsDisagree; and what the endpoints throw when fewer than the quorum answer. Nothing is kept of a look that failed. */
  async poll(): Promise<View> {
    const { fromBlock, range = 5_000n } = this.#options;
    let reorganised = false;
    for (;;) {
      reorganised = (await this.#unwind()) || reorganised;
      const head = await this.#head();
      const last = this.#marks[this.#marks.length - 1];
      if (last?.hash === head.hash) return { head, logs: this.#logs, reorganised };
      const logs: ChainLog[] = [];
      for (let from = last ? last.number + 1n : fromBlock; from <= head.number; from += range) {
        const to = from + range - 1n < head.number ? from + range - 1n : head.number;
        logs.push(...(await this.#agreedLogs(from, to)));
      }
      // L1 may have gone back while it was read: then what was read belongs to two forks.
      if ((last && !(await this.#isThere(last))) || !(await this.#isThere(head))) continue;
      this.#logs.push(...logs);
      this.#marks.push({ number: head.number, hash: head.hash });
      if (this.#marks.length > 1_024) this.#marks.shift();
      return { head, logs: this.#logs, reorganised };
    }
  }

  /** Forgets what is no longer on the chain. */
  async #unwind(): Promise<boolean> {
    let gone = false;
    for (let mark = this.#marks[this.#marks.length - 1]; mark; mark = this.#marks[this.#marks.length - 1]) {
      if (await this.#isThere(mark)) break;
      this.#marks.pop();
      gone = true;
    }
    if (gone) {
      const kept = this.#marks[this.#marks.length - 1]?.number ?? -1n;
      this.#logs = this.#logs.filter((log) => log.blockNumber <= kept);
    }
    return gone;
  }

  /** Whether a block is on the chain, as far as the quorum knows. */
  async #isThere({ number, hash }: { number: bigint; hash: Hash }): Promise<boolean> {
    const { clients, quorum } = this.#options;
    const answers = await Promise.allSettled(
      clients.map((client) => client.getBlock({ blockNumber: number }).catch(noSuchBlock)),
    );
    const told = answers.filter((answer) => answer.status === "fulfilled");
    const there = told.filter(({ value }) => value?.hash === hash).length;
    if (there >= quorum) return true;
    if (told.length - there >= quorum) return false;
    throw (
      failureOf(answers) ??
      new EndpointsDisagree(
        `block ${number}: ${there} of ${clients.length} endpoints know ${hash}; nothing is done until ${quorum} agree`,
      )
    );
  }

  /**
   * The newest block that the quorum tells alike: an endpoint alone could hide what is new behind an old block, or let deadlines seem passed
   * by a block from the future.
   */
  async #head(): Promise<Head> {
    const { clients, quorum } = this.#options;
    const latest = await Promise.allSettled(clients.map((client) => client.getBlock({ blockTag: "latest" })));
    const numbers = latest
      .flatMap((answer) => (answer.status === "fulfilled" ? [answer.value.number] : []))
      .sort((a, b) => (a > b ? -1 : 1));
    const number = numbers[quorum - 1];
    if (number === undefined) throw failureOf(latest);
    const ask = (client: PublicClient) => client.getBlock({ blockNumber: number });
    const { hash, timestamp } = await this.#agreed(
      `block ${number}`,
      ask,
      (block) => `${block.hash}/${block.timestamp}`,
    );
    return { number, hash, timestamp };
  }

  #agreedLogs(fromBlock: bigint, toBlock: bigint): Promise<ChainLog[]> {
    const ask = (client: PublicClient) =>
      client.getLogs({ address: [...this.#options.addresses], fromBlock, toBlock }) as Promise<ChainLog[]>;
    return this.#agreed(`the logs of blocks ${fromBlock} to ${toBlock}`, ask, digest);
  }

  /** What as many endpoints as the quorum tell alike. */
  async #agreed<T>(
    what: string,
    ask: (client: PublicClient) => Promise<T>,
    digestOf: (answer: T) => string,
  ): Promise<T> {
    const { clients, quorum } = this.#options;
    const answers = await Promise.allSettled(clients.map(ask));
    const votes = new Map<string, { count: number; answer: T }>();
    for (const answer of answers) {
      if (answer.status === "rejected") continue;
      const key = digestOf(answer.value);
      const vote = votes.get(key) ?? { count: 0, answer: answer.value };
      vote.count++;
      votes.set(key, vote);
    }
    for (const { count, answer } of votes.values()) if (count >= quorum) return answer;
    const failure = failureOf(answers);
    if (failure && votes.size <= 1) throw failure;
    throw new EndpointsDisagree(
      `${what}: ${votes.size} different answers from ${clients.length} endpoints, and no ${quorum} agree; nothing is done until they do`,
    );
  }
}

const digest = (logs: readonly ChainLog[]): Hash =>
  keccak256(
    toHex(
      logs
        .map((log) => [log.blockHash, log.logIndex, log.address.toLowerCase(), ...log.topics, log.data].join())
        .join("\n"),
    ),
  );

const noSuchBlock = (error: unknown): null => {
  if ((error as Error).name === "BlockNotFoundError") return null;
  throw error;
};

const failureOf = (answers: readonly PromiseSettledResult<unknown>[]): unknown =>
  answers.find((answer) => answer.status === "rejected")?.reason;
