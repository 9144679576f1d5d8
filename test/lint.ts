/** `npm run lint`: every static check. */
import { fileURLToPath } from "node:url";
import { checkFormat, checkSolidity, checkSolidityFormat, checkTypes, checkUnused } from "./checks.ts";
import { runStages } from "./stages.ts";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

await runStages([checkTypes, checkFormat, checkSolidityFormat, checkSolidity, checkUnused]);
