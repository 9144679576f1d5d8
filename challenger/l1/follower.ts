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

  /** @throws EndpointsDisagree; and what the endpoints throw when fewer than the quorum answer. */
  async poll(): Promise<View> {
    const { clients, fromBlock, range = 5_000n } = this.#options;
    const reorganised = await this.#unwind();
    const block = await firstOf(clients, (client) => client.getBlock({ blockTag: "latest" }));
    const head: Head = { number: block.number, hash: block.hash, timestamp: block.timestamp };
    const last = this.#marks[this.#marks.length - 1];
    for (let from = last ? last.number + 1n : fromBlock; from <= head.number; from += range) {
      const to = from + range - 1n < head.number ? from + range - 1n : head.number;
      this.#logs.push(...(await this.#agreedLogs(from, to)));
    }
    if (last?.hash !== head.hash) this.#marks.push({ number: head.number, hash: head.hash });
    if (this.#marks.length > 1_024) this.#marks.shift();
    return { head, logs: this.#logs, reorganised };
  }

  /** Forgets what is no longer on the chain. */
  async #unwind(): Promise<boolean> {
    let gone = false;
    for (let mark = this.#marks[this.#marks.length - 1]; mark; mark = this.#marks[this.#marks.length - 1]) {
      const { number, hash } = mark;
      const there = await firstOf(this.#options.clients, (client) =>
        client.getBlock({ blockNumber: number }).catch(noSuchBlock),
      );
      if (there?.hash === hash) break;
      this.#marks.pop();
      gone = true;
    }
    if (gone) {
      const kept = this.#marks[this.#marks.length - 1]?.number ?? -1n;
      this.#logs = this.#logs.filter((log) => log.blockNumber <= kept);
    }
    return gone;
  }

  async #agreedLogs(fromBlock: bigint, toBlock: bigint): Promise<ChainLog[]> {
    const { clients, addresses, quorum } = this.#options;
    const answers = await Promise.allSettled(
      clients.map((client) => client.getLogs({ address: [...addresses], fromBlock, toBlock }) as Promise<ChainLog[]>),
    );
    const votes = new Map<Hash, { count: number; logs: ChainLog[] }>();
    for (const answer of answers) {
      if (answer.status === "rejected") continue;
      const vote = votes.get(digest(answer.value)) ?? { count: 0, logs: answer.value };
      vote.count++;
      votes.set(digest(answer.value), vote);
    }
    for (const vote of votes.values()) if (vote.count >= quorum) return vote.logs;
    const failed = answers.find((answer) => answer.status === "rejected");
    if (failed && votes.size <= 1) throw failed.reason;
    throw new EndpointsDisagree(
      `blocks ${fromBlock} to ${toBlock}: ${votes.size} different sets of logs from ${clients.length} endpoints, and no ${quorum} agree; nothing is done until they do`,
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

/** The first endpoint's answer that is one; the last one's error if none answers. */
async function firstOf<T>(clients: readonly PublicClient[], ask: (client: PublicClient) => Promise<T>): Promise<T> {
  let failure: unknown;
  for (const client of clients) {
    try {
      return await ask(client);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}
