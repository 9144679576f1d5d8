import { ElenchError } from "@elench/errors/elench-error";
import { contractRefusal } from "./contract-refusal.ts";
import { CallRefused } from "./endpoint-error.ts";
import { endpointFailure } from "./endpoint-failure.ts";

/** A node would not take a transaction, or says that it would fail. */
export class TransactionRefused extends ElenchError {
  override readonly name = "TransactionRefused";
  override readonly kind = "refused";
}

/** JSON-RPC codes for a call that reverts: geth's, which most have taken over, and Nethermind's. */
const REVERTED = new Set([3, -32_015]);

/**
 * What a node says of a transaction:
 *  - fails: it reverts, or cannot be paid, or no block takes it;
 *  - known: the node has it, or another one with its nonce is in a block;
 *  - underpriced: it must pay more;
 *  - other: nothing of the transaction: the node fails.
 */
export type Verdict = "fails" | "known" | "underpriced" | "other";

/**
 * The words of geth, Erigon, Nethermind, Besu, Reth and anvil. Text is looked at here, and nowhere else: JSON-RPC has one code for almost
 * all that a node can say of a transaction (-32000, "server error"), and no standard gives codes to what stands here.
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

/** What an endpoint's error says of the transaction that it was given: of one that failed itself, `other`. */
export function verdictIn(error: unknown): Verdict {
  const failure = endpointFailure(error);
  return failure instanceof CallRefused ? verdictOf(failure) : "other";
}

/** Why a transaction would fail; undefined where an endpoint failed to say. */
export function transactionRefusal(error: unknown): ElenchError | undefined {
  const refusal = contractRefusal(error);
  if (refusal) return refusal;
  const failure = endpointFailure(error);
  if (!(failure instanceof CallRefused) || verdictOf(failure) === "other") return undefined;
  return new TransactionRefused(failure.details, { cause: error });
}
