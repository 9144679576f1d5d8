import type { Backend } from "./backend.ts";

/** The engine that was asked for is not there. */
export class EngineError extends Error {
  override readonly name = "EngineError";
}

/** A browser loads no native code. */
export const nativeAddon = (): null => null;

/** @throws EngineError always */
export function openNative(engine: "native" | "interpreter"): Backend {
  throw new EngineError(`engine "${engine}" does not run in a browser: leave out the option, or give "wasm"`);
}
