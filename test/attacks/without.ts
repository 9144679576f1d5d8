import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeSources } from "@elench/deploy/sources";
import type { Defence } from "./defences.ts";

/** A copy of the project in which one defence is missing: the source is edited, and contracts that it is part of are compiled again. */

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const require = createRequire(import.meta.url);

export interface Copy {
  readonly folder: string;
  remove(): void;
}

/** @throws Error if the source does not hold the defence's text exactly once, or the edited contract does not compile */
export async function copyWithout({ file, from, to, contracts }: Defence): Promise<Copy> {
  const folder = mkdtempSync(join(tmpdir(), "elench-without-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT });
  for (const name of listed.toString().split("\0").filter(Boolean)) {
    mkdirSync(join(folder, dirname(name)), { recursive: true });
    cpSync(join(ROOT, name), join(folder, name));
  }
  linkModules(folder);
  for (const built of ["ml-vm/native/build", "cache", ".toolchain"]) link(built, folder);
  cpSync(join(ROOT, "artifacts"), join(folder, "artifacts"), { recursive: true });

  const parts = readFileSync(join(ROOT, file), "utf8").split(from);
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like this, not one: ${from}`);
  writeFileSync(join(folder, file), parts.join(to));
  if (contracts.length > 0) await compile(folder, file, contracts);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Packages of the project are the copy's; all others are shared. */
function linkModules(folder: string): void {
  const modules = join(ROOT, "node_modules");
  mkdirSync(join(folder, "node_modules", "@elench"), { recursive: true });
  for (const name of readdirSync(modules)) {
    if (name === "@elench" || name === "elench") continue;
    symlinkSync(join(modules, name), join(folder, "node_modules", name));
  }
  const { workspaces } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { workspaces: string[] };
  for (const workspace of workspaces) {
    const { name } = JSON.parse(readFileSync(join(ROOT, workspace, "package.json"), "utf8")) as { name: string };
    symlinkSync(join(folder, workspace), join(folder, "node_modules", name));
  }
}

function link(path: string, folder: string): void {
  mkdirSync(join(folder, dirname(path)), { recursive: true });
  symlinkSync(join(ROOT, path), join(folder, path));
}

interface StandardJson {
  readonly sources: Record<string, { content: string }>;
}

/** Compiles the named contracts with the edited source, and puts them in the place of the copy's artifacts. */
async function compile(folder: string, file: string, contracts: readonly string[]): Promise<void> {
  const solc = require("solc") as { compile(input: string): string };
  const inputs = join(folder, ".sources");
  const edited = readFileSync(join(folder, file), "utf8");
  for (const { contract, file: input, identifier } of await writeSources(inputs)) {
    if (!contracts.includes(contract)) continue;
    const [source = ""] = identifier.split(":");
    const json = JSON.parse(readFileSync(input, "utf8")) as StandardJson;
    const name = Object.keys(json.sources).find((key) => key.endsWith(file));
    if (name === undefined) throw new Error(`${contract} is not compiled from ${file}`);
    json.sources[name] = { content: edited };
    const output = JSON.parse(solc.compile(JSON.stringify(json)));
    const errors = (output.errors ?? []).filter((error: { severity: string }) => error.severity === "error");
    if (errors.length > 0)
      throw new Error(errors.map((error: { formattedMessage: string }) => error.formattedMessage).join("\n"));
    const { abi, evm } = output.contracts[source][contract];
    const path = join(folder, "artifacts", source.replace(/^project\//, ""), `${contract}.json`);
    const artifact = JSON.parse(readFileSync(path, "utf8"));
    const bytecode = `0x${evm.bytecode.object}`;
    const deployedBytecode = `0x${evm.deployedBytecode.object}`;
    const { immutableReferences } = evm.deployedBytecode;
    writeFileSync(path, JSON.stringify({ ...artifact, abi, bytecode, deployedBytecode, immutableReferences }));
  }
  rmSync(inputs, { recursive: true });
}
