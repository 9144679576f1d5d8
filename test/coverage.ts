/** `npm run coverage`: which lines of TypeScript the unit and end-to-end tests run. */
import { globSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { countNodeTest, runStages } from "./stages.ts";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const tests = globSync("**/*.test.ts", { exclude: ["node_modules/**", ".toolchain/**", ".elench/**"] }).sort();

await runStages([
  {
    name: "coverage",
    script: "node_modules/c8/bin/c8.js",
    args: ["--exclude", "**/*.test.ts", "--exclude", "test/**", process.execPath, "--test", ...tests],
    count: countNodeTest,
  },
]);
