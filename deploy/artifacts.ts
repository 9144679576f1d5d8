import { readFileSync } from "node:fs";
import { EXIT, UserError } from "@elench/errors/user-error";
import type { Abi, Hex } from "viem";
import type { Hre } from "./network.ts";

/** A compiled contract in Hardhat's artifacts. */
export interface Artifact {
  readonly abi: Abi;
  /** Creation code. */
  readonly bytecode: Hex;
  /** Runtime code, with zeros in the places of immutable variables. */
  readonly deployedBytecode: Hex;
  /** Positions of each immutable variable in the runtime code, by the id of its declaration in the AST. */
  readonly immutableReferences?: Readonly<Record<string, readonly CodeRange[]>>;
  readonly contractName: string;
  /** The source's name in the compiler's input. */
  readonly inputSourceName: string;
  /** Id of the compiler run that made it. */
  readonly buildInfoId: string;
}

export interface CodeRange {
  readonly start: number;
  readonly length: number;
}

/** @throws UserError if the contracts are not compiled */
export async function readArtifact(hre: Hre, name: string): Promise<Artifact> {
  if (!(await hre.artifacts.artifactExists(name)))
    throw new UserError(
      `the compiled contract ${name} is missing from ${hre.config.paths.artifacts}: run npx hardhat build --no-tests`,
      EXIT.environment,
    );
  return (await hre.artifacts.readArtifact(name)) as unknown as Artifact;
}

/** The parts of the AST that are read here. */
interface SourceUnit {
  readonly nodes: readonly {
    readonly nodeType: string;
    /** Of an import. */
    readonly absolutePath?: string;
    /** Of a contract. */
    readonly nodes?: readonly { readonly id: number; readonly name?: string; readonly mutability?: string }[];
  }[];
}

/** A compiler run: its input and the resulting ASTs. */
export interface BuildInfo {
  readonly solcLongVersion: string;
  readonly input: StandardJson;
  /** ASTs by the source's name in the input. */
  readonly trees: Readonly<Record<string, SourceUnit>>;
}

/** Input of solc --standard-json. */
export interface StandardJson {
  readonly language: string;
  readonly sources: Readonly<Record<string, { readonly content: string }>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** @throws UserError if the compiler's input or output is missing */
export async function readBuildInfo(hre: Hre, id: string): Promise<BuildInfo> {
  const [input, output] = await Promise.all([
    hre.artifacts.getBuildInfoPath(id),
    hre.artifacts.getBuildInfoOutputPath(id),
  ]);
  if (input === undefined || output === undefined)
    throw new UserError(
      `the compiler run ${id} is missing from ${hre.config.paths.artifacts}: run npx hardhat build --no-tests --force`,
      EXIT.environment,
    );
  const { solcLongVersion, input: standardJson } = JSON.parse(readFileSync(input, "utf8")) as {
    solcLongVersion: string;
    input: StandardJson;
  };
  const { sources } = (
    JSON.parse(readFileSync(output, "utf8")) as { output: { sources: Record<string, { ast: SourceUnit }> } }
  ).output;
  const trees = Object.fromEntries(Object.entries(sources).map(([name, { ast }]) => [name, ast]));
  return { solcLongVersion, input: standardJson, trees };
}

/** Names of the immutable variables of a compiler run, by the ids of their declarations. */
export function immutableNames({ trees }: BuildInfo): ReadonlyMap<string, string> {
  const declarations = Object.values(trees).flatMap(({ nodes }) => nodes.flatMap((node) => node.nodes ?? []));
  return new Map(
    declarations
      .filter(({ mutability }) => mutability === "immutable")
      .map(({ id, name = "" }) => [String(id), name] as const),
  );
}
