/** A folder in which a tarball's content is put together. */
import { copyFileSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT, thirdParties, versionOf } from "./workspaces.ts";

/** An empty folder. */
export function emptyFolder(folder: string): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Copies files of the repository to the same places. @param except what of them stays behind */
export function copy(patterns: readonly string[], stage: string, options: { from?: string; except?: string[] } = {}) {
  const cwd = join(ROOT, options.from ?? "");
  for (const pattern of patterns) {
    const files = globSync(pattern, { cwd, exclude: options.except ?? [] });
    if (files.length === 0) throw new Error(`nothing to pack is at ${join(cwd, pattern)}`);
    for (const file of files) {
      mkdirSync(dirname(join(stage, file)), { recursive: true });
      copyFileSync(join(cwd, file), join(stage, file));
    }
  }
}

export function write(stage: string, file: string, text: string): void {
  mkdirSync(dirname(join(stage, file)), { recursive: true });
  writeFileSync(join(stage, file), text);
}

/** The packages that the JavaScript and the declarations in a folder import, in the versions that the repository is tested with. */
export function importsOf(stage: string): Record<string, string> {
  const texts = globSync("**/*.{js,d.ts}", { cwd: stage }).map((file) => readFileSync(join(stage, file), "utf8"));
  const names = [...thirdParties].filter((name) =>
    texts.some((text) => text.includes(`"${name}"`) || text.includes(`"${name}/`)),
  );
  return Object.fromEntries(names.sort().map((name) => [name, versionOf(name)]));
}
