/**
 * `npm test`: everything that can be checked on one machine, in order of cost. Arguments restrict the unit tests to
 * files whose path contains one of them, and leave the other stages out: `npm test -- softfloat game`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { checkFormat, checkTypes } from "./checks.ts";
import { countHardhat, countNodeTest, runStages, type Stage } from "./stages.ts";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const HARDHAT = "node_modules/hardhat/dist/src/cli.js";
const wanted = process.argv.slice(2);

const unitTests = globSync("**/*.test.ts", { exclude: ["node_modules/**", ".toolchain/**", ".elench/**"] })
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
  .sort();

const unit: Stage = {
  name: "unit and end-to-end tests",
  script: "--test",
  args: [`--test-concurrency=${availableParallelism()}`, "--test-timeout=600000", ...unitTests],
  count: countNodeTest,
};

/** Committed WebAssembly must be what its sources give. Other releases of emscripten give other bytes, so they are no test. */
const emcc = spawnSync("emcc", ["--version"], { encoding: "utf8" }).stdout ?? "";
const rebuilds: Stage[] = [
  "ml-vm/softfloat/build.ts",
  "merkle/keccak/build.ts",
  "evm/crypto/hashes/blake2/build.ts",
  "ml-vm/native/build-wasm.ts",
]
  .filter(() => emcc.includes(" 3.1.6 "))
  .map((script) => ({ name: `${dirname(script)} rebuilds to the same bytes`, script, args: ["--check"] }));

const solidity: Stage = {
  name: "Solidity tests",
  script: HARDHAT,
  args: ["test", "solidity"],
  count: countHardhat,
};

const mocha: Stage[] = existsSync("test/hardhat")
  ? [{ name: "Hardhat tests", script: HARDHAT, args: ["test", "mocha"], count: countHardhat }]
  : [];

if (unitTests.length === 0) {
  console.error(`No test file matches ${wanted.join(", ")}.`);
  process.exitCode = 1;
} else if (wanted.length > 0) {
  await runStages([unit]);
} else {
  await runStages([checkTypes, checkFormat, ...rebuilds, unit, solidity, ...mocha]);
}
