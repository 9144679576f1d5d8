import type { Hash } from "@elench/merkle/tree";
import type { ChainState } from "./claim.ts";

/** The result of a batch's execution by the native engine, or by the reference. */
export interface NativeBatch {
  /** In the batch's order. */
  readonly transactions: readonly NativeTransaction[];
  readonly output: Hash;
  /** What the output commits to. */
  readonly next: ChainState;
}

export interface NativeTransaction {
  /** keccak256 of its bytes. */
  readonly hash: Hash;
  /** Number of its block. */
  readonly number: bigint;
  /** Null if the transaction is malformed or invalid: it leaves no receipt. */
  readonly receipt: NativeReceipt | null;
}

export interface NativeReceipt {
  readonly success: boolean;
  readonly sender: bigint;
  readonly gasUsed: bigint;
  readonly gasPrice: bigint;
  readonly logs: readonly NativeLog[];
  /** Address of the account created by a transaction that creates one. */
  readonly created: bigint | null;
}

/** Its address, its topics and its data, as the libraries have it. */
export type NativeLog = [address: Uint8Array, topics: Uint8Array[], data: Uint8Array];
