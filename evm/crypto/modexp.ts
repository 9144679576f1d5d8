import { toBigInt } from "@elench/bytes/words";
import { GAS } from "@elench/spec/evm/gas-costs";
import { PRECOMPILE, PRECOMPILE_INPUT } from "@elench/spec/evm/precompiles";
import type { AddPrecompile, ExecResult, PrecompileInput } from "@ethereumjs/evm";
import { bigIntToBytes, setLengthLeft, setLengthRight } from "@ethereumjs/util";
import { outOfGas } from "./failure.ts";
import { precompileAddress } from "./precompile-address.ts";

/**
 * MODEXP (EIP-198, priced by EIP-2565): three lengths (32 bytes each) ‖ base ‖ exponent ‖ modulus, missing bytes read as zeros. Replaces
 * the library's, which processes the exponent bit by bit and takes twice as long for a block of 30M gas with long exponents.
 */

const HEADER = BigInt(PRECOMPILE_INPUT.MODEXP_HEADER_BYTES);
/** Larger lengths cost more gas than any call can have. */
const LONGEST = 2n ** 31n - 1n;

export const modexpPrecompile: AddPrecompile = { address: precompileAddress(PRECOMPILE.MODEXP), function: runModexp };

export function runModexp({ data, gasLimit }: Pick<PrecompileInput, "data" | "gasLimit">): ExecResult {
  const gas = price(data);
  const output = gas <= gasLimit ? exponentiate(data) : null;
  return output ? { returnValue: output, executionGasUsed: gas } : outOfGas(gasLimit);
}

/** @returns as many bytes as the modulus; null if the lengths are too large for any gas. */
export function exponentiate(input: Uint8Array): Uint8Array | null {
  const lengths = modexpLengths(input);
  const [base, exponent, modulus] = lengths;
  if (modulus === 0n) return new Uint8Array();
  if (lengths.some((length) => length > LONGEST)) return null;
  const divisor = numberAt(input, HEADER + base + exponent, modulus);
  if (divisor === 0n) return new Uint8Array(Number(modulus));
  const start = Number(HEADER + base);
  const digits = setLengthRight(input.subarray(start, start + Number(exponent)), Number(exponent));
  return setLengthLeft(bigIntToBytes(power(numberAt(input, HEADER, base), digits, divisor)), Number(modulus));
}

/** Bytes of base, exponent and modulus. */
export const modexpLengths = (input: Uint8Array): [base: bigint, exponent: bigint, modulus: bigint] => [
  numberAt(input, 0n, 32n),
  numberAt(input, 32n, 32n),
  numberAt(input, 64n, 32n),
];

/**
 * Number of multiplications that the price counts.
 * @param perByte for each byte of the exponent beyond 32: 8 by EIP-2565, 16 by EIP-7883.
 */
export function modexpIterations(input: Uint8Array, perByte: bigint): bigint {
  const [base, exponent] = modexpLengths(input);
  const head = numberAt(input, HEADER + base, exponent > 32n ? 32n : exponent);
  const headBits = head === 0n ? 0 : head.toString(2).length;
  const iterations = (exponent > 32n ? perByte * (exponent - 32n) : 0n) + BigInt(Math.max(headBits - 1, 0));
  return larger(1n, iterations);
}

export function larger(a: bigint, b: bigint): bigint {
  if (a > b) return a;
  return b;
}

/** EIP-2565. */
function price(input: Uint8Array): bigint {
  const [base, , modulus] = modexpLengths(input);
  const words = (larger(base, modulus) + 7n) / 8n;
  return larger(
    GAS.MODEXP_MIN,
    (words * words * modexpIterations(input, GAS.MODEXP_EXPONENT_BYTE)) / GAS.MODEXP_DIVISOR,
  );
}

/** Length of an exponent, in bytes, from which a table of powers pays off. */
const LONG = 8;

/** base^exponent mod modulus. @param exponent big-endian. @param modulus not 0. */
function power(base: bigint, exponent: Uint8Array, modulus: bigint): bigint {
  const first = exponent.findIndex((byte) => byte !== 0);
  const bits = exponent.length - first > LONG ? 4 : 1;
  const powers = [1n % modulus];
  for (let i = 1; i < 1 << bits; i++) powers.push(((powers[i - 1] as bigint) * base) % modulus);
  let result = powers[0] as bigint;
  if (first === -1) return result;
  for (const byte of exponent.subarray(first)) {
    for (let shift = 8 - bits; shift >= 0; shift -= bits) {
      for (let i = 0; i < bits; i++) result = (result * result) % modulus;
      const digit = (byte >> shift) & ((1 << bits) - 1);
      if (digit !== 0) result = (result * (powers[digit] as bigint)) % modulus;
    }
  }
  return result;
}

/** The number at bytes [from, from + length), missing bytes read as zeros. */
function numberAt(input: Uint8Array, from: bigint, length: bigint): bigint {
  if (length === 0n || from >= BigInt(input.length)) return 0n;
  const part = input.subarray(Number(from), Number(from + length));
  return toBigInt(part) << (8n * (length - BigInt(part.length)));
}
