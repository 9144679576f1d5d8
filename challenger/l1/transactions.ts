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

/** Something to be done on L1, at most once. */
export interface Intent {
  /** Names the deed: an intent whose key is on its way is not sent again. */
  readonly key: string;
  readonly to: Address;
  readonly data: Hex;
  /** In wei. */
  readonly value: bigint;
}

export interface Receipt {
  readonly hash: Hex;
  readonly gasUsed: bigint;
  /** In wei per gas. */
  readonly gasPrice: bigint;
  readonly succeeded: boolean;
}

export type Sent =
  | { readonly status: "sent"; readonly hash: Hex }
  | { readonly status: "pending" }
  | { readonly status: "refused"; readonly refusal: ElenchError };

/** A transaction that is on its way, and could not be looked after. */
export interface Stuck {
  readonly key: string;
  readonly error: unknown;
}

export interface QueueOptions {
  readonly client: PublicClient;
  /** Further endpoints: each transaction is told to all, and none is believed alone about fees, gas, or whether it would fail. */
  readonly others?: readonly PublicClient[];
  /** So many endpoints must have seen a transaction in a block. One, if it is not given. */
  readonly quorum?: number;
  readonly account: LocalAccount;
  readonly chainId: number;
  /** A transaction that is not in a block after this many milliseconds is sent again with higher fees. */
  readonly bumpAfter: number;
  /** Never bid more than this, in wei per gas. */
  readonly maxFeePerGas: bigint;
  /** The most that an endpoint's suggestion counts for in a first bid, in wei per gas; `MAX_PRIORITY_FEE_PER_GAS` if it is not given. */
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
  /** When it was sent last, or should have been. */
  triedAt: number;
  readonly hashes: Hex[];
}

/** No first bid has a higher priority fee, whatever endpoints suggest; what waits is bid for again with a quarter more. */
export const MAX_PRIORITY_FEE_PER_GAS = parseGwei("10");

const FEES = "docs/operator-guide.md#money";

/** What is bid may not be as high as L1 asks. */
export class FeeCeilingError extends ElenchError {
  override readonly name = "FeeCeilingError";
  override readonly kind = "refused";
}

/** Fewer endpoints than the quorum tell what only several together are believed about. */
export class TooFewEndpoints extends ElenchError {
  override readonly name = "TooFewEndpoints";
  override readonly kind = "environment";
}

/** EIP-7825: no transaction may ask for more. */
const MAX_GAS = 1n << 24n;

/** Nodes take a replacement from 10 % more on; a quarter more gets anywhere in a few tries. */
const bumped = ({ maxFeePerGas, maxPriorityFeePerGas }: Fees, ceiling: bigint): Fees => {
  const fee = min((maxFeePerGas * 5n) / 4n + 1n, ceiling);
  return { maxFeePerGas: fee, maxPriorityFeePerGas: min((maxPriorityFeePerGas * 5n) / 4n + 1n, fee) };
};

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const max = (a: bigint, b: bigint): bigint => (a < b ? b : a);

/** The upper of the two in the middle, where there are two. */
const median = (values: readonly bigint[]): bigint =>
  [...values].sort((a, b) => (a < b ? -1 : 1))[Math.floor(values.length / 2)] as bigint;

/**
 * Transactions of one account. Each is simulated first; those that wait too long are sent again with higher fees, each for itself, and
 * one whose deed has become impossible meanwhile (somebody else did it) gives its nonce to an empty transfer: so none
 * holds up those behind it. It keeps nothing on disk: after a restart it starts from the account's confirmed nonce, outbidding what an
 * earlier life may have left in the pool.
 */
export class TransactionQueue {
  readonly #options: QueueOptions;
  readonly #clients: readonly PublicClient[];
  readonly #pending = new Map<number, Pending>();
  /** Sending takes a nonce: one at a time. */
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

  /** Sends, unless the same deed is on its way, would fail, or may not be paid for. Errors of the endpoints are thrown. */
  submit(intent: Intent): Promise<Sent> {
    return this.#inTurn(async () => {
      if (this.isPending(intent.key)) return { status: "pending" };
      const gas = await this.#simulate(intent);
      if (typeof gas !== "bigint") return { status: "refused", refusal: gas };
      const nonce = await this.#nextNonce();
      try {
        const pending: Pending = { intent, nonce, gas, fees: await this.#currentFees(), triedAt: 0, hashes: [] };
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
   * Looks for what is confirmed, and bids more for what waits too long, each for itself. To be called at every block, or every few seconds.
   * @returns those for which that failed; they are tried again.
   * @throws what the endpoints throw when none tells what is confirmed.
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

  async #lookAfter(pending: Pending, confirmed: number): Promise<void> {
    const { bumpAfter, onConfirmed } = this.#options;
    if (pending.nonce < confirmed) {
      const receipt = await this.#receipt(pending);
      this.#pending.delete(pending.nonce);
      if (receipt) onConfirmed(pending.intent, receipt);
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

  /** What every endpoint says that answers. */
  #askAll<T>(ask: (client: PublicClient) => Promise<T>): Promise<T[]> {
    return askAll(this.#clients, this.#options.quorum ?? 1, ask);
  }

  /** Gas to give, or why the transaction would fail: as most endpoints say, and where they are divided, it is tried. */
  async #simulate({ to, data, value }: Intent): Promise<bigint | ElenchError> {
    const answers = await this.#askAll(async (client) => {
      try {
        // Against what is on the chain: in the pool, an earlier life's transaction can look as if the deed were done, and never be mined.
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
    // What others do in the same block can warm less or write more than the simulation saw.
    return min((median(estimates) * 5n) / 4n + 20_000n, MAX_GAS);
  }

  /** Transactions of the account that the quorum has seen in blocks: an endpoint alone could tell a nonce that leaves a gap. */
  async #confirmed(): Promise<number> {
    const { account, quorum = 1 } = this.#options;
    const ask = (client: PublicClient) => client.getTransactionCount({ address: account.address, blockTag: "latest" });
    const counts = (await this.#askAll(ask)).sort((a, b) => b - a);
    const agreed = counts[quorum - 1];
    if (agreed === undefined)
      throw new TooFewEndpoints(
        `${counts.length} of ${this.#clients.length} endpoints tell how many transactions ${account.address} has sent, and ${quorum} must`,
      );
    return agreed;
  }

  async #nextNonce(): Promise<number> {
    let nonce = await this.#confirmed();
    while (this.#pending.has(nonce)) nonce++;
    return nonce;
  }

  /** @throws FeeCeilingError if nothing that may be bid is enough. */
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
    // The base fee rises by an eighth from one block to the next, at most.
    const maxFeePerGas = min((baseFee * 6n) / 5n + priorityFee, ceiling);
    return { maxFeePerGas, maxPriorityFeePerGas: min(priorityFee, maxFeePerGas) };
  }

  async #bump(pending: Pending): Promise<void> {
    const { maxFeePerGas: ceiling, onBumped } = this.#options;
    pending.triedAt = this.#now();
    const current = await this.#currentFees();
    const gas = await this.#simulate(pending.intent);
    if (typeof gas !== "bigint") {
      pending.intent = { ...pending.intent, to: this.address, data: "0x", value: 0n };
      pending.gas = 21_000n;
    } else {
      pending.gas = gas;
    }
    const higher = bumped(pending.fees, ceiling);
    // Where the ceiling is reached, the same is sent again: a node may have dropped it.
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
        // Already in the pool, or in a block since we looked: tick() finds out which.
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
        // Fees have risen since they were asked for, or an earlier life's transaction holds this nonce: bid more.
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
          gasUsed: BigInt(receipt.gasUsed),
          gasPrice: BigInt(receipt.effectiveGasPrice),
          succeeded: receipt.status === numberToHex(1),
        };
      }
    }
    return null;
  }
}

/** Tells every endpoint, and waits for one that takes it. @throws the first one's error, if none does */
async function broadcast(clients: readonly PublicClient[], serializedTransaction: Hex): Promise<void> {
  try {
    await Promise.any(clients.map((client) => client.sendRawTransaction({ serializedTransaction })));
  } catch (error) {
    throw (error as AggregateError).errors[0];
  }
}
