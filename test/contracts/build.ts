/** Compiles contracts for a test, in process, by the project's settings; what was compiled before comes from the cache. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { hexToBytes } from "@ethereumjs/util";
import type { Abi } from "viem";

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL("../..", import.meta.url));
const cache = `${root}cache/test-contracts`;

const SETTINGS = {
  viaIR: true,
  evmVersion: "osaka",
  optimizer: { enabled: true, runs: 1_000_000 },
  metadata: { bytecodeHash: "none", appendCBOR: false },
  outputSelection: selected(["*"]),
};

function selected(paths: readonly string[]): Record<string, object> {
  const outputs = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"];
  return Object.fromEntries(paths.map((path) => [path, { "*": outputs }]));
}

export interface Contract {
  readonly abi: Abi;
  /** Deploys the contract; constructor arguments are appended. */
  readonly creation: Uint8Array;
  /** Bytes that are deployed: EIP-170 allows 24,576. */
  readonly size: number;
}

interface Output {
  readonly errors?: readonly { severity: string; formattedMessage: string }[];
  readonly contracts: Record<
    string,
    Record<string, { abi: Abi; evm: { bytecode: { object: string }; deployedBytecode: { object: string } } }>
  >;
}

const sourceOf = (path: string): string => {
  const file = [`${root}${path}`, `${root}node_modules/${path}`].find((candidate) => existsSync(candidate));
  if (file === undefined) throw new Error(`no such source: ${path}`);
  return readFileSync(file, "utf8");
};

/** The sources, and all that they import, by path: the compiler's `sources`. */
export function gather(paths: readonly string[]): Record<string, { content: string }> {
  const sources: Record<string, { content: string }> = {};
  const add = (path: string): void => {
    if (sources[path]) return;
    const content = sourceOf(path);
    sources[path] = { content };
    for (const [, imported] of content.matchAll(/^(?:import|\}) .*?"([^"]+)";/gm)) {
      add(imported!.startsWith(".") ? new URL(imported!, `file:///${path}`).pathname.slice(1) : imported!);
    }
  };
  for (const path of paths) add(path);
  return sources;
}

/** A change to one source, by which a rule is taken out. */
export interface Mutation {
  /** From the project's root. */
  readonly file: string;
  /** Must be in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

function mutate(sources: Record<string, { content: string }>, { file, from, to }: Mutation): void {
  const parts = sources[file]?.content.split(from) ?? [];
  if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like this, not one: ${from}`);
  sources[file] = { content: parts.join(to) };
}

/**
 * @param paths source files, from the project's root
 * @param draft without the optimizer, and these files alone: quick, and large
 * @returns contracts by name, of these files and of those that they import
 * @throws Error with the compiler's messages, if there is an error or, without a mutation, a warning
 */
export function build(
  paths: readonly string[],
  mutations: readonly Mutation[] = [],
  { draft = false } = {},
): Map<string, Contract> {
  const sources = gather(paths);
  for (const mutation of mutations) mutate(sources, mutation);
  const settings = draft ? { ...SETTINGS, viaIR: false, optimizer: {}, outputSelection: selected(paths) } : SETTINGS;
  const input = JSON.stringify({ language: "Solidity", sources, settings });
  const file = `${cache}/${createHash("sha256").update(input).digest("hex")}.json`;
  if (!existsSync(file)) {
    const solc = require("solc") as { compile(input: string): string };
    const text = solc.compile(input);
    // A mutation may leave a variable unused.
    const errors =
      (JSON.parse(text) as Output).errors?.filter(({ severity }) => mutations.length === 0 || severity === "error") ??
      [];
    if (errors.length > 0) throw new Error(errors.map((e) => e.formattedMessage).join("\n"));
    mkdirSync(cache, { recursive: true });
    writeFileSync(file, text);
  }
  const output = JSON.parse(readFileSync(file, "utf8")) as Output;
  const contracts = new Map<string, Contract>();
  for (const [name, { abi, evm }] of Object.values(output.contracts).flatMap((file) => Object.entries(file))) {
    const creation = hexToBytes(`0x${evm.bytecode.object}`);
    contracts.set(name, { abi, creation, size: evm.deployedBytecode.object.length / 2 });
  }
  return contracts;
}
