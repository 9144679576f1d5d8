import { wasmFile } from "../wasm/files.ts";
import { nativeAddon, openNative } from "./native.ts";
import { instantiateEngine } from "./wasm.ts";

/** An executor of tensor instructions, and of the hashing that commits to their results. All give the same bits. */
export interface Backend {
  /** "native-avx512", "native-avx2", "native-portable", "wasm-relaxed", "wasm-exact" or "interpreter". */
  readonly name: string;
  /**
   * Runs elements [from, to) (default: all) of an encoded tensor instruction: operands' bytes in order, target changed in
   * place; counters of the enclosing blocks. The bytes of an instruction must not change between calls: it is decoded once.
   * @throws Error where the bytes are no instruction, or reach beyond an operand or the target; nothing is written then.
   */
  execute(
    instruction: Uint8Array,
    operands: readonly Uint8Array[],
    target: Uint8Array,
    counters: readonly number[],
    from?: number,
    to?: number,
  ): void;
  /** Data root of bytes, as `dataRoot` in merkle/tree.ts. */
  dataRoot(data: Uint8Array): Uint8Array;
  /** Every level of the data tree, leaves' hashes first, one after the other: 2^(depth + 1) − 1 nodes of 32 bytes, zero subtrees included. */
  dataTree(data: Uint8Array): Uint8Array;
}

export interface BackendOptions {
  /**
   * "native": compiled for this processor. "wasm": where there is no compiler; one thread. "interpreter": native too, one
   * element, one term, one operation at a time. Default: native if it is built, else wasm.
   */
  readonly engine?: "native" | "wasm" | "interpreter";
  /** Threads that share an instruction's elements; results do not depend on it. Default: the processors there are. */
  readonly threads?: number;
  /** Of the native engine: "avx512", "avx2" or "portable". Default: the best that this processor has. */
  readonly instructionSet?: string;
}

/** The engine in WebAssembly; `relaxed` false leaves out the module that needs a fused relaxed_madd. */
export const openWasm = (relaxed = true): Backend =>
  instantiateEngine(relaxed ? wasmFile("engine-relaxed") : null, wasmFile("engine-exact"));

/** @throws EngineError if the engine asked for is not there. */
export function openBackend({ engine, threads, instructionSet }: BackendOptions = {}): Backend {
  const chosen = engine ?? (nativeAddon() ? "native" : "wasm");
  return chosen === "wasm" ? openWasm() : openNative(chosen, threads, instructionSet);
}
