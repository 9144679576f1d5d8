/**
 * `npm run generate`: writes what C, Solidity, TypeScript and the documentation take from the tables of `spec/`.
 * `npm run generate -- --check`: writes nothing, and fails if anything is out of date.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Output, written } from "./output.ts";
import { OUTPUTS } from "./outputs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const check = process.argv.includes("--check");

/** Files by path, as they should be: a file may have several generated parts. */
function wanted(outputs: readonly Output[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const output of outputs) files.set(output.path, written(output, files.get(output.path) ?? read(output.path)));
  return files;
}

function read(path: string): string | undefined {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

const stale = [...wanted(OUTPUTS)].filter(([path, text]) => read(path) !== text);

if (check) {
  for (const [path] of stale) console.error(`${path} is not what spec/ gives: run npm run generate`);
  if (stale.length === 0) console.log(`${wanted(OUTPUTS).size} generated files are up to date`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    console.log(path);
  }
  console.log(stale.length === 0 ? "everything was up to date" : `${stale.length} files written`);
}
