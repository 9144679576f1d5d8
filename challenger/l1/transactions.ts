import {
  type Address,
  type Hex,
  keccak256,
  type LocalAccount,
  numberToHex,
  type PublicClient,
  zeroAddress,
} from "viem";
import { revertOf } from "./revert.ts";

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
  | { readonly status: "refused"; readonly reason: string };

export interface QueueOptions {
  readonly client: PublicClient;
  /** Further endpoints that each transaction is told to, so that no single one can keep it to itself. */
  readonly others?: readonly PublicClient[];
  readonly account: LocalAccount;
  readonly chainId: number;
  /** A transaction that is not in a block after this many milliseconds is sent again with higher fees. */
  readonly bumpAfter: number;
  /** Never bid more than this, in wei per gas. */
  readonly maxFeePerGas: bigint;
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
  sentAt: number;
  readonly hashes: Hex[];
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

/**
 * Transactions of one account. Each is simulated first; those that wait too long are sent again with higher fees, each for itself, and
 * one whose deed has become impossible meanwhile (somebody else did it) gives its nonce to an empty transfer: so none
 * holds up those behind it. It keeps nothing on disk: after a restart it starts from the account's confirmed nonce, outbidding what an
 * earlier life may have left in the pool.
 */
export class TransactionQueue {
  readonly #options: QueueOptions;
  readonly #pending = new Map<number, Pending>();
  /** Sending takes a nonce: one at a time. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: QueueOptions) {
    this.#options = options;
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

  /** Sends, unless the same deed is on its way or would fail. Errors of the endpoint are thrown. */
  submit(intent: Intent): Promise<Sent> {
    return this.#inTurn(async () => {
      if (this.isPending(intent.key)) return { status: "pending" };
      const gas = await this.#simulate(intent);
      if (typeof gas === "string") return { status: "refused", reason: gas };
      const nonce = await this.#nextNonce();
      const pending: Pending = { intent, nonce, gas, fees: await this.#currentFees(), sentAt: 0, hashes: [] };
      this.#pending.set(nonce, pending);
      try {
        return { status: "sent", hash: await this.#send(pending) };
      } catch (error) {
        if (pending.hashes.length === 0) this.#pending.delete(nonce);
        if (isRefusal(error)) return { status: "refused", reason: shortMessage(error) };
        throw error;
      }
    });
  }

  /** Looks for what is confirmed, and bids more for what waits too long. To be called at every block, or every few seconds. */
  tick(): Promise<void> {
    return this.#inTurn(async () => {
      const { client, account, bumpAfter, onConfirmed } = this.#options;
      if (this.#pending.size === 0) return;
      const confirmed = await client.getTransactionCount({ address: account.address, blockTag: "latest" });
      for (const pending of [...this.#pending.values()]) {
        if (pending.nonce < confirmed) {
          const receipt = await this.#receipt(pending);
          this.#pending.delete(pending.nonce);
          if (receipt) onConfirmed(pending.intent, receipt);
        } else if (this.#now() - pending.sentAt >= bumpAfter) {
          await this.#bump(pending);
        }
      }
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  /** Gas to give, or why the transaction would fail. */
  async #simulate({ to, data, value }: Intent): Promise<bigint | string> {
    try {
      // Against what is on the chain: in the pool, an earlier life's transaction can look as if the deed were done, and never be mined.
      const gas = await this.#options.client.estimateGas({
        account: this.address,
        to,
        data,
        value,
        blockTag: "latest",
      });
      // What others do in the same block can warm less or write more than the simulation saw.
      return min((gas * 5n) / 4n + 20_000n, MAX_GAS);
    } catch (error) {
      if (isRefusal(error)) return shortMessage(error);
      throw error;
    }
  }

  async #nextNonce(): Promise<number> {
    const { client, account } = this.#options;
    const confirmed = await client.getTransactionCount({ address: account.address, blockTag: "latest" });
    let nonce = confirmed;
    while (this.#pending.has(nonce)) nonce++;
    return nonce;
  }

  async #currentFees(): Promise<Fees> {
    const fees = await this.#options.client.estimateFeesPerGas();
    const maxFeePerGas = min(fees.maxFeePerGas, this.#options.maxFeePerGas);
    return { maxFeePerGas, maxPriorityFeePerGas: min(fees.maxPriorityFeePerGas, maxFeePerGas) };
  }

  async #bump(pending: Pending): Promise<void> {
    const gas = await this.#simulate(pending.intent);
    if (typeof gas === "string") {
      pending.intent = { ...pending.intent, to: this.address, data: "0x", value: 0n };
      pending.gas = 21_000n;
    } else {
      pending.gas = gas;
    }
    const current = await this.#currentFees();
    const higher = bumped(pending.fees, this.#options.maxFeePerGas);
    pending.fees = {
      maxFeePerGas: max(current.maxFeePerGas, higher.maxFeePerGas),
      maxPriorityFeePerGas: higher.maxPriorityFeePerGas,
    };
    this.#options.onBumped?.(pending.intent, pending.fees.maxFeePerGas);
    await this.#send(pending);
  }

  async #send(pending: Pending): Promise<Hex> {
    const { client, others = [], account, chainId, maxFeePerGas } = this.#options;
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
      pending.sentAt = this.#now();
      try {
        await broadcast([client, ...others], raw);
        pending.hashes.push(hash);
        return hash;
      } catch (error) {
        const message = shortMessage(error).toLowerCase();
        // Already in the pool, or in a block since we looked: tick() finds out which.
        if (/already known|already imported|nonce too low|nonce is too low/.test(message)) {
          pending.hashes.push(hash);
          return hash;
        }
        const canBid = pending.fees.maxFeePerGas < maxFeePerGas;
        if (!/underpriced|replacement|less than block base fee/.test(message) || !canBid) throw error;
        // Fees have risen since they were asked for, or an earlier life's transaction holds this nonce: bid more.
        pending.fees = bumped(pending.fees, maxFeePerGas);
      }
    }
  }

  async #receipt(pending: Pending): Promise<Receipt | null> {
    for (const hash of pending.hashes) {
      const receipt = await this.#options.client.request({ method: "eth_getTransactionReceipt", params: [hash] });
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

/** Tells every endpoint. @throws the first one's error, if none takes it */
async function broadcast(clients: readonly PublicClient[], serializedTransaction: Hex): Promise<void> {
  const told = await Promise.allSettled(clients.map((client) => client.sendRawTransaction({ serializedTransaction })));
  const [first] = told;
  if (first?.status === "rejected" && told.every(({ status }) => status === "rejected")) throw first.reason;
}

/** Whether the endpoint says that the transaction would fail, as opposed to failing to say anything. */
export function isRefusal(error: unknown): boolean {
  const text = fullMessage(error);
  return /revert|out of gas|insufficient funds|exceeds balance|EVM error/i.test(text);
}

const shortMessage = (error: unknown): string => {
  const revert = revertOf(error);
  if (revert) return revert;
  const e = error as { details?: string; shortMessage?: string; message?: string };
  return [e.shortMessage, e.details].filter(Boolean).join(": ") || e.message || String(error);
};

function fullMessage(error: unknown): string {
  let text = "";
  for (
    let e = error as { message?: string; details?: string; cause?: unknown } | undefined;
    e;
    e = e.cause as typeof e
  ) {
    text += `${e.message ?? ""} ${e.details ?? ""} `;
  }
  return text;
}
