import { causesOf, findCause } from "@elench/errors/causes";
import { HttpRequestError, ResponseBodyTooLargeError, RpcRequestError, TimeoutError } from "viem";
import { CallRefused, EndpointSilent } from "./endpoint-error.ts";

/** The endpoint and the method of a call. */
export interface Origin {
  /** Number and host of the endpoint; never its URL, which may contain an API key. */
  readonly endpoint?: string;
  readonly method?: string;
}

/** HTTP statuses that refuse one request; every other status except 200 means that the endpoint is unavailable. */
const REFUSED_REQUEST = new Set([400, 413, 422]);

/** JSON-RPC error codes that some providers use for HTTP status 429 (rate limit). */
const TOO_MANY_CALLS = new Set([429, -32_007]);

const CHECK = "check --rpc, and that the node is running";

/**
 * Translates viem's error: the endpoint is unavailable, or it refuses the call. The message contains no URL, because API keys stand in paths,
 * queries and user names.
 * @returns null for an error that does not come from an endpoint
 */
export function endpointFailure(error: unknown, origin: Origin = {}): EndpointSilent | CallRefused | null {
  return findCause(error, EndpointSilent) ?? findCause(error, CallRefused) ?? failureOf(error, origin);
}

function failureOf(error: unknown, { endpoint, method }: Origin): EndpointSilent | CallRefused | null {
  const who = endpoint ? `L1 ${endpoint}` : "the L1 endpoint";
  const call = method ?? "a call";
  const rpc = findCause(error, RpcRequestError);
  if (rpc) {
    const { code, details, data } = rpc;
    const what = `${who} refuses ${call}: ${details} (code ${code})`;
    if (TOO_MANY_CALLS.has(code)) return new EndpointSilent(what, { reason: "limit", cause: error });
    return new CallRefused(what, { method, code, details, data, cause: error });
  }
  if (findCause(error, TimeoutError))
    return new EndpointSilent(`${who} does not answer in time (--rpc-timeout)`, {
      reason: "timeout",
      remedy: CHECK,
      cause: error,
    });
  const tooLarge = findCause(error, ResponseBodyTooLargeError);
  if (tooLarge) {
    const details = `more than ${tooLarge.maxSize} bytes`;
    return new CallRefused(`${who} answers ${call} with ${details}`, { method, details, cause: error });
  }
  const http = findCause(error, HttpRequestError);
  if (!http) return null;
  const { status, details } = http;
  if (!status) {
    const [connection, remedy] = connectionFailure(http);
    return new EndpointSilent(`${who} does not answer: ${connection}`, { reason: "connection", remedy, cause: error });
  }
  const what = `${who} answers with HTTP status ${status}: ${details}`;
  if (REFUSED_REQUEST.has(status)) return new CallRefused(what, { method, details, cause: error });
  const reason = status === 429 ? "limit" : "status";
  return new EndpointSilent(what, {
    reason,
    status,
    retryAfter: retryAfter(http),
    remedy: CHECK,
    cause: error,
  });
}

/** Why there was no HTTP response, and what to do. The operating system's error is the innermost cause. */
function connectionFailure(error: HttpRequestError): [what: string, remedy: string] {
  const last = [...causesOf(error)].at(-1) as NodeJS.ErrnoException;
  if (last.code === "ERR_SSL_WRONG_VERSION_NUMBER")
    return ["its port does not speak TLS", "write http:// instead of https:// if the endpoint has no TLS"];
  return [last.message || last.code || error.details, CHECK];
}

/** The wait that an endpoint asks for in `Retry-After`, in milliseconds. */
function retryAfter({ headers }: HttpRequestError): number | undefined {
  const header = headers?.get("retry-after");
  if (!header) return undefined;
  const wait = /^\d+$/.test(header) ? 1_000 * Number(header) : Date.parse(header) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(wait, 0);
}

/** Whether an endpoint is unavailable: down, hanging, rate-limiting, or on another chain. A refusal of one call is an answer. */
export const isSilence = (error: unknown): boolean => endpointFailure(error) instanceof EndpointSilent;
