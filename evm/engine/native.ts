import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import type { Backend, Core, EngineHost } from "./backend.ts";

/** An engine in the addon's memory. */
interface Handle {
  readonly engine: unique symbol;
}

/** Exports of evm/native/addon.c. */
interface Addon {
  create(secret: Uint8Array, capacity: number, bounded: boolean): Handle;
  recover: Backend["recover"];
  execute(engine: Handle, host: EngineHost, ...batch: Parameters<Core["execute"]>): ReturnType<Core["execute"]>;
  precompile(engine: Handle, host: EngineHost, ...call: Parameters<Core["precompile"]>): ReturnType<Core["precompile"]>;
}

const ADDON_PATH = fileURLToPath(new URL("../native/build/Release/elench_evm.node", import.meta.url));

/** The addon, or null if it has not been built for this host. */
function loadAddon(): Addon | null {
  try {
    return createRequire(import.meta.url)(ADDON_PATH) as Addon;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "MODULE_NOT_FOUND" || code === "ERR_DLOPEN_FAILED") return null;
    throw error;
  }
}

/** Null if it has not been built for this host. */
export function nativeBackend(): Backend | null {
  const addon = loadAddon();
  return (
    addon && {
      name: "native",
      recover: (...batch) => addon.recover(...batch),
      create: (host, { secret, capacity, bounded }) => {
        const engine = addon.create(secret, capacity, bounded);
        return {
          execute: (...batch) => addon.execute(engine, host, ...batch),
          precompile: (...call) => addon.precompile(engine, host, ...call),
          // The addon's engines end with their handles.
          close: () => undefined,
        };
      },
    }
  );
}
