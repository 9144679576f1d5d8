import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { inferenceOracleAbi } from "@elench/contracts/abi/inference-oracle";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { type BaseError, decodeErrorResult, type Hex, isHex } from "viem";

/** Errors of all contracts. */
const ERRORS = [...disputeGameAbi, ...inferenceOracleAbi, ...inboxAbi, ...outputsAbi].filter(
  ({ type }) => type === "error",
);

/** The contract's error that a call ended with, as `ContextMismatch(0x…, 0x…)`; undefined where it was none that is known. */
export function revertOf(error: unknown): string | undefined {
  for (let at = error as Partial<BaseError> & { data?: unknown }; at; at = at.cause as typeof at) {
    const given = at.data as Hex | { data?: Hex } | undefined;
    const data = typeof given === "object" ? given?.data : given;
    if (!isHex(data) || data.length < 10) continue;
    try {
      const { errorName, args = [] } = decodeErrorResult({ abi: ERRORS, data });
      return `${errorName}(${args.join(", ")})`;
    } catch {
      // An error of another contract.
    }
  }
  return undefined;
}
