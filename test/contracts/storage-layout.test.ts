/**
 * Where each deployed contract keeps its variables: explorers, indexers and proofs of storage read them by slot.
 * UPDATE_SNAPSHOTS=1 accepts a change.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { gather } from "./build.ts";

const snapshot = new URL("../snapshots/storage-layout.json", import.meta.url);
const solc = createRequire(import.meta.url)("solc") as { compile(input: string): string };

/** What is deployed, and has storage or must have none. */
const DEPLOYED = [
  "contracts/game/DisputeGame.sol",
  "contracts/oracle/InferenceOracle.sol",
  "contracts/registry/ModelRegistry.sol",
  "contracts/rollup/Inbox.sol",
  "contracts/rollup/Outputs.sol",
  "contracts/l2/ModelDirectory.sol",
  "contracts/tensor/TensorVerifier.sol",
  "contracts/evm/EvmVerifier.sol",
];

interface Variable {
  readonly label: string;
  readonly slot: string;
  readonly offset: number;
  readonly type: string;
}

interface Layout {
  readonly storage: readonly Variable[];
  readonly types: Readonly<Record<string, { readonly label: string; readonly members?: readonly Variable[] }>> | null;
}

interface Output {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts: Readonly<Record<string, Readonly<Record<string, { readonly storageLayout: Layout }>>>>;
}

/** "slot.offset type name" of each variable, and of each member of the structs that they hold. */
function describe({ storage, types }: Layout): Record<string, readonly string[]> {
  const line = ({ slot, offset, type, label }: Variable): string =>
    `${slot}.${offset} ${types?.[type]?.label} ${label}`;
  const structs = Object.values(types ?? {}).filter(({ members }) => members !== undefined);
  return {
    storage: storage.map(line),
    ...Object.fromEntries(structs.map(({ label, members }) => [label, (members ?? []).map(line)])),
  };
}

function layouts(paths: readonly string[]): Record<string, object> {
  const settings = { outputSelection: { "*": { "*": ["storageLayout"] } } };
  const input = { language: "Solidity", sources: gather(paths), settings };
  const { errors = [], contracts } = JSON.parse(solc.compile(JSON.stringify(input))) as Output;
  const fatal = errors.filter(({ severity }) => severity === "error");
  assert.deepEqual(
    fatal.map(({ formattedMessage }) => formattedMessage),
    [],
  );
  return Object.fromEntries(
    paths.map((path) => {
      const name = path.slice(path.lastIndexOf("/") + 1, -".sol".length);
      return [name, describe(contracts[path]![name]!.storageLayout)];
    }),
  );
}

test("every variable is kept where it was", () => {
  const text = `${JSON.stringify(layouts(DEPLOYED), null, 2)}\n`;
  if (process.env.UPDATE_SNAPSHOTS === "1") writeFileSync(snapshot, text);
  assert.equal(text, readFileSync(snapshot, "utf8"));
});
