/**
 * Builds the engine's WebAssembly module with emscripten 3.1.6 (Debian 12: `apt-get install emscripten`).
 *
 *     node evm/native/build-wasm.ts            # rebuilds the committed file
 *     node evm/native/build-wasm.ts --check    # rebuilds elsewhere and fails unless the bytes are the same
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const EMSCRIPTEN_VERSION = "3.1.6";
const MODULE = "engine.wasm";

const FLAGS = [
  ...["-O3", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-Wno-initializer-overrides", "-D_GNU_SOURCE"],
  ...["-fwrapv", "-fno-strict-aliasing"],
  ...["--no-entry", "-s", "STANDALONE_WASM=1", "-s", "ALLOW_MEMORY_GROWTH=1"],
  // Calls nest 1,024 deep.
  ...["-s", "TOTAL_STACK=8388608", "-s", "INITIAL_MEMORY=67108864", "-s", "MAXIMUM_MEMORY=4294967296"],
  // The host's functions are imports.
  ...["-s", "ERROR_ON_UNDEFINED_SYMBOLS=0", "-s", "WARN_ON_UNDEFINED_SYMBOLS=0"],
];

/** Those of the addon, with another door. */
function sources(): string[] {
  const gyp = readFileSync(join(import.meta.dirname, "binding.gyp"), "utf8");
  const files = [...gyp.matchAll(/"([^"]+\.c)"/g)].map(([, file]) => file as string);
  return files.map((file) => (file === "addon.c" ? "wasm.c" : file));
}

/** Runs emcc. @throws Error with its output if it is missing or fails */
function emcc(args: readonly string[]): string {
  const run = spawnSync("emcc", args, { cwd: import.meta.dirname, encoding: "utf8" });
  if (run.error !== undefined)
    throw new Error(
      `cannot run emcc (${run.error.message}): install emscripten ${EMSCRIPTEN_VERSION} and put emcc on the PATH`,
    );
  if (run.status !== 0) throw new Error(`emcc failed with status ${run.status}:\n${run.stderr}`);
  return run.stdout;
}

function main(check: boolean): void {
  const version = emcc(["--version"]).split("\n")[0] ?? "";
  if (!version.includes(` ${EMSCRIPTEN_VERSION} `))
    throw new Error(`emcc is "${version.trim()}": only version ${EMSCRIPTEN_VERSION} gives the committed bytes`);
  const folder = mkdtempSync(join(tmpdir(), "evm-engine-"));
  try {
    const target = join(folder, MODULE);
    emcc([...FLAGS, ...sources(), "-o", target]);
    const built = readFileSync(target);
    const committed = join(import.meta.dirname, MODULE);
    if (!check) writeFileSync(committed, built);
    else if (!readFileSync(committed).equals(built))
      throw new Error(
        `${committed} differs from a rebuild of its sources: run node evm/native/build-wasm.ts and commit the result`,
      );
    console.log(`${MODULE}: ${check ? "the rebuild gives the same bytes" : "built"}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

try {
  main(process.argv.includes("--check"));
} catch (error) {
  console.error(`engine: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
