import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** An engine in the addon's memory. */
export interface Handle {
  readonly engine: unique symbol;
}

/** What the engine asks for while it executes: at once, because it waits. */
export interface EngineHost {
  /** RLP of a trie node by its hash; undefined if it cannot be had. @param hash changes after the call. */
  node(hash: Uint8Array): Uint8Array | undefined;
  code(hash: Uint8Array): Uint8Array | undefined;
  /** Runs a precompile that the engine has no code for. @returns undefined if the input is invalid */
  run(precompile: number, input: Uint8Array): Uint8Array | undefined;
}

/** Exports of evm/native/addon.c. */
interface Addon {
  create(secret: Uint8Array, capacity: number, bounded: boolean): Handle;
  recover(bytes: Uint8Array, chainId: Uint8Array, from: number, to: number): Uint8Array;
  execute(
    engine: Handle,
    host: EngineHost,
    bytes: Uint8Array,
    chainId: Uint8Array,
    gas: bigint,
    state: Uint8Array,
    senders: Uint8Array,
  ): [fault: number, receipts: Uint8Array, written: Uint8Array];
  precompile(
    engine: Handle,
    host: EngineHost,
    address: number,
    input: Uint8Array,
    gas: number,
  ): [gasLeft: number, output: Uint8Array] | null;
}

const ADDON_PATH = fileURLToPath(new URL("../native/build/Release/elench_evm.node", import.meta.url));

let loaded: Addon | null | undefined;

/** The addon, or null if it has not been built for this host. */
export function nativeAddon(): Addon | null {
  if (loaded !== undefined) return loaded;
  try {
    loaded = createRequire(import.meta.url)(ADDON_PATH) as Addon;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "MODULE_NOT_FOUND" && code !== "ERR_DLOPEN_FAILED") throw error;
    loaded = null;
  }
  return loaded;
}
