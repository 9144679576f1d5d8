/**
 * Builds the engine's two WebAssembly modules with emscripten 3.1.6 (Debian 12: `apt-get install emscripten`):
 * `engine-exact.wasm` imitates fma, `engine-relaxed.wasm` uses f32x4.relaxed_madd, for hosts where a probe shows that it fuses.
 *
 *     node ml-vm/native/build-wasm.ts            # rebuilds the committed files
 *     node ml-vm/native/build-wasm.ts --check    # rebuilds elsewhere and fails unless the bytes are the same
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The part of the WebAssembly interface used here; Node's type declarations lack it. */
declare const WebAssembly: { validate(bytes: Uint8Array): boolean };

const EMSCRIPTEN_VERSION = "3.1.6";
const SOURCES = ["engine.c", "decode.c", "threads.c", "tree.c", "wasm.c"];
const MODULES = [
  { name: "engine-exact.wasm", flags: [] },
  { name: "engine-relaxed.wasm", flags: ["-mrelaxed-simd"] },
] as const;

const FLAGS = [
  ...["-O3", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-msimd128", "-DVARIANT=wasm", "-D_GNU_SOURCE"],
  ...["-ffp-contract=off", "-fno-math-errno", "-fwrapv", "-fno-strict-aliasing"],
  ...["--no-entry", "-s", "STANDALONE_WASM=1", "-s", "ALLOW_MEMORY_GROWTH=1", "-s", "TOTAL_STACK=1048576"],
  ...["-s", "INITIAL_MEMORY=16777216", "-s", "MAXIMUM_MEMORY=4294967296"],
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

/** LLVM 14 gives relaxed_madd the number 0xaf that it had before the standard, which numbers it 0x105 (both LEB128). */
const OLD_MADD = [0xfd, 0xaf, 0x01];
const MADD = [0xfd, 0x85, 0x02];

const isAt = (bytes: Uint8Array, at: number, pattern: readonly number[]): boolean =>
  pattern.every((b, i) => bytes[at + i] === b);

/**
 * Gives relaxed_madd its standard number. The old bytes can also occur inside a constant. An occurrence is an instruction
 * exactly if the module is invalid with it, because no instruction has the old number.
 */
function mendRelaxedMadd(bytes: Uint8Array): Uint8Array {
  const places = [...bytes.keys()].filter((at) => isAt(bytes, at, OLD_MADD));
  const mended = bytes.slice();
  for (const at of places) mended.set(MADD, at);
  for (const at of places) {
    mended.set(OLD_MADD, at);
    if (!WebAssembly.validate(mended)) mended.set(MADD, at);
  }
  if (!WebAssembly.validate(mended))
    throw new Error("the module is not valid once relaxed_madd has its standard number");
  return mended;
}

function build({ name, flags }: (typeof MODULES)[number], folder: string): Uint8Array {
  const target = join(folder, name);
  emcc([...FLAGS, ...flags, ...SOURCES, "-o", target]);
  return mendRelaxedMadd(readFileSync(target));
}

function main(check: boolean): void {
  const version = emcc(["--version"]).split("\n")[0] ?? "";
  if (!version.includes(` ${EMSCRIPTEN_VERSION} `)) {
    throw new Error(`emcc is "${version.trim()}": only version ${EMSCRIPTEN_VERSION} gives the committed bytes`);
  }
  const folder = mkdtempSync(join(tmpdir(), "engine-"));
  try {
    for (const module of MODULES) {
      const built = build(module, folder);
      const committed = join(import.meta.dirname, module.name);
      if (!check) writeFileSync(committed, built);
      else if (!readFileSync(committed).equals(built)) {
        throw new Error(
          `${committed} differs from a rebuild of its sources: run node ml-vm/native/build-wasm.ts and commit the result`,
        );
      }
      console.log(`${module.name}: ${check ? "the rebuild gives the same bytes" : "built"}`);
    }
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
