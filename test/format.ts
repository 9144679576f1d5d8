/** `npm run format`: lays out every source as the checks want it. */
import { checkFormat, checkSolidityFormat } from "./checks.ts";
import { runStages } from "./stages.ts";

process.chdir(new URL("..", import.meta.url).pathname);

const writing = (args: readonly string[]): string[] => args.map((arg) => (arg === "--check" ? "--write" : arg));

await runStages([
  { ...checkFormat, args: [...checkFormat.args, "--write"] },
  { ...checkSolidityFormat, args: writing(checkSolidityFormat.args) },
]);
