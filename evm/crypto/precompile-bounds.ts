import { InternalError } from "@elench/errors/internal-error";
import { GAS } from "@elench/spec/evm/gas-costs";
import { LIMIT } from "@elench/spec/evm/limits";
import { PRECOMPILE, PRECOMPILE_INPUT } from "@elench/spec/evm/precompiles";
import type { Common } from "@ethereumjs/common";
import { type AddPrecompile, getActivePrecompiles } from "@ethereumjs/evm";
import { outOfGas } from "./failure.ts";
import { larger, modexpIterations, modexpLengths, runModexp } from "./modexp.ts";
import { precompileAddress } from "./precompile-address.ts";

/**
 * The verifier settles a precompile's call by L1's own precompile, so the call must be affordable there. L1 runs Osaka, where MODEXP
 * costs more than under the Cancun rules of this chain (EIP-7883) and takes no length above 1024 (EIP-7823); a transaction has at most
 * 2^24 gas (EIP-7825), which must do for a control, the call and the step around them even if L1 raises its prices (docs/evm-machine.md,
 * "Precompiles"). A call that L1 would price above 1,750,000 gas fails here, as if it were out of gas.
 */
export const PRECOMPILE_L1_LIMIT = LIMIT.PRECOMPILE_L1_GAS;

/**
 * Price of a call on L1, under Osaka's rules.
 * @param address 1 to 10. SHA-256, RIPEMD-160, identity and BLAKE2F (2, 3, 4, 9) are executed in steps and never called on L1: their price is 0.
 */
export function l1Price(address: number, input: Uint8Array): bigint {
  switch (address) {
    case PRECOMPILE.ECRECOVER:
      return GAS.ECRECOVER;
    case PRECOMPILE.MODEXP:
      return modexpPrice(input);
    case PRECOMPILE.ECADD:
      return GAS.ECADD;
    case PRECOMPILE.ECMUL:
      return GAS.ECMUL;
    case PRECOMPILE.ECPAIRING:
      return (
        GAS.ECPAIRING + GAS.ECPAIRING_PAIR * BigInt(Math.floor(input.length / PRECOMPILE_INPUT.ECPAIRING_PAIR_BYTES))
      );
    case PRECOMPILE.POINT_EVALUATION:
      return GAS.POINT_EVALUATION;
    default:
      return 0n;
  }
}

/** Whether a call of precompile `address` fails because L1 cannot execute it within the bounds. */
export function exceedsL1(address: number, input: Uint8Array): boolean {
  if (address === PRECOMPILE.MODEXP && modexpLengths(input).some((length) => length > LIMIT.MODEXP_BYTES)) return true;
  return l1Price(address, input) > PRECOMPILE_L1_LIMIT;
}

/** The precompiles whose price can exceed the limit, wrapped so that they fail in that case. */
export function boundedPrecompiles(common: Common): AddPrecompile[] {
  const pairing = getActivePrecompiles(common).get(precompileAddress(PRECOMPILE.ECPAIRING).slice(2));
  if (!pairing) throw new InternalError(`the chain's rules lack precompile ${PRECOMPILE.ECPAIRING}`);
  return (
    [
      [PRECOMPILE.MODEXP, runModexp],
      [PRECOMPILE.ECPAIRING, pairing],
    ] as const
  ).map(([number, run]) => ({
    address: precompileAddress(number),
    function: (call) => (exceedsL1(number, call.data) ? outOfGas(call.gasLimit) : run(call)),
  }));
}

/** EIP-7883: max(500, complexity · iterations). */
function modexpPrice(input: Uint8Array): bigint {
  const [base, , modulus] = modexpLengths(input);
  const longest = larger(base, modulus);
  const words = (longest + 7n) / 8n;
  const complexity = longest <= 32n ? GAS.MODEXP_SHORT_COMPLEXITY_ON_L1 : 2n * words * words;
  return larger(GAS.MODEXP_MIN_ON_L1, complexity * modexpIterations(input, GAS.MODEXP_EXPONENT_BYTE_ON_L1));
}
