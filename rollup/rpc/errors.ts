import { ElenchError } from "@elench/errors/elench-error";

/** What goes wrong in a JSON-RPC call (JSON-RPC 2.0; EIP-1474; geth's 3 for a revert). */
export class RpcError extends ElenchError {
  override readonly name = "RpcError";
  override readonly kind = "input";
  readonly code: number;
  readonly data: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

export const CODE = {
  revert: 3,
  parse: -32700,
  invalidRequest: -32600,
  unknownMethod: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Also what a transaction is refused with. */
  server: -32000,
} as const;

/** A parameter that is none. */
export const invalid = (name: string, expected: string, value: unknown): RpcError =>
  new RpcError(
    CODE.invalidParams,
    `invalid params: ${name} must be ${expected}, and is ${JSON.stringify(value) ?? "missing"}`,
  );
