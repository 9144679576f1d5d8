/**
 * Builds `softfloat.wasm` with emscripten 3.1.6 (Debian 12: `apt-get install emscripten`).
 *
 *     node ml-vm/softfloat/build.ts            # rebuilds the committed file
 *     node ml-vm/softfloat/build.ts --check    # rebuilds elsewhere and fails unless the bytes are the same
 *
 * The build is deterministic: fixed flags, no debug information, paths relative to this folder.
 */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FUNCTIONS, MACHINE_EXPORTS } from "./exports.ts";
import { floatInstructions } from "./wasm-instructions.ts";

const EMSCRIPTEN_VERSION = "3.1.6";
const SOURCES = ["softfloat.c", "scalar.c", "wasm.c"];
const COMMITTED = join(import.meta.dirname, "softfloat.wasm");

const FLAGS = [
  ...["-O3", "-std=c11", "-Wall", "-Wextra", "-Werror", "--no-entry"],
  ...["-s", "STANDALONE_WASM=1", "-s", "TOTAL_STACK=16384", "-s", "INITIAL_MEMORY=131072"],
  ...["-s", "MAXIMUM_MEMORY=1073741824", "-s", "ALLOW_MEMORY_GROWTH=1", "-s", "WASM_BIGINT=1"],
  ...["-s", `EXPORTED_FUNCTIONS=${[...FUNCTIONS.keys(), ...MACHINE_EXPORTS].map((name) => `_${name}`).join(",")}`],
  "-Wl,--export=__heap_base",
];

/** Runs emcc. Throws with its output if it is missing or fails. */
function emcc(args: readonly string[]): string {
  const run = spawnSync("emcc", args, { cwd: import.meta.dirname, encoding: "utf8" });
  if (run.error !== undefined) {
    throw new Error(
      `cannot run emcc (${run.error.message}): install emscripten ${EMSCRIPTEN_VERSION} and put emcc on the PATH`,
    );
  }
  if (run.status !== 0) throw new Error(`emcc failed with status ${run.status}:\n${run.stderr}`);
  return run.stdout;
}

/** Builds into `target`. Throws if emcc has another version, or if the module has a floating-point instruction. */
function build(target: string): void {
  const version = emcc(["--version"]).split("\n")[0] ?? "";
  if (!version.includes(` ${EMSCRIPTEN_VERSION} `)) {
    throw new Error(`emcc is "${version.trim()}": only version ${EMSCRIPTEN_VERSION} gives the committed bytes`);
  }
  emcc([...FLAGS, ...SOURCES, "-o", target]);
  const found = floatInstructions(readFileSync(target));
  if (found.length > 0) throw new Error(`${target} has floating-point instructions: ${found.join(", ")}`);
}

function main(check: boolean): void {
  const folder = mkdtempSync(join(tmpdir(), "softfloat-"));
  try {
    const built = join(folder, "softfloat.wasm");
    build(built);
    if (!check) {
      copyFileSync(built, COMMITTED);
    } else if (!readFileSync(built).equals(readFileSync(COMMITTED))) {
      throw new Error(
        `${COMMITTED} differs from a rebuild of its sources: run node ml-vm/softfloat/build.ts and commit the result`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(
    check ? "softfloat.wasm: the rebuild gives the same bytes, no floating-point instruction" : "softfloat.wasm: built",
  );
}

try {
  main(process.argv.includes("--check"));
} catch (error) {
  console.error(`softfloat: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
