import { EVMError, type ExecResult } from "@ethereumjs/evm";

/** How a precompile fails: all gas given is consumed, nothing is returned. */
export const outOfGas = (gas: bigint): ExecResult => failure(gas, EVMError.errorMessages.OUT_OF_GAS);

/** The same for an input that it does not take. */
export const invalidInput = (gas: bigint): ExecResult => failure(gas, EVMError.errorMessages.INVALID_INPUTS);

const failure = (gas: bigint, message: EVMError["error"]): ExecResult => ({
  returnValue: new Uint8Array(),
  executionGasUsed: gas,
  exceptionError: new EVMError(message),
});
