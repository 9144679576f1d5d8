import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/**
 * Where deployments are recorded, and Ignition keeps its journals: this folder in a clone. Where elench is installed as a package, `deploy/` in the
 * folder that it is called from, since npm removes what is in its own.
 */
export const deployFolder = (): string =>
  HERE.includes(`${sep}node_modules${sep}`) ? join(process.cwd(), "deploy") : HERE;
