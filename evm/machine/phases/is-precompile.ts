import { PRECOMPILE } from "@elench/spec/evm/precompiles";
/** Address of the precompile that runs models. */
export const INFERENCE = BigInt(PRECOMPILE.INFERENCE);

/** Whether calls to this address run a precompile: Ethereum's ten, and `inference`. They are always warm (EIP-2929). */
export const isPrecompile = (address: bigint): boolean =>
  (address >= PRECOMPILE.ECRECOVER && address <= PRECOMPILE.POINT_EVALUATION) || address === INFERENCE;
