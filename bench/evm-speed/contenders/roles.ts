import { defaultBackend } from "@elench/evm/engine/engine";
import { wasmBackend } from "@elench/evm/engine/wasm";
import type { Contender } from "./contender.ts";
import { Ours } from "./ours.ts";
import { Reference } from "./reference.ts";
import { Revm } from "./revm.ts";

/**
 * Who is measured, by the name of the figure: `ours` is this repository's executor, on one thread, `wasm` the same in WebAssembly, and `threads` the same on
 * all processors; a role without a contender has no figure.
 */
export type Role = "ours" | "wasm" | "threads" | "ethereumjs" | "revm";

/** In the order in which they run. One that can be asked for its state comes first, because the others' state roots are held against its own. */
export const CONTENDERS: Readonly<Partial<Record<Role, () => Contender>>> = {
  ethereumjs: () => new Reference(),
  ours: () => new Ours(defaultBackend()),
  wasm: () => new Ours(wasmBackend()),
  revm: () => new Revm(),
};
