/** L1's precompiles under other rules than today's: other prices, other outputs, or none. */
import { PRECOMPILE } from "@elench/spec/evm/precompiles";
import type { CustomPrecompile } from "@ethereumjs/evm";
import { invalidInput, outOfGas } from "../../evm/crypto/failure.ts";
import { precompileAddress } from "../../evm/crypto/precompile-address.ts";
import { l1Price } from "../../evm/crypto/precompile-bounds.ts";
import { runPrecompile } from "../../evm/machine/phases/run-precompile.ts";

/** The precompiles that steps call on L1. */
const CALLED = [
  PRECOMPILE.ECRECOVER,
  PRECOMPILE.MODEXP,
  PRECOMPILE.ECADD,
  PRECOMPILE.ECMUL,
  PRECOMPILE.ECPAIRING,
  PRECOMPILE.POINT_EVALUATION,
] as const;

interface Answer {
  readonly price: bigint;
  /** Null if the precompile refuses the input. */
  readonly output: Uint8Array | null;
}

/** What L1 answers instead of what it answers today. "removed" leaves an account without code. */
export type Rule = "removed" | ((today: Answer, input: Uint8Array) => Answer);

export const priced =
  (numerator: bigint, denominator = 1n): Rule =>
  ({ price, output }) => ({ price: (price * numerator) / denominator, output });

/** Changes what a call that L1 accepts returns. */
export const returning =
  (change: (output: Uint8Array, input: Uint8Array) => Uint8Array | null): Rule =>
  ({ price, output }, input) => ({ price, output: output && change(output, input) });

export const precompilesUnder = (rule: Rule): CustomPrecompile[] =>
  CALLED.map((number) => {
    const address = precompileAddress(number);
    if (rule === "removed") return { address };
    return {
      address,
      function: ({ data, gasLimit }) => {
        const { price, output } = rule({ price: l1Price(number, data), output: runPrecompile(number, data) }, data);
        if (gasLimit < price) return outOfGas(gasLimit);
        return output ? { returnValue: output, executionGasUsed: price } : invalidInput(gasLimit);
      },
    };
  });
