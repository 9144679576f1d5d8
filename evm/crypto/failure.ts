import { EVMError, type ExecResult } from "@ethereumjs/evm";

/** A failed precompile: it consumes all its gas and returns nothing. */
export const outOfGas = (gas: bigint): ExecResult => failure(gas, EVMError.errorMessages.OUT_OF_GAS);

/** The same, for an invalid input. */
export const invalidInput = (gas: bigint): ExecResult => failure(gas, EVMError.errorMessages.INVALID_INPUTS);

const failure = (gas: bigint, message: EVMError["error"]): ExecResult => ({
  returnValue: new Uint8Array(),
  executionGasUsed: gas,
  exceptionError: new EVMError(message),
});
