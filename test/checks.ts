/** The static checks, as stages. */
import { globSync } from "node:fs";
import { dirname } from "node:path";
import type { Stage } from "./stages.ts";
import { CLANG_FORMAT, CPPCHECK, EMSCRIPTEN, GCC } from "./tools.ts";

const SOLIDITY = ["contracts/**/*.sol", "test/**/*.sol"];

const sourcesOf = (pattern: string): string[] =>
  globSync(pattern, { exclude: ["node_modules/**", ".toolchain/**", ".elench/**", "**/build/**"] }).sort();

export const checkTypes: Stage = { name: "types (tsc)", script: "node_modules/typescript/bin/tsc", args: [] };

export const checkFormat: Stage = {
  name: "TypeScript lint and format (biome)",
  script: "node_modules/@biomejs/biome/bin/biome",
  args: ["check", "--error-on-warnings"],
};

export const checkSolidityFormat: Stage = {
  name: "Solidity format (prettier)",
  script: "node_modules/prettier/bin/prettier.cjs",
  args: ["--check", "--no-error-on-unmatched-pattern", ...SOLIDITY],
};

export const checkSolidity: Stage = {
  name: "Solidity lint (solhint)",
  script: "node_modules/solhint/solhint.js",
  args: ["--max-warnings", "0", ...SOLIDITY],
};

export const checkUnused: Stage = { name: "unused code (knip)", script: "node_modules/knip/bin/knip.js", args: [] };

export const checkGenerated: Stage = {
  name: "generated files are up to date",
  script: "spec/generate/run.ts",
  args: ["--check"],
};

export const checkLayers: Stage = { name: "layers", script: "test/layers.ts", args: [] };

export const checkCFormat: Stage = {
  name: "C format (clang-format)",
  tool: CLANG_FORMAT,
  args: ["--dry-run", "-Werror", ...sourcesOf("**/*.{c,h}")],
};

export const checkC: Stage = {
  name: "C lint (cppcheck)",
  tool: CPPCHECK,
  args: [
    ...["--enable=warning,performance,portability", "--inline-suppr", "--error-exitcode=1", "--quiet", "--std=c11"],
    // The engine's code for AVX2: the other instruction sets differ in a few macros.
    ...["-D__x86_64__", "-D__AVX2__", "-DVARIANT=avx2", ...sourcesOf("**/*.c")],
  ],
};

export const checkSanitizers: Stage = {
  name: "C under AddressSanitizer and UndefinedBehaviorSanitizer",
  script: "test/sanitizers/run.ts",
  tool: GCC,
  args: [],
};

/** Committed WebAssembly must be what its sources give. */
export const checkRebuilds: readonly Stage[] = [
  "ml-vm/softfloat/build.ts",
  "merkle/keccak/build.ts",
  "evm/crypto/hashes/blake2/build.ts",
  "ml-vm/native/build-wasm.ts",
  "evm/native/build-wasm.ts",
].map((script) => ({
  name: `${dirname(script)} rebuilds to the same bytes`,
  script,
  tool: EMSCRIPTEN,
  args: ["--check"],
}));

/** Those that take seconds. */
export const QUICK_CHECKS: readonly Stage[] = [checkTypes, checkFormat, checkCFormat, checkGenerated, checkLayers];

export const STATIC_CHECKS: readonly Stage[] = [
  ...QUICK_CHECKS,
  checkSolidityFormat,
  checkSolidity,
  checkUnused,
  checkC,
];
