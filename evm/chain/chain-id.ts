/** The highest chain id of which the library computes v of a type 0 transaction (EIP-155: 2 · id + 36) as an exact number. */
export const MAX_CHAIN_ID = (2n ** 53n - 1n - 36n) / 2n;
