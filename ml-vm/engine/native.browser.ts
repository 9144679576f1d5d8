import type { Backend } from "./backend.ts";
import { EngineError } from "./engine-error.ts";

/** Browsers cannot load native code. */
export const nativeAddon = (): null => null;

/** @throws EngineError always */
export function openNative(engine: "native" | "interpreter"): Backend {
  throw new EngineError(`engine "${engine}" does not run in a browser: leave out the option, or give "wasm"`);
}
