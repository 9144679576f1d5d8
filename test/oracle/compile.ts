/** The oracle with changes to its sources: a defence is taken out, and a test must notice. */
import { createRequire } from "node:module";
import type { Hex } from "@elench/bytes/hex";
import type { Abi } from "viem";
import { gather } from "../contracts/build.ts";
import type { Artifact, Mutation } from "../game/compile.ts";

const require = createRequire(import.meta.url);
const PATH = "contracts/oracle/InferenceOracle.sol";

interface Output {
  readonly errors?: readonly { severity: string; formattedMessage: string }[];
  readonly contracts: Record<
    string,
    Record<string, { abi: Abi; evm: Record<"bytecode" | "deployedBytecode", { object: string }> }>
  >;
}

/**
 * Compiles without optimization, in a second.
 * @param mutations each must match its file exactly once
 */
export function compileOracle(mutations: readonly Mutation[]): Artifact {
  const solc = require("solc") as { compile(input: string): string };
  const sources = gather([PATH]);
  for (const { file, from, to } of mutations) {
    const source = sources[`contracts/${file}`];
    if (source === undefined) throw new Error(`the oracle has no source ${file}`);
    const parts = source.content.split(from);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like this, not one: ${from}`);
    source.content = parts.join(to);
  }
  const settings = {
    evmVersion: "osaka",
    outputSelection: { [PATH]: { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] } },
  };
  const { errors = [], contracts } = JSON.parse(
    solc.compile(JSON.stringify({ language: "Solidity", sources, settings })),
  ) as Output;
  const failed = errors.filter(({ severity }) => severity === "error");
  if (failed.length > 0) throw new Error(failed.map((e) => e.formattedMessage).join("\n"));
  const { abi, evm } = contracts[PATH]!.InferenceOracle!;
  const bytecode: Hex = `0x${evm.bytecode.object}`;
  return { abi, bytecode, deployedSize: evm.deployedBytecode.object.length / 2 };
}
