import { readFileSync } from "node:fs";

const FILES = {
  softfloat: "../softfloat/softfloat.wasm",
  "engine-exact": "../native/engine-exact.wasm",
  "engine-relaxed": "../native/engine-relaxed.wasm",
} as const;

export type WasmFile = keyof typeof FILES;

/** The bytes of a WebAssembly module. The browser build has another implementation, which holds the bytes: files.browser.ts. */
export const wasmFile = (name: WasmFile): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(FILES[name], import.meta.url)));
