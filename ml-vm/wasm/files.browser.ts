import engineExact from "../native/engine-exact.wasm";
import engineRelaxed from "../native/engine-relaxed.wasm";
import softfloat from "../softfloat/softfloat.wasm";
import type { WasmFile } from "./files.ts";

const FILES: Readonly<Record<WasmFile, Uint8Array<ArrayBuffer>>> = {
  softfloat,
  "engine-exact": engineExact,
  "engine-relaxed": engineRelaxed,
};

/** The bytes of a WebAssembly module, which the bundler embeds in the script, so nothing is fetched. */
export const wasmFile = (name: WasmFile): Uint8Array<ArrayBuffer> => FILES[name];
