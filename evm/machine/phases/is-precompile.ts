import { PRECOMPILE } from "@elench/spec/evm/precompiles";
/** The precompile that asks the tensor machine. */
export const INFERENCE = BigInt(PRECOMPILE.INFERENCE);

/** Whether calls to this address run a precompile: Ethereum's ten, and `inference`. They are always warm (EIP-2929). */
export const isPrecompile = (address: bigint): boolean =>
  (address >= PRECOMPILE.ECRECOVER && address <= PRECOMPILE.POINT_EVALUATION) || address === INFERENCE;
