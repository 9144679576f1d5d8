import { ElenchError } from "@elench/errors/elench-error";

/** Error codes of JSON-RPC (JSON-RPC 2.0; EIP-1474; geth's code 3 for a revert). */
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
  /** Also for a refused transaction. */
  server: -32000,
} as const;

/** An invalid parameter. */
export const invalid = (name: string, expected: string, value: unknown): RpcError =>
  new RpcError(
    CODE.invalidParams,
    `invalid params: ${name} must be ${expected}, and is ${JSON.stringify(value) ?? "missing"}`,
  );
