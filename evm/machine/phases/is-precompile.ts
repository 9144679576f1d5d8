/** The precompile that asks the tensor machine. */
export const INFERENCE = 0xa100n;

/** Whether calls to this address run a precompile: Ethereum's ten, and `inference`. They are always warm (EIP-2929). */
export const isPrecompile = (address: bigint): boolean => (address >= 1n && address <= 10n) || address === INFERENCE;
