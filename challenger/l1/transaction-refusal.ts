import { ElenchError } from "@elench/errors/elench-error";
import { contractRefusal } from "./contract-refusal.ts";
import { CallRefused } from "./endpoint-error.ts";
import { endpointFailure } from "./endpoint-failure.ts";

/** A node rejected a transaction, or its simulation failed. */
export class TransactionRefused extends ElenchError {
  override readonly name = "TransactionRefused";
  override readonly kind = "refused";
}

/** JSON-RPC codes for a call that reverts: geth's, which most clients use, and Nethermind's. */
const REVERTED = new Set([3, -32_015]);

/**
 * A node's verdict on a transaction:
 *  - fails: it reverts, the balance is insufficient, or it is invalid;
 *  - known: the node has it, or a transaction with its nonce is in a block;
 *  - underpriced: its fees are too low;
 *  - other: the node failed; this says nothing about the transaction.
 */
export type Verdict = "fails" | "known" | "underpriced" | "other";

/**
 * Messages of geth, Erigon, Nethermind, Besu, Reth and anvil. Text is matched here and nowhere else: JSON-RPC has one code for almost
 * every transaction error (-32000, "server error"), and no standard assigns codes to these cases.
 */
const WORDS: readonly (readonly [Verdict, RegExp])[] = [
  ["known", /already known|already imported|nonce (is )?too low/i],
  ["underpriced", /underpriced|replacement|less than block base fee/i],
  [
    "fails",
    /revert|out of gas|gas required exceeds|insufficient (funds|.*balance)|exceeds (account )?balance|oversized|exceeds .*(gas limit|size limit)|EVM error/i,
  ],
];

export function verdictOf({ code, details }: Pick<CallRefused, "code" | "details">): Verdict {
  if (code !== undefined && REVERTED.has(code)) return "fails";
  return WORDS.find(([, words]) => words.test(details))?.[0] ?? "other";
}

/** The verdict in an endpoint's error; `other` if the endpoint itself failed. */
export function verdictIn(error: unknown): Verdict {
  const failure = endpointFailure(error);
  return failure instanceof CallRefused ? verdictOf(failure) : "other";
}

/** Why a transaction would fail; undefined if the endpoint itself failed. */
export function transactionRefusal(error: unknown): ElenchError | undefined {
  const refusal = contractRefusal(error);
  if (refusal) return refusal;
  const failure = endpointFailure(error);
  if (!(failure instanceof CallRefused) || verdictOf(failure) === "other") return undefined;
  return new TransactionRefused(failure.details, { cause: error });
}
