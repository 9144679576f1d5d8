import { ElenchError, type ElenchErrorOptions } from "@elench/errors/elench-error";

export interface SilenceOptions extends ElenchErrorOptions {
  /** Why it serves nobody, or not us: no answer in time, no connection, an HTTP status, a limit of calls, another chain. */
  readonly reason: "timeout" | "connection" | "status" | "limit" | "chain";
  /** The HTTP status, if there was one. */
  readonly status?: number | undefined;
  /** Milliseconds for which the endpoint asks to be left alone. */
  readonly retryAfter?: number | undefined;
}

/** An endpoint that does not answer: it is not to be asked for a while. */
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
  /** Of JSON-RPC. Undefined for what HTTP, or we, refuse. */
  readonly code?: number | undefined;
  /** The node's own words. */
  readonly details: string;
  /** What a contract reverted with, if that is what the node tells. */
  readonly data?: unknown;
}

/** Methods that execute a transaction, or would. A node that refuses another one does not serve what it is there for. */
const EXECUTING = new Set(["eth_call", "eth_estimateGas", "eth_sendRawTransaction"]);

/** An endpoint that answers one call with an error. */
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
