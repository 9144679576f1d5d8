import { type Hex, toHex } from "@elench/bytes/hex";
import { toBigInt } from "@elench/bytes/words";
import { keccak256 } from "@elench/merkle/tree";

/** Everything that a workload draws depends on its seed alone: keccak256 of the seed and of what is drawn. */

const text = new TextEncoder();

/** 32 bytes. */
export const drawnBytes = (...parts: readonly (string | number)[]): Uint8Array =>
  keccak256(text.encode(parts.join("/")));

/** 0 … 2^256 − 1. */
export const drawnWord = (...parts: readonly (string | number)[]): bigint => toBigInt(drawnBytes(...parts));

/** 0 … bound − 1. */
export const drawnBelow = (bound: number, ...parts: readonly (string | number)[]): number =>
  Number(drawnWord(...parts) % BigInt(bound));

export const drawnAddress = (...parts: readonly (string | number)[]): Hex => toHex(drawnBytes(...parts).subarray(12));
