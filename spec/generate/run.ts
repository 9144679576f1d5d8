/**
 * `npm run generate`: generates files for C, Solidity, TypeScript and the documentation from the tables of `spec/`.
 * `npm run generate -- --check`: writes nothing, and fails if anything is out of date.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { abiOutputs } from "./abi.ts";
import { type Output, written } from "./output.ts";
import { OUTPUTS } from "./outputs.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const check = process.argv.includes("--check");

/** Up-to-date files by path. A file can have several generated parts. */
function wanted(outputs: readonly Output[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const output of outputs) files.set(output.path, written(output, files.get(output.path) ?? read(output.path)));
  return files;
}

function read(path: string): string | undefined {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** Files from tables are written first, because contracts contain tables and ABIs come from contracts. */
const STAGES: readonly (() => readonly Output[])[] = [() => OUTPUTS, abiOutputs];

const counts = { stale: 0, all: 0 };
for (const outputs of STAGES) {
  const files = wanted(outputs());
  counts.all += files.size;
  for (const [path, text] of files) {
    if (read(path) === text) continue;
    counts.stale++;
    if (check) console.error(`${path} is not what its source gives: run npm run generate`);
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      console.log(path);
    }
  }
}

if (check) {
  if (counts.stale === 0) console.log(`${counts.all} generated files are up to date`);
  process.exitCode = counts.stale === 0 ? 0 : 1;
} else {
  console.log(counts.stale === 0 ? "everything was up to date" : `${counts.stale} files written`);
}
