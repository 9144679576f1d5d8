import { toBytes } from "@elench/bytes/hex";
import { commit } from "@elench/tensor/program/commitment";
import type { Program } from "@elench/tensor/program/program";
import { RegistrationError, registrationOf } from "@elench/tensor/program/registration";
import { beginGas, pageGas } from "@elench/tensor/program/registration-gas";
import type { Hex } from "viem";
import { beginCall, pageCall } from "./registration.ts";

/** What registering a model on L1 takes, before any of it is sent. */
export type RegistrationForecast =
  /** Gas of each transaction, in order, within a few percent. */
  { readonly transactions: readonly number[]; readonly gas: number } | { readonly refused: string };

/** Stands for the root of a weight: a forecast does without hashing the weights. */
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

/** Gas of a transaction: EIP-2028's price of calldata and the execution, or EIP-7623's floor, if that is more. */
function transactionGas(data: Hex, execution: number): number {
  const bytes = toBytes(data);
  const zeros = bytes.reduce((n, byte) => n + (byte === 0 ? 1 : 0), 0);
  const tokens = zeros + 4 * (bytes.length - zeros);
  return 21_000 + Math.max(4 * tokens + execution, 10 * tokens);
}
