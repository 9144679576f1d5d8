/** `npm run pack`: makes the tarballs that users install, in dist/. */
import { statSync } from "node:fs";
import { join, relative } from "node:path";
import { pack } from "./pack.ts";
import { ROOT } from "./workspaces.ts";

for (const { file } of await pack(join(ROOT, "dist")))
  console.log(`${relative(process.cwd(), file)}  ${Math.round(statSync(file).size / 1024)} kB`);
