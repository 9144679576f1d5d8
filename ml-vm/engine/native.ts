import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { treeDepth } from "@elench/merkle/tree";
import type { Backend } from "./backend.ts";
import { EngineError } from "./engine-error.ts";

/** Exports of ml-vm/native/addon.c. */
interface Addon {
  /** Names by index; null for an instruction set that this processor lacks. */
  engines(): (string | null)[];
  prepare(instruction: Uint8Array): unknown;
  /** `to` −1: all; `threads` 0: the interpreter. */
  execute(
    engine: number,
    handle: unknown,
    operands: readonly Uint8Array[],
    target: Uint8Array,
    counters: readonly number[],
    from: number,
    to: number,
    threads: number,
  ): void;
  dataTree(engine: number, data: Uint8Array, nodes: Uint8Array, threads: number): void;
}

const ADDON_PATH = fileURLToPath(new URL("../native/build/Release/elench.node", import.meta.url));

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

let loaded: Addon | null | undefined;

export function nativeAddon(): Addon | null {
  if (loaded === undefined) loaded = loadAddon();
  return loaded;
}

/** Instruction sets of the addon that this processor runs, best first. */
export function nativeEngines(): string[] {
  return (
    nativeAddon()
      ?.engines()
      .filter((name) => name !== null) ?? []
  );
}

/** Index of the engine for an instruction set; the best one by default. */
function chooseEngine(addon: Addon, wanted: string | undefined): number {
  const names = addon.engines();
  const index = wanted ? names.indexOf(wanted) : names.findIndex((name) => name !== null);
  if (index >= 0) return index;
  throw new EngineError(
    `no engine for the instruction set ${wanted}: this processor runs ${names.filter((name) => name !== null).join(", ")}`,
  );
}

/** @throws EngineError if the addon is not built, or lacks the instruction set. */
export function openNative(
  engine: "native" | "interpreter",
  threads = availableParallelism(),
  instructionSet?: string,
): Backend {
  const addon = nativeAddon();
  if (!addon) {
    throw new EngineError(
      `the native engine is not built (${ADDON_PATH}): install a C compiler, make and Python, and start elench again by npm; or leave out --engine, or give --engine wasm, which computes the same bits`,
    );
  }
  const index = chooseEngine(addon, instructionSet);
  const name = engine === "interpreter" ? "interpreter" : `native-${addon.engines()[index]}`;
  const handles = new WeakMap<Uint8Array, unknown>();
  const prepared = (instruction: Uint8Array): unknown => {
    const known = handles.get(instruction);
    if (known !== undefined) return known;
    const handle = addon.prepare(instruction);
    handles.set(instruction, handle);
    return handle;
  };
  const dataTree = (data: Uint8Array): Uint8Array => {
    const nodes = new Uint8Array(32 * (2 ** (treeDepth(data.length) + 1) - 1));
    addon.dataTree(index, data, nodes, threads);
    return nodes;
  };
  return {
    name,
    execute: (instruction, operands, target, counters, from = 0, to = -1) =>
      addon.execute(
        index,
        prepared(instruction),
        operands,
        target,
        counters,
        from,
        to,
        engine === "interpreter" ? 0 : threads,
      ),
    dataTree,
    dataRoot: (data) => dataTree(data).slice(-32),
  };
}
