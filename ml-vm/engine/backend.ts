import { wasmFile } from "../wasm/files.ts";
import { nativeAddon, openNative } from "./native.ts";
import { instantiateEngine } from "./wasm.ts";

/** An executor of tensor instructions, and of the hashing that commits to their results. All executors give the same bits. */
export interface Backend {
  /** "native-avx512", "native-avx2", "native-portable", "wasm-relaxed", "wasm-exact" or "interpreter". */
  readonly name: string;
  /**
   * Runs elements [from, to) (default: all) of an encoded tensor instruction: operands' bytes in order, target changed in
   * place; counters of the enclosing blocks. The bytes of an instruction must not change between calls: it is decoded once.
   * @throws Error if the bytes do not encode an instruction, or it reaches beyond an operand or the target; nothing is then written.
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
  /** All levels of the data tree, concatenated from the leaves' hashes to the root: 2^(depth + 1) − 1 nodes of 32 bytes, zero subtrees included. */
  dataTree(data: Uint8Array): Uint8Array;
}

export interface BackendOptions {
  /**
   * "native": compiled for this processor. "wasm": needs no compiler; one thread. "interpreter": native too, executes one
   * element, one term and one operation at a time. Default: native if it is built, else wasm.
   */
  readonly engine?: "native" | "wasm" | "interpreter";
  /** Threads that share an instruction's elements; results do not depend on it. Default: the number of processors. */
  readonly threads?: number;
  /** Instruction set of the native engine: "avx512", "avx2" or "portable". Default: the best one of this processor. */
  readonly instructionSet?: string;
}

/** The engine in WebAssembly; `relaxed` false leaves out the module that needs a fused relaxed_madd. */
export const openWasm = (relaxed = true): Backend =>
  instantiateEngine(relaxed ? wasmFile("engine-relaxed") : null, wasmFile("engine-exact"));

/** @throws EngineError if the requested engine is not available. */
export function openBackend({ engine, threads, instructionSet }: BackendOptions = {}): Backend {
  const chosen = engine ?? (nativeAddon() ? "native" : "wasm");
  return chosen === "wasm" ? openWasm() : openNative(chosen, threads, instructionSet);
}
