import { OPERATIONS, type Operation } from "@elench/spec/tensor/operations";
import { EncodingError } from "./encoding-error.ts";

export type { Operation as OpSpec } from "@elench/spec/tensor/operations";
export type { ScalarType } from "@elench/spec/tensor/scalars";

/** Every scalar operation by name. */
export const OPS: ReadonlyMap<string, Operation> = new Map(OPERATIONS.map((operation) => [operation.name, operation]));

/** Name of each operation by code. */
export const OP_NAMES: ReadonlyMap<number, string> = new Map(OPERATIONS.map(({ code, name }) => [code, name]));

/** Code of an operation. @throws EncodingError if there is no such operation. */
export function codeOf(name: string): number {
  const operation = OPS.get(name);
  if (operation === undefined) throw new EncodingError(`no scalar operation is called ${name}`);
  return operation.code;
}
