import { findCause } from "@elench/errors/causes";
import { ElenchError } from "@elench/errors/elench-error";
import { BaseError } from "viem";
import { contractRefusal } from "./contract-refusal.ts";
import { endpointFailure } from "./endpoint-failure.ts";

/** What went wrong on the way to L1 or there, as an error of ours; undefined for what has nothing to do with L1. */
export function l1Failure(error: unknown): ElenchError | undefined {
  if (error instanceof ElenchError) return error;
  return contractRefusal(error) ?? endpointFailure(error) ?? findCause(error, ElenchError);
}

/** What went wrong, in words: of errors of viem, without URLs. */
export function errorText(error: unknown): string {
  const failure = l1Failure(error);
  if (failure) return failure.message;
  return error instanceof BaseError ? error.shortMessage : String(error);
}
