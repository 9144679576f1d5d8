/** The static checks, as stages. */
import type { Stage } from "./stages.ts";

const SOLIDITY = ["contracts/**/*.sol", "test/**/*.sol"];

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
