/** What the check of layers looks at: sources and manifests. Tests make their own. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What it reads of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly imports?: Readonly<Record<string, unknown>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Project {
  /** Text of the source files, by path from the root. */
  readonly sources: ReadonlyMap<string, string>;
  /** Manifests of the workspaces, by folder. */
  readonly manifests: ReadonlyMap<string, Manifest>;
}

const NOT_OURS = ["node_modules", ".toolchain", ".elench", "artifacts", "cache", "coverage", "build", "types"];

export function readProject(root: string): Project {
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const { workspaces } = JSON.parse(read("package.json")) as { workspaces: readonly string[] };
  const paths = globSync("**/*.{ts,mjs}", { cwd: root, exclude: NOT_OURS.map((folder) => `**/${folder}/**`) });
  return {
    sources: new Map(paths.map((path) => [path, read(path)])),
    manifests: new Map(
      workspaces.map((folder) => [folder, JSON.parse(read(`${folder}/package.json`)) as Manifest] as const),
    ),
  };
}
