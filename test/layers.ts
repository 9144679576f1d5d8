/** `npm run layers`: which import is not allowed, and why. */
import { fileURLToPath } from "node:url";
import { ALLOWED } from "./layers/allowed.ts";
import { layerFaults } from "./layers/check.ts";
import { readProject } from "./layers/project.ts";

const project = readProject(fileURLToPath(new URL("..", import.meta.url)));
const faults = layerFaults(project, ALLOWED);
for (const fault of faults) console.error(fault);
if (faults.length > 0) process.exitCode = 1;
else console.log(`${project.sources.size} files import only what they may`);
