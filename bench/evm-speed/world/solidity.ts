import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { toBytes } from "@elench/bytes/hex";
import { type Abi, encodeFunctionData } from "viem";

/** A compiled contract. */
export interface Contract {
  /** Of the account; a genesis gives it, so that no constructor runs. */
  readonly code: Uint8Array;
  /** Calldata of a call. */
  call(functionName: string, ...args: readonly unknown[]): Uint8Array;
}

/** The contracts of a file, by name, for the rules of Cancun. @throws Error with the compiler's complaints. */
export function compile<Name extends string>(file: URL): Readonly<Record<Name, Contract>> {
  const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };
  const settings = {
    evmVersion: "cancun",
    optimizer: { enabled: true, runs: 200 },
    outputSelection: { "*": { "*": ["abi", "evm.deployedBytecode.object"] } },
  };
  const sources = { [file.href]: { content: readFileSync(file, "utf8") } };
  const { contracts, errors } = JSON.parse(solc.compile(JSON.stringify({ language: "Solidity", sources, settings })));
  if (!contracts)
    throw new Error(errors.map((error: { formattedMessage: string }) => error.formattedMessage).join("\n"));
  return Object.fromEntries(
    Object.entries(contracts[file.href] as Record<Name, Output>).map(([name, output]) => [
      name,
      contractOf(output as Output),
    ]),
  ) as Record<Name, Contract>;
}

interface Output {
  readonly abi: Abi;
  readonly evm: { readonly deployedBytecode: { readonly object: string } };
}

const contractOf = ({ abi, evm }: Output): Contract => ({
  code: toBytes(`0x${evm.deployedBytecode.object}`),
  call: (functionName, ...args) => toBytes(encodeFunctionData({ abi, functionName, args })),
});
