/**
 * `npm test`: everything that continuous integration runs.
 * `npm test -- --quick`: the quick checks, and the unit tests that start no chain and no process; under 90 s.
 * `npm test -- softfloat game`: the test files whose path contains one of the words, and nothing else.
 */
import { existsSync, globSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { checkRebuilds, checkSanitizers, QUICK_CHECKS, STATIC_CHECKS } from "./checks.ts";
import { countHardhat, countNodeTest, runStages, type Stage } from "./stages.ts";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const HARDHAT = "node_modules/hardhat/dist/src/cli.js";
/** Their tests start chains, processes or compilers; those of all other folders compute, and take seconds. */
const SLOW = /^(test|cli|deploy|rollup|pack)\//;

const { values, positionals: wanted } = parseArgs({
  options: { quick: { type: "boolean", default: false } },
  allowPositionals: true,
});

/** Long files first, so that none is left running alone at the end; how long it takes goes roughly with its size. */
const bySize = (files: readonly string[]): string[] =>
  files.toSorted((a, b) => statSync(b).size - statSync(a).size || (a < b ? -1 : 1));

const unitTests = bySize(
  globSync("**/*.test.ts", { exclude: ["node_modules/**", ".toolchain/**", ".elench/**"] })
    .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))
    .filter((file) => !values.quick || !SLOW.test(file)),
);

const unit: Stage = {
  name: values.quick ? "unit tests" : "unit and end-to-end tests",
  script: "--test",
  args: [`--test-concurrency=${availableParallelism()}`, "--test-timeout=600000", ...unitTests],
  count: countNodeTest,
};

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
  console.error(`No test file matches ${wanted.join(", ")}${values.quick ? " and is quick" : ""}.`);
  process.exitCode = 1;
} else if (wanted.length > 0) {
  await runStages([unit]);
} else if (values.quick) {
  await runStages([...QUICK_CHECKS, unit]);
} else {
  await runStages([...STATIC_CHECKS, ...checkRebuilds, checkSanitizers, unit, solidity, ...mocha]);
}
