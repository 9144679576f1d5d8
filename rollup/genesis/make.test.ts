import assert from "node:assert/strict";
import { test } from "node:test";
import { createWorld, formatGenesis, genesisOutput, parseGenesis } from "@elench/evm/chain/genesis";
import { DIRECTORY_ADDRESS, decodeEntry, directorySlot } from "@elench/evm/inference/directory";
import { openBackend } from "@elench/tensor/engine/backend";
import { loadModel } from "@elench/tensor/load";
import { commit } from "@elench/tensor/program/commitment";
import { createAddressFromString, hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import { directoryCode } from "../../cli/input/directory-code.ts";
import { tinyModel } from "../../test/e2e/tiny-model.ts";
import { DEV_ACCOUNTS, devAccounts } from "./dev-accounts.ts";
import { makeGenesis } from "./make.ts";
import { modelEntry } from "./model-entry.ts";

const backend = openBackend();
const tiny = loadModel(tinyModel(2, 4, 3).onnx, backend);
const plan = { chainId: 5n, accounts: devAccounts(), models: [tiny], directoryCode: directoryCode() };

test("a model's entry says what its program says", () => {
  const { price, ...entry } = modelEntry(tiny);
  assert.deepEqual(entry, {
    level: tiny.level,
    tableDepth: commit(tiny.model.program, []).tableDepth,
    inputBytes: 2 * 4 * 4,
    outputBytes: 2 * 3 * 4,
  });
  assert.ok(price > 0n);
});

test("a model of two outputs is refused: no contract could call it", () => {
  const two = { ...tiny, model: { ...tiny.model, program: { ...tiny.model.program, outputs: 2 } } };
  assert.throws(() => modelEntry(two), /1 inputs \(x\) and 2 outputs/);
});

test("the world has the accounts, the directory with its code, and the model's entry where the precompile looks", async () => {
  const { state } = await createWorld(makeGenesis(plan));
  const directory = createAddressFromString(DIRECTORY_ADDRESS);
  assert.deepEqual(await state.manager.getCode(directory), directoryCode());
  const stored = await state.manager.getStorage(directory, directorySlot(hexToBytes(tiny.id as PrefixedHexString)));
  assert.deepEqual(decodeEntry(stored), modelEntry(tiny));
  const rich = [...devAccounts().keys()];
  assert.equal(rich.length, DEV_ACCOUNTS);
  for (const address of rich)
    assert.ok(((await state.manager.getAccount(createAddressFromString(address)))?.balance ?? 0n) > 0n);
});

test("a genesis is the same after it was written to a file", async () => {
  const genesis = makeGenesis(plan);
  assert.deepEqual(await genesisOutput(parseGenesis(formatGenesis(genesis))), await genesisOutput(genesis));
});
