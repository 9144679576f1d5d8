import { setTimeout as sleep } from "node:timers/promises";
import { ElenchError } from "@elench/errors/elench-error";
import {
  type Address,
  formatGwei,
  type Hex,
  keccak256,
  type LocalAccount,
  numberToHex,
  type PublicClient,
  parseGwei,
  zeroAddress,
} from "viem";
import { askAll } from "./ask-all.ts";
import { errorText } from "./failure.ts";
import { transactionRefusal, verdictIn } from "./transaction-refusal.ts";

/** An action on L1 that is to be executed at most once. */
export interface Intent {
  /** Identifies the action: an intent whose key is pending is not sent again. */
  readonly key: string;
  readonly to: Address;
  readonly data: Hex;
  /** In wei. */
  readonly value: bigint;
  /** Gas limit of a call that succeeds from the next block on alone: it is not simulated, since that is done on the newest block. */
  readonly gas?: bigint;
}

export interface Receipt {
  readonly hash: Hex;
  /** Number of the block that it is in. */
  readonly block: bigint;
  readonly gasUsed: bigint;
  /** In wei per gas. */
  readonly gasPrice: bigint;
  readonly succeeded: boolean;
}

export type Sent =
  | { readonly status: "sent"; readonly hash: Hex }
  | { readonly status: "pending" }
  | { readonly status: "refused"; readonly refusal: ElenchError };

/** A pending transaction whose replacement failed. */
export interface Stuck {
  readonly key: string;
  readonly error: unknown;
}

export interface QueueOptions {
  readonly client: PublicClient;
  /** Further endpoints: each transaction is sent to all, and fees, gas and simulation results are taken from the majority. */
  readonly others?: readonly PublicClient[];
  /** Number of endpoints that must have seen a transaction in a block. Default: 1. */
  readonly quorum?: number;
  readonly account: LocalAccount;
  readonly chainId: number;
  /** A transaction that is not in a block after this many milliseconds is replaced with higher fees. */
  readonly bumpAfter: number;
  /** Fee ceiling, in wei per gas. */
  readonly maxFeePerGas: bigint;
  /** Maximum priority fee of a first bid, in wei per gas, whatever the endpoints suggest. Default: `MAX_PRIORITY_FEE_PER_GAS`. */
  readonly maxPriorityFeePerGas?: bigint;
  readonly onConfirmed: (intent: Intent, receipt: Receipt) => void;
  readonly onBumped?: (intent: Intent, maxFeePerGas: bigint) => void;
  readonly now?: () => number;
}

interface Fees {
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

interface Pending {
  intent: Intent;
  readonly nonce: number;
  gas: bigint;
  fees: Fees;
  /** Time of the last attempt to send it. */
  triedAt: number;
  readonly hashes: Hex[];
  /** The newest block when it was first sent: known if its gas is given, because it is not simulated on that block. */
  readonly sentOn: bigint | undefined;
  /** Its action has become impossible, and an empty transfer takes its nonce. */
  isGivenUp: boolean;
  receipt: Receipt | undefined;
}

/** Maximum priority fee of a first bid, whatever the endpoints suggest; replacements add 25 %. */
export const MAX_PRIORITY_FEE_PER_GAS = parseGwei("10");

const FEES = "docs/operator-guide.md#money";

/** The fee ceiling is below the fee that L1 requires. */
export class FeeCeilingError extends ElenchError {
  override readonly name = "FeeCeilingError";
  override readonly kind = "refused";
}

/** Fewer endpoints than the quorum answered a request that needs the quorum. */
export class TooFewEndpoints extends ElenchError {
  override readonly name = "TooFewEndpoints";
  override readonly kind = "environment";
}

/**
 * Gas for what others do in front in the same block. Who fills the place that a move is hinted at, and those behind it, costs it 2,100 for each,
 * and a fresh place where a used one was: 110,000 under the rules of Amsterdam.
 */
const ROOM = 300_000n;

/** EIP-7825: maximum gas limit of a transaction. */
export const MAX_GAS = 1n << 24n;

/** Nodes accept a replacement with fees at least 10 % higher; 25 % reaches any fee in few replacements. */
const bumped = ({ maxFeePerGas, maxPriorityFeePerGas }: Fees, ceiling: bigint): Fees => {
  const fee = min((maxFeePerGas * 5n) / 4n + 1n, ceiling);
  return { maxFeePerGas: fee, maxPriorityFeePerGas: min((maxPriorityFeePerGas * 5n) / 4n + 1n, fee) };
};

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a < b ? b : a);

/** The median; of an even number of values, the upper of the two in the middle. */
const median = (values: readonly bigint[]): bigint =>
  [...values].sort((a, b) => (a < b ? -1 : 1))[Math.floor(values.length / 2)] as bigint;

/**
 * Transactions of one account. Each is simulated first. Each that waits too long is replaced with higher fees; if
 * its action has become impossible meanwhile (another account did it), an empty transfer takes its nonce, so that it does not
 * block those behind it. Nothing is stored on disk: after a restart it starts from the account's confirmed nonce, and replaces what an
 * earlier process may have left in the pool.
 */
export class TransactionQueue {
  readonly #options: QueueOptions;
  readonly #clients: readonly PublicClient[];
  readonly #pending = new Map<number, Pending>();
  /** Serialises sending, because each transaction takes the next nonce. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#clients = [options.client, ...(options.others ?? [])];
  }

  get address(): Address {
    return this.#options.account.address;
  }

  get size(): number {
    return this.#pending.size;
  }

  isPending(key: string): boolean {
    return [...this.#pending.values()].some((p) => p.intent.key === key);
  }

  /** What the action takes at most, or why it would fail: by majority of the endpoints. */
  gasOf(intent: Intent): Promise<bigint | ElenchError> {
    return this.#simulate(intent);
  }

  /** Sends a transaction, unless the same action is pending, its simulation fails, or the fee ceiling is too low. Throws the endpoints' errors. */
  submit(intent: Intent): Promise<Sent> {
    return this.#inTurn(async () => {
      if (this.isPending(intent.key)) return { status: "pending" };
      const gas = intent.gas ?? (await this.#simulate(intent));
      if (typeof gas !== "bigint") return { status: "refused", refusal: gas };
      const nonce = await this.#nextNonce();
      try {
        const fees = await this.#currentFees();
        const sentOn = intent.gas === undefined ? undefined : await this.#head();
        const state = { triedAt: 0, hashes: [], isGivenUp: false, receipt: undefined };
        const pending: Pending = { intent, nonce, gas, fees, sentOn, ...state };
        this.#pending.set(nonce, pending);
        return { status: "sent", hash: await this.#send(pending) };
      } catch (error) {
        if (this.#pending.get(nonce)?.hashes.length === 0) this.#pending.delete(nonce);
        const refusal = error instanceof FeeCeilingError ? error : transactionRefusal(error);
        if (refusal) return { status: "refused", refusal };
        throw error;
      }
    });
  }

  /**
   * Looks for confirmed transactions, and replaces each that waits too long. To be called at every block, or every few seconds.
   * @returns the transactions whose replacement failed; they are tried again at the next call.
   * @throws the endpoints' error if none returns the account's nonce.
   */
  tick(): Promise<readonly Stuck[]> {
    return this.#inTurn(async () => {
      if (this.#pending.size === 0) return [];
      const stuck: Stuck[] = [];
      const confirmed = await this.#confirmed();
      for (const pending of [...this.#pending.values()]) {
        try {
          await this.#lookAfter(pending, confirmed);
        } catch (error) {
          stuck.push({ key: pending.intent.key, error });
        }
      }
      return stuck;
    });
  }

  /**
   * Looks after a pending action until a transaction with its nonce is in a block.
   * @param interval milliseconds between two looks
   * @param onFailure told of each look that failed, and of each replacement that did; the next look tries again
   * @returns null if it was not the action's: the action became impossible, or another transaction of the account took the nonce
   */
  async confirmed(key: string, interval: number, onFailure: (error: unknown) => void): Promise<Receipt | null> {
    const pending = [...this.#pending.values()].find(({ intent }) => intent.key === key);
    while (pending && this.#pending.get(pending.nonce) === pending) {
      try {
        for (const { error } of await this.tick()) onFailure(error);
      } catch (error) {
        onFailure(error);
      }
      if (this.#pending.get(pending.nonce) === pending) await sleep(interval);
    }
    return pending?.isGivenUp ? null : (pending?.receipt ?? null);
  }

  async #lookAfter(pending: Pending, confirmed: number): Promise<void> {
    const { bumpAfter, onConfirmed } = this.#options;
    if (pending.nonce < confirmed) {
      const receipt = await this.#receipt(pending);
      this.#pending.delete(pending.nonce);
      if (receipt) {
        pending.receipt = receipt;
        onConfirmed(pending.intent, receipt);
      }
    } else if (this.#now() - pending.triedAt >= bumpAfter) {
      await this.#bump(pending);
    }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  /** The answers of all endpoints that answer. */
  #askAll<T>(ask: (client: PublicClient) => Promise<T>): Promise<T[]> {
    return askAll(this.#clients, this.#options.quorum ?? 1, ask);
  }

  /** The gas limit, or why the transaction would fail, by majority of the endpoints. On a tie it is sent. */
  async #simulate({ to, data, value }: Intent): Promise<bigint | ElenchError> {
    const answers = await this.#askAll(async (client) => {
      try {
        // Simulate on the latest block, not on the pool: a pending transaction of an earlier process would look as if the action were done, and may never be mined.
        return await client.estimateGas({ account: this.address, to, data, value, blockTag: "latest" });
      } catch (error) {
        const refusal = transactionRefusal(error);
        if (refusal) return refusal;
        throw error;
      }
    });
    const estimates = answers.filter((answer) => typeof answer === "bigint");
    const refusals = answers.filter((answer) => typeof answer !== "bigint");
    if (refusals.length > estimates.length) return refusals[0] as ElenchError;
    // Other transactions in the same block can change the storage, so execution can cost more than the simulation.
    return min((median(estimates) * 5n) / 4n + ROOM, MAX_GAS);
  }

  /** The account's nonce that the quorum has seen in blocks: a single endpoint could return a nonce that leaves a gap. */
  async #confirmed(): Promise<number> {
    const { account, quorum = 1 } = this.#options;
    const ask = (client: PublicClient) => client.getTransactionCount({ address: account.address, blockTag: "latest" });
    const counts = (await this.#askAll(ask)).sort((a, b) => b - a);
    const agreed = counts[quorum - 1];
    if (agreed === undefined)
      throw new TooFewEndpoints(
        `${counts.length} of ${this.#clients.length} endpoints answer with the nonce of ${account.address}; the quorum is ${quorum}`,
      );
    return agreed;
  }

  async #nextNonce(): Promise<number> {
    let nonce = await this.#confirmed();
    while (this.#pending.has(nonce)) nonce++;
    return nonce;
  }

  /** @throws FeeCeilingError if the ceiling is below the base fee. */
  async #currentFees(): Promise<Fees> {
    const { maxFeePerGas: ceiling, maxPriorityFeePerGas: highest = MAX_PRIORITY_FEE_PER_GAS } = this.#options;
    const answers = await this.#askAll(async (client) => {
      const [block, priorityFee] = await Promise.all([
        client.getBlock({ blockTag: "latest" }),
        client.estimateMaxPriorityFeePerGas(),
      ]);
      return { baseFee: block.baseFeePerGas ?? 0n, priorityFee };
    });
    const baseFee = median(answers.map((answer) => answer.baseFee));
    if (baseFee > ceiling)
      throw new FeeCeilingError(
        `the fee ceiling of ${formatGwei(ceiling)} gwei is below the base fee of ${formatGwei(baseFee)} gwei`,
        { remedy: "raise --max-fee", docs: FEES },
      );
    const priorityFee = min(median(answers.map((answer) => answer.priorityFee)), highest);
    // The base fee rises by at most 1/8 from one block to the next.
    const maxFeePerGas = min((baseFee * 6n) / 5n + priorityFee, ceiling);
    return { maxFeePerGas, maxPriorityFeePerGas: min(priorityFee, maxFeePerGas) };
  }

  /** An action that succeeds from the next block on alone is not simulated while that block is not there. */
  async #gasOfReplacement({ intent, sentOn }: Pending): Promise<bigint | ElenchError> {
    const isEarly = intent.gas !== undefined && sentOn !== undefined && (await this.#head()) <= sentOn;
    return isEarly ? (intent.gas as bigint) : this.#simulate(intent);
  }

  /** Number of the newest block, as the quorum knows it. */
  async #head(): Promise<bigint> {
    const numbers = await this.#askAll((client) => client.getBlockNumber({ cacheTime: 0 }));
    return median(numbers);
  }

  async #bump(pending: Pending): Promise<void> {
    const { maxFeePerGas: ceiling, onBumped } = this.#options;
    pending.triedAt = this.#now();
    const current = await this.#currentFees();
    const gas = await this.#gasOfReplacement(pending);
    if (typeof gas !== "bigint") {
      pending.intent = { ...pending.intent, to: this.address, data: "0x", value: 0n };
      pending.gas = 21_000n;
      pending.isGivenUp = true;
    } else {
      pending.gas = gas;
    }
    const higher = bumped(pending.fees, ceiling);
    // If the ceiling is reached, the same transaction is sent again: a node may have dropped it.
    if (higher.maxFeePerGas > pending.fees.maxFeePerGas) {
      pending.fees = {
        maxFeePerGas: max(current.maxFeePerGas, higher.maxFeePerGas),
        maxPriorityFeePerGas: higher.maxPriorityFeePerGas,
      };
      onBumped?.(pending.intent, pending.fees.maxFeePerGas);
    }
    await this.#send(pending);
  }

  async #send(pending: Pending): Promise<Hex> {
    const { account, chainId, maxFeePerGas: ceiling } = this.#options;
    for (;;) {
      const { to, data, value } = pending.intent;
      const raw = await account.signTransaction({
        type: "eip1559",
        chainId,
        nonce: pending.nonce,
        to: to ?? zeroAddress,
        data,
        value,
        gas: pending.gas,
        ...pending.fees,
      });
      const hash = keccak256(raw);
      pending.triedAt = this.#now();
      try {
        await broadcast(this.#clients, raw);
        pending.hashes.push(hash);
        return hash;
      } catch (error) {
        const verdict = verdictIn(error);
        // Already in the pool, or in a block meanwhile: tick() finds out which.
        if (verdict === "known") {
          pending.hashes.push(hash);
          return hash;
        }
        if (verdict !== "underpriced") throw error;
        if (pending.fees.maxFeePerGas >= ceiling)
          throw new FeeCeilingError(
            `the fee ceiling of ${formatGwei(ceiling)} gwei is too low for nonce ${pending.nonce} (${errorText(error)})`,
            { remedy: "raise --max-fee", docs: FEES, cause: error },
          );
        // Fees have risen since they were read, or a transaction of an earlier process has this nonce: bid more.
        pending.fees = bumped(pending.fees, ceiling);
      }
    }
  }

  async #receipt(pending: Pending): Promise<Receipt | null> {
    for (const hash of pending.hashes) {
      const ask = (client: PublicClient) => client.request({ method: "eth_getTransactionReceipt", params: [hash] });
      const receipt = (await this.#askAll(ask)).find((answer) => answer !== null);
      if (receipt) {
        return {
          hash,
          block: BigInt(receipt.blockNumber),
          gasUsed: BigInt(receipt.gasUsed),
          gasPrice: BigInt(receipt.effectiveGasPrice),
          succeeded: receipt.status === numberToHex(1),
        };
      }
    }
    return null;
  }
}

/** Sends to every endpoint, and waits until one accepts. @throws the first endpoint's error if none accepts */
async function broadcast(clients: readonly PublicClient[], serializedTransaction: Hex): Promise<void> {
  try {
    await Promise.any(clients.map((client) => client.sendRawTransaction({ serializedTransaction })));
  } catch (error) {
    throw (error as AggregateError).errors[0];
  }
}
