/** The contracts that take the EVM machine's steps, in the order of the struct `Parts` in contracts/evm/EvmVerifier.sol. */
export const EVM_PARTS = [
  "arithmeticOps",
  "flowOps",
  "memoryOps",
  "contextOps",
  "storageOps",
  "callOps",
  "bulkSteps",
  "loadSteps",
  "flushSteps",
  "frameSteps",
  "precompileSteps",
  "inferenceSteps",
  "transactionSteps",
  "settlementSteps",
  "blockSteps",
] as const;

export type EvmPart = (typeof EVM_PARTS)[number];
