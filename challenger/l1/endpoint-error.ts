import { ElenchError, type ElenchErrorOptions } from "@elench/errors/elench-error";

export interface SilenceOptions extends ElenchErrorOptions {
  /** Why the endpoint is unavailable: timeout, no connection, an HTTP status, a rate limit, another chain. */
  readonly reason: "timeout" | "connection" | "status" | "limit" | "chain";
  /** The HTTP status, if there was one. */
  readonly status?: number | undefined;
  /** Milliseconds after which the endpoint asks to be called again (`Retry-After`). */
  readonly retryAfter?: number | undefined;
}

/** The endpoint is unavailable, and must rest before the next request. */
export class EndpointSilent extends ElenchError {
  override readonly name = "EndpointSilent";
  override readonly kind = "environment";
  readonly reason: SilenceOptions["reason"];
  readonly status: number | undefined;
  readonly retryAfter: number | undefined;

  constructor(what: string, { reason, status, retryAfter, ...options }: SilenceOptions) {
    super(what, options);
    this.reason = reason;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export interface RefusalOptions extends ElenchErrorOptions {
  readonly method: string | undefined;
  /** JSON-RPC error code. Undefined if HTTP or this client refused the call. */
  readonly code?: number | undefined;
  /** The node's error message. */
  readonly details: string;
  /** Revert data, if the node returned some. */
  readonly data?: unknown;
}

/** Methods that execute or simulate a transaction. A node that refuses any other method cannot be used. */
const EXECUTING = new Set(["eth_call", "eth_estimateGas", "eth_sendRawTransaction"]);

/** The endpoint answered one call with an error. */
export class CallRefused extends ElenchError {
  override readonly name = "CallRefused";
  override readonly kind: "environment" | "refused";
  readonly method: string | undefined;
  readonly code: number | undefined;
  readonly details: string;
  readonly data: unknown;

  constructor(what: string, { method, code, details, data, ...options }: RefusalOptions) {
    super(what, options);
    this.kind = method === undefined || EXECUTING.has(method) ? "refused" : "environment";
    this.method = method;
    this.code = code;
    this.details = details;
    this.data = data;
  }
}
