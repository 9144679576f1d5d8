import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Hex } from "@elench/bytes/hex";
import { LEAST_PART } from "@elench/spec/game/game";
import type { Abi } from "viem";

const require = createRequire(import.meta.url);
const root = new URL("../../", import.meta.url);

const TEST_CONTRACTS = ["contracts/test/ToyMachine.sol", "contracts/test/Crowd.sol"];

/** A change to one source, by which a rule of the game is taken out. */
export type Mutation = { file: string; from: string; to: string };

export type Artifact = { abi: Abi; bytecode: Hex; deployedSize: number };

/**
 * Compiles the game, its test machine and the crowd in process.
 * @param mutations each must match its file exactly once
 * @param optimize as deployed (slower to compile, needed for gas figures); mutants do without
 * @param leastPart claims of a part, at least: small games are settled in parts too, if not as deployed
 */
export function compileGame({
  mutations = [] as Mutation[],
  optimize = false,
  leastPart = undefined as number | undefined,
} = {}): Record<string, Artifact> {
  const solc = require("solc") as { compile(input: string, callbacks: object): string };
  const names = readdirSync(new URL("contracts/game/", root)).filter(
    (n) => n.endsWith(".sol") && !n.endsWith(".t.sol"),
  );
  const paths = [...names.map((n) => `contracts/game/${n}`), ...TEST_CONTRACTS];
  const sources = Object.fromEntries(paths.map((p) => [p, { content: readFileSync(new URL(p, root), "utf8") }]));
  const constant = "constant LEAST_PART = ";
  const parts = {
    file: "Settlement.sol",
    from: `${constant}${LEAST_PART};`,
    to: `${constant}${leastPart ?? (optimize ? LEAST_PART : 1)};`,
  };
  for (const { file, from, to } of [parts, ...mutations]) {
    const source = sources[`contracts/game/${file}`];
    if (source === undefined) throw new Error(`no contract ${file} to mutate`);
    const parts = source.content.split(from);
    if (parts.length !== 2) throw new Error(`${file} has ${parts.length - 1} places like this, not one: ${from}`);
    source.content = parts.join(to);
  }

  const input = {
    language: "Solidity",
    sources,
    settings: {
      evmVersion: "osaka",
      viaIR: optimize,
      optimizer: { enabled: optimize, runs: 1_000_000 },
      metadata: { bytecodeHash: "none", appendCBOR: false },
      outputSelection: Object.fromEntries(
        ["contracts/game/DisputeGame.sol", ...TEST_CONTRACTS].map((path) => [
          path,
          { "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"] },
        ]),
      ),
    },
  };
  const readImport = (path: string) => ({ contents: readFileSync(require.resolve(path), "utf8") });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: readImport }));
  const errors = (output.errors ?? []).filter((e: { severity: string }) => e.severity === "error");
  if (errors.length > 0)
    throw new Error(errors.map((e: { formattedMessage: string }) => e.formattedMessage).join("\n"));
  const contract = (path: string, name: string): Artifact => {
    const { abi, evm } = output.contracts[path][name];
    return { abi, bytecode: `0x${evm.bytecode.object}`, deployedSize: evm.deployedBytecode.object.length / 2 };
  };
  return {
    DisputeGame: contract("contracts/game/DisputeGame.sol", "DisputeGame"),
    ToyMachine: contract("contracts/test/ToyMachine.sol", "ToyMachine"),
    Crowd: contract("contracts/test/Crowd.sol", "Crowd"),
  };
}
