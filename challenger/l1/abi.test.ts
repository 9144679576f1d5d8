import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { hardhatArtifacts } from "@elench/prover/verifier";
import { type AbiEvent, type AbiFunction, type AbiItem, toEventSelector, toFunctionSelector } from "viem";
import { formatAbiItem } from "viem/utils";
import { disputeGameAbi, inboxAbi, inferenceOracleAbi, outputsAbi } from "./abi.ts";
import { modelRegistryAbi } from "./registration.ts";

/** What we say the contracts' interfaces are, against what the compiler says. */

const artifact = hardhatArtifacts(fileURLToPath(new URL("../../artifacts/contracts", import.meta.url)));

const OURS = {
  DisputeGame: disputeGameAbi,
  InferenceOracle: inferenceOracleAbi,
  ModelRegistry: modelRegistryAbi,
  Inbox: inboxAbi,
  Outputs: outputsAbi,
} as const;

/** All that decides how an item is encoded, decoded and called; names of arguments are ours to choose, but for events, whose names we read by. */
function essenceOf(item: AbiItem): string {
  switch (item.type) {
    case "function":
      return JSON.stringify([toFunctionSelector(item as AbiFunction), item.stateMutability, typesOf(item.outputs)]);
    case "event":
      return JSON.stringify([
        toEventSelector(item as AbiEvent),
        item.inputs.map(({ name, indexed }) => [name, indexed ?? false]),
        typesOf(item.inputs),
      ]);
    default:
      return formatAbiItem(item as never);
  }
}

interface Parameter {
  readonly name?: string;
  readonly type: string;
  readonly components?: readonly Parameter[];
}

/** Types with the names of structs' fields, by which we read and write them. */
const typesOf = (parameters: readonly Parameter[]): unknown =>
  parameters.map(({ type, components }) => [type, components ? fieldsOf(components) : null]);
const fieldsOf = (components: readonly Parameter[]): unknown =>
  components.map(({ name, type, components: inner }) => [name, type, inner ? fieldsOf(inner) : null]);

for (const [contract, abi] of Object.entries(OURS)) {
  const compiled = artifact(contract).abi;
  for (const item of abi as readonly AbiItem[]) {
    const name = "name" in item ? item.name : item.type;
    test(`${contract} has the ${item.type} ${name} as it is written here`, () => {
      const theirs = compiled.filter((other) => other.type === item.type && "name" in other && other.name === name);
      assert.ok(theirs.length > 0, `${contract} has no ${item.type} ${name}`);
      assert.ok(theirs.map(essenceOf).includes(essenceOf(item)), `${theirs.map(essenceOf)} is not ${essenceOf(item)}`);
      if (item.type === "function" && theirs[0]?.type === "function")
        assert.deepEqual(fieldsOfStructs(item.inputs), fieldsOfStructs(theirs[0].inputs));
    });
  }

  test(`each event of ${contract} is known here, so that none is passed over`, () => {
    const known = new Set((abi as readonly AbiItem[]).map((item) => ("name" in item ? item.name : "")));
    if (contract === "ModelRegistry") return;
    const events = compiled.flatMap((item) => (item.type === "event" ? [item.name] : []));
    assert.deepEqual(
      events.filter((name) => !known.has(name)),
      [],
    );
  });
}

const fieldsOfStructs = (parameters: readonly Parameter[]): unknown =>
  parameters.flatMap(({ components }) => (components ? [fieldsOf(components)] : []));
