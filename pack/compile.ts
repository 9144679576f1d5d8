/**
 * Compiles what a tarball holds: the TypeScript files that its entries lead to, across our packages, as JavaScript and declarations.
 *
 * A tarball holds a cut of the repository's tree: `merkle/tree.ts` becomes `merkle/tree.js`. So paths that a file works out from its own place hold,
 * and a stack trace names the file that a reader finds in the repository.
 */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { ROOT, sources } from "./workspaces.ts";

const TSC = join(ROOT, "node_modules/typescript/bin/tsc");

/**
 * @param entries files from the root, in TypeScript
 * @param folder what to compile into
 * @param from the folder that becomes the tarball's root; default: the repository's
 * @throws Error with the compiler's output if it finds a fault
 */
export function compile(
  entries: readonly string[],
  folder: string,
  { declaration, from = "" }: { declaration: boolean; from?: string },
): void {
  const config = join(folder, "tsconfig.json");
  // The compiler emits nothing for what it finds under node_modules, where our packages are linked.
  const paths = Object.fromEntries([...sources].map(([specifier, source]) => [specifier, [join(ROOT, source)]]));
  const output = { noEmit: false, rootDir: join(ROOT, from), outDir: folder, declaration };
  const typeRoots = [join(ROOT, "node_modules/@types")];
  writeFileSync(
    config,
    JSON.stringify({
      extends: join(ROOT, "tsconfig.json"),
      compilerOptions: { ...output, paths, typeRoots, rewriteRelativeImportExtensions: true },
      include: [],
      files: entries.map((entry) => join(ROOT, entry)),
    }),
  );
  const { status, stdout } = spawnSync(process.execPath, [TSC, "--project", config], { encoding: "utf8" });
  rmSync(config);
  if (status !== 0) throw new Error(`the TypeScript compiler refuses ${entries.join(", ")}:\n${stdout}`);
  for (const file of globSync("**/*.{js,d.ts}", { cwd: folder })) link(folder, file);
}

/** A string that names one of our modules, by itself: the specifier of an import. */
const SPECIFIER = /(["'])(@elench\/[^"']+)\1/g;

/** Makes the specifiers of our packages in a compiled file relative: in a tarball, the modules lie beside it. */
function link(folder: string, file: string): void {
  const path = join(folder, file);
  const text = readFileSync(path, "utf8");
  const linked = text.replace(SPECIFIER, (_, quote: string, specifier: string) => {
    const source = sources.get(specifier);
    if (source === undefined) throw new Error(`${file} imports ${specifier}, which no package of ours exports`);
    const target = relative(dirname(file), source.replace(/\.ts$/, ".js"));
    return `${quote}${target.startsWith(".") ? target : `./${target}`}${quote}`;
  });
  if (linked !== text) writeFileSync(path, linked);
}
