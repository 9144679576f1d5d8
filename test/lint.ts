/** `npm run lint`: every static check. */
import { checkFormat, checkSolidity, checkSolidityFormat, checkTypes, checkUnused } from "./checks.ts";
import { runStages } from "./stages.ts";

process.chdir(new URL("..", import.meta.url).pathname);

await runStages([checkTypes, checkFormat, checkSolidityFormat, checkSolidity, checkUnused]);
