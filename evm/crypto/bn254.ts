import { type EVMBN254Interface, RustBN254 } from "@ethereumjs/evm";
import { initRustBN } from "rustbn-wasm";

/**
 * The curve of precompiles 0x06 to 0x08 (EIP-196, EIP-197) in WASM, in place of the library's default in JavaScript: a block of 30M gas of
 * multiplications takes that 17 seconds.
 */
export const bn254: EVMBN254Interface = new RustBN254(await initRustBN());
