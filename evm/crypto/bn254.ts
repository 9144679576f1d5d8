import { type EVMBN254Interface, RustBN254 } from "@ethereumjs/evm";
import { initRustBN } from "rustbn-wasm";

/**
 * The curve of precompiles 0x06 to 0x08 (EIP-196, EIP-197) in WASM, replacing the library's default in JavaScript, which takes
 * 17 s for a block of 30M gas of multiplications.
 */
export const bn254: EVMBN254Interface = new RustBN254(await initRustBN());
