import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  type AbiItem,
  type AbiParameter,
  type Artifact,
  compileIfStale,
  errorNotices,
  findArtifact,
} from "./artifacts.ts";
import type { Output } from "./output.ts";

/** Contracts whose ABIs others use: `contracts/abi/` has a file for each. */
const CONTRACTS = [
  "DisputeGame",
  "InferenceOracle",
  "ModelRegistry",
  "Inbox",
  "Outputs",
  "TensorVerifier",
  "EvmVerifier",
  "SpanVerifier",
  "ModelDirectory",
  "AILib",
];

/** ABIs as TypeScript, from the compiler's artifacts. Compiles the contracts first if they have changed. */
export function abiOutputs(): readonly Output[] {
  compileIfStale();
  return CONTRACTS.map((name) => ({ path: `contracts/abi/${fileOf(name)}.ts`, content: moduleOf(contract(name)) }));
}

function contract(name: string): Artifact {
  const artifact = findArtifact(name);
  if (!artifact) throw new Error(`there is no contract ${name}: spec/generate/abi.ts lists it`);
  return artifact;
}

/** `AILib` → `ai-lib`, `DisputeGame` → `dispute-game`. */
const fileOf = (name: string): string =>
  name.replaceAll(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, "-").toLowerCase();

/** `AILib` → `aiLib`. */
const constantOf = (name: string): string =>
  fileOf(name).replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** A contract's ABI, with the errors that its part contracts raise, and the errors' NatSpec. */
function moduleOf(artifact: Artifact): string {
  const all = [artifact, ...partsOf(artifact)];
  const errors = all.flatMap(({ abi }) => abi.filter(({ type }) => type === "error"));
  const items = unique([...artifact.abi, ...errors].map(essenceOf));
  const notices = new Map(all.toReversed().flatMap((part) => [...errorNotices(part)]));
  const sorted = [...notices].sort(([a], [b]) => (a < b ? -1 : 1));
  const name = constantOf(artifact.contractName);
  const said = `/** What the errors mean, by their names. */\nexport const ${name}Errors = ${JSON.stringify(Object.fromEntries(sorted))} as const;\n`;
  return formatted(`// Generated from ${artifact.sourceName} by npm run generate: change the contract, not this file.

export const ${name}Abi = [${items.join(",\n")}] as const;
${notices.size > 0 ? `\n${said}` : ""}`);
}

const unique = <T>(items: readonly T[]): T[] => [...new Set(items)];

/** The fields that determine how an item is encoded and called. Names of Solidity types are omitted, because types here are structural. */
function essenceOf({ type, name, inputs, outputs, stateMutability }: AbiItem): string {
  return JSON.stringify({
    type,
    name,
    inputs: inputs?.map(parameter),
    outputs: outputs?.map(parameter),
    stateMutability,
  });
}

const parameter = ({ name, type, indexed, components }: AbiParameter): object => ({
  name,
  type,
  // Omitted if false.
  ...(indexed && { indexed }),
  ...(components && { components: components.map(parameter) }),
});

/**
 * The part contracts of a contract, recursively: parameters of its constructor that have a contract's type, or are
 * addresses named after one. Their errors propagate through it.
 */
function partsOf({ abi }: Artifact): Artifact[] {
  const inputs = abi.find(({ type }) => type === "constructor")?.inputs ?? [];
  const addresses = inputs.flatMap(({ components, ...own }) => components ?? [own]);
  return addresses.flatMap(({ name, internalType = "" }) => {
    const part = findArtifact(/^contract (\w+)$/.exec(internalType)?.[1] ?? titleOf(name));
    return part && part.bytecode !== "0x" ? [part, ...partsOf(part)] : [];
  });
}

/** `float64Ops_` is the address of a `Float64Ops`. */
const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1).replace(/_$/, "");

const biome = fileURLToPath(new URL("../../node_modules/.bin/biome", import.meta.url));

function formatted(typescript: string): string {
  const { status, stdout, stderr, error } = spawnSync(biome, ["format", "--stdin-file-path=abi.ts"], {
    input: typescript,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`biome cannot format an ABI: ${error?.message ?? stderr}`);
  return stdout;
}
