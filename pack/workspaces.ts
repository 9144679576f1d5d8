import { globSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root, with a separator at its end. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What is used of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly workspaces?: readonly string[];
  readonly exports?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

export interface Workspace extends Manifest {
  /** Its folder, from the root. */
  readonly folder: string;
}

/** @param folder from the root */
export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8")) as Manifest;

export const rootManifest = readManifest(".");

export const workspaces: readonly Workspace[] = (rootManifest.workspaces ?? []).map((folder) => ({
  ...readManifest(folder),
  folder,
}));

/** Where the specifiers of our own packages lead: `@elench/merkle/tree` to `merkle/tree.ts`. */
export const sources: ReadonlyMap<string, string> = new Map(
  workspaces.flatMap(({ name, folder, exports = {} }) =>
    Object.entries(exports)
      .filter(([, target]) => target.endsWith(".ts"))
      .flatMap(([subpath, target]) =>
        filesOf(folder, target).map(({ file, part }): [string, string] => [
          join(name, subpath.replace("*", part)),
          join(folder, file),
        ]),
      ),
  ),
);

/** The files that an export leads to: itself, or those that its pattern fits, each with what stands for the asterisk. */
function filesOf(folder: string, target: string): { file: string; part: string }[] {
  if (!target.includes("*")) return [{ file: target, part: "" }];
  const [before = "", after = ""] = normalize(target).split("*");
  return globSync(`${before}**/*${after}`, { cwd: join(ROOT, folder) })
    .filter((file) => file.startsWith(before))
    .map((file) => ({ file, part: file.slice(before.length, file.length - after.length) }));
}

/** The version of a package that the repository depends on. @throws Error if it does not, or its packages disagree */
export function versionOf(dependency: string): string {
  const versions = [rootManifest, ...workspaces].flatMap(({ dependencies, devDependencies }) => [
    dependencies?.[dependency],
    devDependencies?.[dependency],
  ]);
  const [version, ...others] = new Set(versions.filter((given) => given !== undefined));
  if (version === undefined) throw new Error(`${dependency}: no package.json of the repository depends on it`);
  if (others.length > 0) throw new Error(`${dependency}: the repository's packages want ${version} and ${others}`);
  return version;
}

/** Everything outside of the repository that its packages depend on. */
export const thirdParties: ReadonlySet<string> = new Set(
  workspaces
    .flatMap(({ dependencies = {} }) => Object.keys(dependencies))
    .filter((dependency) => !workspaces.some(({ name }) => name === dependency)),
);
