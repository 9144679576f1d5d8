import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/**
 * The folder of deployment records and of Ignition's journals: in a clone, this folder; if elench is installed as a package, `deploy/` in the
 * current folder, because npm removes files in the package's own folder.
 */
export const deployFolder = (): string =>
  HERE.includes(`${sep}node_modules${sep}`) ? join(process.cwd(), "deploy") : HERE;
