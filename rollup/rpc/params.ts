import { toBigInt } from "@elench/bytes/words";
import { hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import { invalid } from "./errors.ts";

/** Strict parsers of JSON-RPC parameters (the execution API's schemas). All throw RpcError −32602 with the parameter's name. */

export type Fields = Readonly<Record<string, unknown>>;

const WORD_LIMIT = 2n ** 256n;

export function quantity(name: string, value: unknown): bigint {
  if (typeof value !== "string" || !/^0x[\da-f]+$/i.test(value) || BigInt(value) >= WORD_LIMIT)
    throw invalid(name, "a quantity (0x and hexadecimal digits, below 2^256)", value);
  return BigInt(value);
}

export function data(name: string, value: unknown, size?: number): Uint8Array {
  const expected =
    size === undefined ? "bytes (0x and pairs of hexadecimal digits)" : `${size} bytes (0x and ${2 * size} digits)`;
  if (typeof value !== "string" || !/^0x([\da-f]{2})*$/i.test(value)) throw invalid(name, expected, value);
  const bytes = hexToBytes(value as PrefixedHexString);
  if (size !== undefined && bytes.length !== size) throw invalid(name, expected, value);
  return bytes;
}

export const address = (name: string, value: unknown): bigint => toBigInt(data(name, value, 20));

export const hash = (name: string, value: unknown): bigint => toBigInt(data(name, value, 32));

export function flag(name: string, value: unknown): boolean {
  if (value !== undefined && typeof value !== "boolean") throw invalid(name, "true or false", value);
  return value ?? false;
}

export function fields(name: string, value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw invalid(name, "an object", value);
  return value as Fields;
}

export function list(name: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(name, "a list", value);
  return value;
}

/** An optional value: undefined and null become null. */
export const optional = <T>(read: (name: string, value: unknown) => T, name: string, value: unknown): T | null =>
  value === undefined || value === null ? null : read(name, value);
