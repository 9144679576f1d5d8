import { toHex } from "@elench/bytes/hex";
import { toBigInt } from "@elench/bytes/words";
import { InternalError } from "@elench/errors/internal-error";
import { PRECOMPILE, PRECOMPILE_INPUT } from "@elench/spec/evm/precompiles";
import type { AddPrecompile } from "@ethereumjs/evm";
import { createAddressFromString } from "@ethereumjs/util";
import { invalidInput, outOfGas } from "../crypto/failure.ts";
import { precompileAddress } from "../crypto/precompile-address.ts";
import { DIRECTORY_ADDRESS, decodeEntry, directorySlot } from "../inference/directory.ts";
import type { Models } from "../inference/models.ts";

/**
 * The precompile by which contracts call models (AILib.sol). Its input is model id (32 bytes) ‖ size of the output (32, big-endian) ‖ bytes
 * of the input tensor; it returns the bytes of the output tensor, for the price in the directory. Like any precompile it is always
 * warm; reading the directory does not warm its slots.
 */
export const INFERENCE_ADDRESS = precompileAddress(PRECOMPILE.INFERENCE);

const HEADER_BYTES = PRECOMPILE_INPUT.INFERENCE_HEADER_BYTES;

/**
 * The call fails (consumes all gas, returns nothing) if the input is under 64 bytes, the model is not in the directory, the input or
 * the stated output does not have the model's size, or the gas is below the price.
 */
export function inferencePrecompile(models: Models): AddPrecompile {
  const directory = createAddressFromString(DIRECTORY_ADDRESS);
  return {
    address: INFERENCE_ADDRESS,
    function: async ({ data, gasLimit, _EVM }) => {
      if (data.length < HEADER_BYTES) return invalidInput(gasLimit);
      const modelId = data.slice(0, 32);
      const entry = decodeEntry(await _EVM.stateManager.getStorage(directory, directorySlot(modelId)));
      if (!entry || data.length !== HEADER_BYTES + entry.inputBytes) return invalidInput(gasLimit);
      if (toBigInt(data.subarray(32, HEADER_BYTES)) !== BigInt(entry.outputBytes)) return invalidInput(gasLimit);
      if (gasLimit < entry.price) return outOfGas(gasLimit);
      const output = models.infer(modelId, data.slice(HEADER_BYTES));
      if (output.length !== entry.outputBytes)
        throw new InternalError(
          `model ${toHex(modelId)} returns ${output.length} bytes, the directory says ${entry.outputBytes}: the directory entry is wrong`,
        );
      return { returnValue: output, executionGasUsed: entry.price };
    },
  };
}
