import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Hardhat's artifacts, and whether they are up to date with `contracts/`. */

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = join(root, "artifacts");

export interface AbiParameter {
  readonly name: string;
  readonly type: string;
  /** Solidity's notation: `contract FetchStep`, `struct Claim`. */
  readonly internalType?: string;
  readonly indexed?: boolean;
  readonly components?: readonly AbiParameter[];
}

export interface AbiItem {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly AbiParameter[];
  readonly outputs?: readonly AbiParameter[];
  readonly stateMutability?: string;
}

export interface Artifact {
  readonly contractName: string;
  /** Relative to the project's root. */
  readonly sourceName: string;
  readonly abi: readonly AbiItem[];
  /** "0x" for an interface. */
  readonly bytecode: string;
  readonly buildInfoId: string;
  readonly inputSourceName: string;
}

/** The part of the compiler's syntax tree used here. */
interface Definition {
  readonly id: number;
  readonly nodeType: string;
  readonly name?: string;
  readonly documentation?: { readonly text: string };
  /** For a contract: ids of the errors that it and its inlined libraries raise. */
  readonly usedErrors?: readonly number[];
  readonly nodes?: readonly Definition[];
}

type Sources<T> = Readonly<Record<string, T>>;
interface BuildInput {
  readonly input: { readonly sources: Sources<{ readonly content: string }> };
}
interface BuildOutput {
  readonly output: { readonly sources: Sources<{ readonly ast: Definition }> };
}

const json = <T>(path: string): T => JSON.parse(readFileSync(path, "utf8")) as T;

/** A contract by its name. @returns undefined if the project has no contract of this name. */
export function findArtifact(name: string): Artifact | undefined {
  const files = readdirSync(join(folder, "contracts"), { recursive: true, encoding: "utf8" });
  const file = files.find((path) => basename(path) === `${name}.json`);
  return file === undefined ? undefined : json<Artifact>(join(folder, "contracts", file));
}

/** NatSpec of each error that a contract can raise, by the error's name: its `@notice`, or else its `@dev`. */
export function errorNotices({ contractName, inputSourceName, buildInfoId }: Artifact): ReadonlyMap<string, string> {
  const { sources } = build(buildInfoId);
  const definitions = Object.values(sources).flatMap(({ ast }) => [ast, ...within(ast)]);
  const contract = within(sources[inputSourceName]?.ast).find(
    ({ nodeType, name }) => nodeType === "ContractDefinition" && name === contractName,
  );
  const used = new Set(contract?.usedErrors);
  return new Map(
    definitions
      .filter(({ id, nodeType }) => nodeType === "ErrorDefinition" && used.has(id))
      .map(({ name = "", documentation }) => [name, noticeOf(documentation?.text ?? "")]),
  );
}

const builds = new Map<string, BuildOutput["output"]>();

function build(id: string): BuildOutput["output"] {
  const known = builds.get(id) ?? json<BuildOutput>(join(folder, "build-info", `${id}.output.json`)).output;
  builds.set(id, known);
  return known;
}

/** The definitions in a file and in its contracts. */
const within = (ast: Definition | undefined): Definition[] =>
  (ast?.nodes ?? []).flatMap((node) => [node, ...(node.nodes ?? [])]);

/** The first paragraph as one line. */
function noticeOf(natspec: string): string {
  const text = natspec.replaceAll(/\s+/g, " ").trim();
  const tagged = /@notice (.*?)(?= @|$)/.exec(text) ?? /@dev (.*?)(?= @|$)/.exec(text);
  return tagged?.[1] ?? (text.startsWith("@") ? "" : text);
}

/** Compiles the contracts if `artifacts/` is out of date. @throws Error with the compiler's output */
export function compileIfStale(): void {
  if (!isStale()) return;
  const hardhat = join(root, "node_modules/hardhat/dist/src/cli.js");
  const args = [hardhat, "build", "--no-tests", "--quiet"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`the contracts do not compile, and ABIs come from them:\n${stdout}${stderr}`);
}

/** Whether a source was changed, added or removed since the last compilation. */
function isStale(): boolean {
  if (!existsSync(join(folder, "contracts"))) return true;
  const infos = readdirSync(join(folder, "build-info")).filter((name) => !name.endsWith(".output.json"));
  const compiled = new Map<string, string>();
  for (const info of infos)
    for (const [name, { content }] of Object.entries(json<BuildInput>(join(folder, "build-info", info)).input.sources))
      if (name.startsWith("project/")) compiled.set(name.slice("project/".length), content);
  const sources = readdirSync(join(root, "contracts"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".sol") && !path.endsWith(".t.sol"))
    .map((path) => `contracts/${path}`);
  return (
    sources.some((path) => compiled.get(path) !== readFileSync(join(root, path), "utf8")) ||
    [...compiled.keys()].some((path) => !existsSync(join(root, path)))
  );
}
