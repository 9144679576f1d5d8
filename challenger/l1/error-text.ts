import { type BaseError, HttpRequestError, ResponseBodyTooLargeError, RpcRequestError, TimeoutError } from "viem";
import { EndpointError } from "./endpoint-error.ts";

/** What `Endpoint` notes on each error that it passes on. */
export interface Origin {
  /** Number and host of the endpoint; never its URL, which may hold a key. */
  readonly endpoint?: string;
  readonly method?: string;
}

/** HTTP statuses that refuse one request; every other status but 200 says that the endpoint serves nobody, or not us. */
const REFUSED_REQUEST = new Set([400, 413, 422]);

/** Codes with which some say in JSON-RPC what status 429 says. */
const TOO_MANY_CALLS = new Set([429, -32_007]);

/** Whether an endpoint asks for fewer calls. */
export const isRateLimit = (error: unknown): boolean =>
  causesOf(error).some(
    (cause) =>
      (cause instanceof HttpRequestError && cause.status === 429) ||
      (cause instanceof RpcRequestError && TOO_MANY_CALLS.has(cause.code)),
  );

/** Whether an endpoint failed to answer: it is down, hangs, limits us, or serves another chain. A refusal of one request is an answer. */
export function isSilence(error: unknown): boolean {
  if (isRateLimit(error)) return true;
  return causesOf(error).some(
    (cause) =>
      cause instanceof EndpointError ||
      cause instanceof TimeoutError ||
      (cause instanceof HttpRequestError && !REFUSED_REQUEST.has(cause.status ?? 0)),
  );
}

/** Where an error came from, as far as that is known. */
export function originOf(error: unknown): Origin {
  return causesOf(error).find((cause): cause is Error & Origin => (cause as Origin).endpoint !== undefined) ?? {};
}

/**
 * The one place that says in words what went wrong with L1: which endpoint, and the cause in the node's own words. It tells no URL:
 * keys stand in paths, queries and user names.
 */
export function l1ErrorText(error: BaseError): string {
  const causes = causesOf(error);
  const { endpoint, method } = originOf(error);
  const who = endpoint ? `L1 ${endpoint}` : "the L1 endpoint";
  const own = causes.find((cause) => cause instanceof EndpointError);
  if (own) return own.shortMessage;
  const rpc = causes.find((cause) => cause instanceof RpcRequestError);
  if (rpc) return `${who} refuses ${method ?? "a call"}: ${rpc.details} (code ${rpc.code})`;
  if (causes.some((cause) => cause instanceof TimeoutError)) return `${who} does not answer in time (--rpc-timeout)`;
  const tooLarge = causes.find((cause) => cause instanceof ResponseBodyTooLargeError);
  if (tooLarge) return `${who} answers ${method ?? "a call"} with more than ${tooLarge.maxSize} bytes`;
  const http = causes.find((cause) => cause instanceof HttpRequestError);
  if (http?.status) return `${who} answers with HTTP status ${http.status}: ${http.details}`;
  if (http) return `${who} does not answer: ${connectionWords(http)}`;
  return error.shortMessage;
}

/** An error and what caused it, outermost first. */
function causesOf(error: unknown): Error[] {
  const causes: Error[] = [];
  for (let at = error as Error | undefined; at instanceof Error; at = at.cause as Error | undefined) causes.push(at);
  return causes;
}

/** Why there was no HTTP answer: the system's words, which stand at the end of the causes. */
function connectionWords(error: HttpRequestError): string {
  const last = causesOf(error).at(-1) as Error & { code?: string };
  if (/wrong version number/.test(last.message))
    return "its port does not speak TLS; write http:// instead of https://, if that is meant";
  return last.message || last.code || error.details;
}
