/** Makes the tarballs that users install. */
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { PACKAGES, type Package } from "./packages.ts";
import { emptyFolder, write } from "./stage.ts";
import { ROOT, readManifest } from "./workspaces.ts";

export interface Tarball {
  readonly name: string;
  readonly version: string;
  readonly file: string;
}

/** Node's releases that the compiled JavaScript runs on: it reads integers of JSON whole (Node 21) and wants supported ones. */
const ENGINES = { node: ">=22" };

/**
 * Makes all tarballs.
 * @param folder where they are put; `stage/` in it holds their contents
 */
export async function pack(folder: string): Promise<Tarball[]> {
  mkdirSync(folder, { recursive: true });
  const tarballs: Tarball[] = [];
  for (const one of PACKAGES) tarballs.push(await packOne(one, folder));
  return tarballs;
}

async function packOne({ name, workspace, description, stage }: Package, folder: string): Promise<Tarball> {
  const content = emptyFolder(join(folder, "stage", name));
  const fields = await stage(content);
  const { version } = readManifest(workspace);
  const common = { name, version, description, license: "MIT", type: "module", engines: ENGINES };
  write(content, "package.json", `${JSON.stringify({ ...common, ...fields }, null, 2)}\n`);
  copyFileSync(join(ROOT, "LICENSE"), join(content, "LICENSE"));
  copyFileSync(join(ROOT, "pack/readme", `${name.replace("@elench/", "")}.md`), join(content, "README.md"));
  // Programs that npm starts on Windows are scripts of a shell.
  const shell = process.platform === "win32";
  const args = ["pack", content, "--pack-destination", folder, "--ignore-scripts", "--silent"];
  const { status, stdout, stderr, error } = spawnSync("npm", args, { encoding: "utf8", shell });
  const file = join(folder, stdout?.trim() ?? "");
  if (status !== 0 || !existsSync(file)) throw new Error(`npm pack fails for ${name}: ${error?.message ?? stderr}`);
  return { name, version, file };
}
