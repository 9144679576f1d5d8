import type { Backend } from "./backend.ts";
import { EngineError } from "./engine-error.ts";

/** A browser loads no native code. */
export const nativeAddon = (): null => null;

/** @throws EngineError always */
export function openNative(engine: "native" | "interpreter"): Backend {
  throw new EngineError(`engine "${engine}" does not run in a browser: leave out the option, or give "wasm"`);
}
