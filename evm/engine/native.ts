import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { InternalError } from "@elench/errors/internal-error";
import type { Backend, Core, EngineHost } from "./backend.ts";

/** An engine in the addon's memory. */
interface Handle {
  readonly engine: unique symbol;
}

/** Exports of evm/native/addon.c. */
interface Addon {
  create(secret: Uint8Array, capacity: number, bounded: boolean): Handle;
  count(bytes: Uint8Array): number;
  /** On a thread of Node's pool. @returns whether there was memory for it */
  recover(bytes: Uint8Array, chainId: Uint8Array, from: number, to: number, senders: Uint8Array): Promise<boolean>;
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

const SENDER_BYTES = 21;
/** Recoveries that are worth a thread: a few milliseconds. */
const PART = 64;

async function recover(addon: Addon, bytes: Uint8Array, chainId: Uint8Array): Promise<Uint8Array> {
  const count = addon.count(bytes);
  const senders = new Uint8Array(SENDER_BYTES * count);
  const part = Math.max(PART, Math.ceil(count / availableParallelism()));
  const starts = Array.from({ length: Math.ceil(count / part) }, (_, i) => i * part);
  const done = await Promise.all(starts.map((from) => addon.recover(bytes, chainId, from, from + part, senders)));
  if (done.includes(false)) throw new InternalError("there is not enough memory to recover senders");
  return senders;
}

/** Null if it has not been built for this host. */
export function nativeBackend(): Backend | null {
  const addon = loadAddon();
  return (
    addon && {
      name: "native",
      recover: (bytes, chainId) => recover(addon, bytes, chainId),
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
