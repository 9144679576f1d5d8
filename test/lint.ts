/** `npm run lint`: every static check. */
import { fileURLToPath } from "node:url";
import { STATIC_CHECKS } from "./checks.ts";
import { runStages } from "./stages.ts";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

await runStages(STATIC_CHECKS);
