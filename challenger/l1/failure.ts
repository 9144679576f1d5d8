import { findCause } from "@elench/errors/causes";
import { ElenchError } from "@elench/errors/elench-error";
import { BaseError } from "viem";
import { contractRefusal } from "./contract-refusal.ts";
import { endpointFailure } from "./endpoint-failure.ts";

/** A failure of an endpoint or of an L1 contract as an `ElenchError`; undefined for any other error. */
export function l1Failure(error: unknown): ElenchError | undefined {
  if (error instanceof ElenchError) return error;
  return contractRefusal(error) ?? endpointFailure(error) ?? findCause(error, ElenchError);
}

/** An error's message. Of viem's errors, without URLs. */
export function errorText(error: unknown): string {
  const failure = l1Failure(error);
  if (failure) return failure.message;
  return error instanceof BaseError ? error.shortMessage : String(error);
}
