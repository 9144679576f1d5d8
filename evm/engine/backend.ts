/** The engine's C as a host calls it: by Node-API or in WebAssembly. Both give the same bits. */

/** What the engine asks for while it executes: at once, because it waits. */
export interface EngineHost {
  /** RLP of a trie node by its hash; undefined if it cannot be had. @param hash changes after the call. */
  node(hash: Uint8Array): Uint8Array | undefined;
  code(hash: Uint8Array): Uint8Array | undefined;
  /** Runs a precompile that the engine has no code for. @returns undefined if the input is invalid */
  run(precompile: number, input: Uint8Array): Uint8Array | undefined;
}

/** An engine in memory. */
export interface Core {
  /**
   * Executes a batch, and changes the state's bytes to the one after it: number, state root, history.
   * @param gas below 2^63
   * @returns a fault, 0 if there is none (`engine_execute` in evm/native/engine.h); receipts (batch.h); what was written (engine.h)
   */
  execute(
    bytes: Uint8Array,
    chainId: Uint8Array,
    gas: bigint,
    state: Uint8Array,
    senders: Uint8Array,
  ): readonly [fault: number, receipts: Uint8Array, written: Uint8Array];
  /** @returns null if it fails */
  precompile(address: number, input: Uint8Array, gas: number): readonly [gasLeft: number, output: Uint8Array] | null;
  /** Frees its memory. It must not be used any more. */
  close(): void;
}

export interface CoreOptions {
  /** 32 random bytes for hash tables. */
  readonly secret: Uint8Array;
  /** Bytes of cached state above which it is dropped between batches. */
  readonly capacity: number;
  /** Whether precompile calls over the L1 limit fail. */
  readonly bounded: boolean;
}

export interface Backend {
  readonly name: "native" | "wasm";
  /** The senders of a batch's transactions, 21 bytes for each: whether it has one, and its address. On several threads, if there are. */
  recover(bytes: Uint8Array, chainId: Uint8Array): Promise<Uint8Array>;
  create(host: EngineHost, options: CoreOptions): Core;
}
