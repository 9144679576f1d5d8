import { toBytes } from "@elench/bytes/hex";
import { commit } from "@elench/tensor/program/commitment";
import type { Program } from "@elench/tensor/program/program";
import { RegistrationError, registrationOf } from "@elench/tensor/program/registration";
import { beginGas, pageGas } from "@elench/tensor/program/registration-gas";
import type { Hex } from "viem";
import { beginCall, pageCall } from "./registration.ts";

/** Forecast of the transactions that register a model on L1. */
export type RegistrationForecast =
  /** Gas of each transaction, in order, within 3 %. */
  { readonly transactions: readonly number[]; readonly gas: number } | { readonly refused: string };

/** Placeholder for the root of a weight, so that a forecast need not hash the weights. */
const SOME_ROOT = new Uint8Array(32).fill(0xff);

export function forecastRegistration(program: Program): RegistrationForecast {
  const commitment = commit(
    program,
    program.weights.map(() => SOME_ROOT),
  );
  try {
    const registration = registrationOf(program, commitment);
    const execution = [beginGas(program), ...pageGas(program, registration)];
    const calls = [beginCall(registration), ...registration.pages.map((page) => pageCall(registration, page))];
    const transactions = calls.map((data, i) => transactionGas(data, execution[i] as number));
    return { transactions, gas: transactions.reduce((a, b) => a + b, 0) };
  } catch (error) {
    if (error instanceof RegistrationError) return { refused: error.message };
    throw error;
  }
}

/** Gas of a transaction: the maximum of execution plus calldata (EIP-2028) and the calldata floor (EIP-7623). */
function transactionGas(data: Hex, execution: number): number {
  const bytes = toBytes(data);
  const zeros = bytes.reduce((n, byte) => n + (byte === 0 ? 1 : 0), 0);
  const tokens = zeros + 4 * (bytes.length - zeros);
  return 21_000 + Math.max(4 * tokens + execution, 10 * tokens);
}
