/** `npm run format`: lays out every source as the checks want it. */
import { fileURLToPath } from "node:url";
import { checkCFormat, checkFormat, checkSolidityFormat } from "./checks.ts";
import { runStages } from "./stages.ts";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

const writing = (args: readonly string[]): string[] => args.map((arg) => (arg === "--check" ? "--write" : arg));

await runStages([
  { ...checkFormat, args: [...checkFormat.args, "--write"] },
  { ...checkSolidityFormat, args: writing(checkSolidityFormat.args) },
  { ...checkCFormat, args: checkCFormat.args.map((arg) => (arg === "--dry-run" ? "-i" : arg)) },
]);
