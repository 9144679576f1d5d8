/** Softfloat from the file beside this one, for Node; a browser passes the bytes to `instantiateSoftfloat`. */
import { readFileSync } from "node:fs";
import { instantiateSoftfloat, type Softfloat } from "./softfloat.ts";

/** A new instance of softfloat, with registers of its own. */
export const loadSoftfloat = (): Softfloat =>
  instantiateSoftfloat(new Uint8Array(readFileSync(new URL("./softfloat.wasm", import.meta.url))));
