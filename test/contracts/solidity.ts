/** Compiles contracts for a test: the project's compiler settings, without building the whole project. */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const root = new URL("../..", import.meta.url).pathname;

interface SolcOutput {
  errors?: { severity: string; formattedMessage: string }[];
  contracts?: Record<string, Record<string, { evm: { deployedBytecode: { object: string } } }>>;
}

const readSource = (path: string): { contents: string } | { error: string } => {
  const found = [`${root}${path}`, `${root}node_modules/${path}`].find((file) => existsSync(file));
  return found === undefined ? { error: `no such file: ${path}` } : { contents: readFileSync(found, "utf8") };
};

/**
 * @param paths source files, from the project's root
 * @returns runtime bytecode, hex with 0x, by the contract's name
 * @throws Error with the compiler's messages if there is an error or a warning
 */
export function compile(paths: readonly string[]): Map<string, `0x${string}`> {
  const input = {
    language: "Solidity",
    sources: Object.fromEntries(paths.map((path) => [path, { content: readFileSync(`${root}${path}`, "utf8") }])),
    settings: {
      viaIR: true,
      evmVersion: "osaka",
      optimizer: { enabled: true, runs: 1_000_000 },
      metadata: { bytecodeHash: "none", appendCBOR: false },
      outputSelection: { "*": { "*": ["evm.deployedBytecode.object"] } },
    },
  };
  const solc = require("solc") as { compile(input: string, callbacks: object): string };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readSource })) as SolcOutput;
  if (output.errors !== undefined) throw new Error(output.errors.map((e) => e.formattedMessage).join("\n"));
  const bytecodes = new Map<string, `0x${string}`>();
  for (const contracts of Object.values(output.contracts ?? {})) {
    for (const [name, { evm }] of Object.entries(contracts)) bytecodes.set(name, `0x${evm.deployedBytecode.object}`);
  }
  return bytecodes;
}
