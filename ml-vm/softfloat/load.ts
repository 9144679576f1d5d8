import { wasmFile } from "../wasm/files.ts";
import { instantiateSoftfloat, type Softfloat } from "./softfloat.ts";

/** A new instance of softfloat, with registers of its own. */
export const loadSoftfloat = (): Softfloat => instantiateSoftfloat(wasmFile("softfloat"));
