import { GAS } from "@elench/spec/evm/gas-costs";
import { PRECOMPILE, PRECOMPILE_INPUT } from "@elench/spec/evm/precompiles";
import type { AddPrecompile } from "@ethereumjs/evm";
import { invalidInput, outOfGas } from "./failure.ts";
import { blake2Finish, blake2Run, blake2Start } from "./hashes/blake2.ts";
import { precompileAddress } from "./precompile-address.ts";

/** Rounds (4, big-endian) ‖ state (64) ‖ message (128) ‖ counters (16) ‖ whether this is the last block (1). */
const INPUT_BYTES = PRECOMPILE_INPUT.BLAKE2F_BYTES;
const FINAL_AT = INPUT_BYTES - 1;

/**
 * BLAKE2F (EIP-152), replacing the library's. A round costs one gas and takes a microsecond in JavaScript, so a block of 30M gas would
 * take every node 30 seconds.
 */
export const blake2Precompile: AddPrecompile = {
  address: precompileAddress(PRECOMPILE.BLAKE2F),
  function: ({ data, gasLimit }) => {
    if (data.length !== INPUT_BYTES || (data[FINAL_AT] as number) > 1) return invalidInput(gasLimit);
    const rounds = new DataView(data.buffer, data.byteOffset).getUint32(0);
    const gas = GAS.BLAKE2F_ROUND * BigInt(rounds);
    if (gasLimit < gas) return outOfGas(gasLimit);
    const vector = blake2Run(blake2Start(data), data.subarray(68, 196), 0, rounds);
    return { returnValue: blake2Finish(data.subarray(4, 68), vector), executionGasUsed: gas };
  },
};
