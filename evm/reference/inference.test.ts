import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type Backend, openBackend } from "@elench/tensor/engine/backend";
import { Session } from "@elench/tensor/engine/session";
import { importOnnx } from "@elench/tensor/onnx/import";
import type { Model } from "@elench/tensor/program/model";
import { createBlock } from "@ethereumjs/block";
import { createLegacyTx } from "@ethereumjs/tx";
import { bytesToBigInt, concatBytes, createAddressFromString, hexToBytes } from "@ethereumjs/util";
import { runTx } from "@ethereumjs/vm";
import { tinyInput, tinyModel } from "../../test/e2e/tiny-model.ts";
import { DIRECTORY_ADDRESS, directorySlot, encodeEntry } from "../inference/directory.ts";
import { MissingModel, sessionModels } from "../inference/models.ts";
import { accountOf, putAccounts } from "./state.ts";
import { createNativeVm, type NativeVm } from "./vm.ts";

const KEY = new Uint8Array(32).fill(7);
const CALLER = "0x00000000000000000000000000000000000000cc";
const MODEL_ID = new Uint8Array(32).fill(0x11);
const LOST_ID = new Uint8Array(32).fill(0x22);
const PRICE = 50_000n;
const GIVEN = 300_000n;

/**
 * Calls the precompile with the gas that the first word of the calldata says and the rest for input; returns success, the gas spent between
 * two GAS opcodes, and what the call returned.
 */
const CALLER_CODE = hexToBytes(
  `0x${[
    "602036038060205f37", // calldatacopy(0, 32, n), n = calldatasize - 32
    "5a5f5f835f61a1005f35fa", // gas; staticcall(calldataload(0), 0xa100, 0, n, 0, 0)
    "905a9003602052", // mstore(32, gas before - gas after)
    "5f523d5f60403e", // mstore(0, success); returndatacopy(64, 0, returndatasize)
    "3d6040015ff3", // return(0, 64 + returndatasize)
  ].join("")}`,
);
/** Of the opcodes between the two, with a warm account's 100 for STATICCALL. */
const OVERHEAD = 122n;

let backend: Backend;
let model: Model;
const tiny = tinyModel(2, 4, 3);
const input = tinyInput(tiny, 1);

before(() => {
  backend = openBackend();
  model = importOnnx(tiny.onnx);
});

async function chain(): Promise<NativeVm> {
  const models = sessionModels((id) => (id[0] === MODEL_ID[0] ? model : undefined), backend);
  const native = await createNativeVm({ chainId: 777n, blockHash: () => new Uint8Array(32), models });
  const word = encodeEntry({ level: 3, tableDepth: 1, inputBytes: input.length, outputBytes: 24, price: PRICE });
  const storage = new Map([MODEL_ID, LOST_ID].map((id) => [bytesToBigInt(directorySlot(id)), word]));
  const sender = createLegacyTx({}).sign(KEY).getSenderAddress().toString();
  await putAccounts(
    native.state,
    new Map([
      [DIRECTORY_ADDRESS, accountOf({ nonce: 1n, storage })],
      [CALLER, accountOf({ nonce: 1n, code: CALLER_CODE })],
      [sender, accountOf({ balance: 10n ** 20n })],
    ]),
  );
  return native;
}

const number = (value: bigint): Uint8Array => hexToBytes(`0x${value.toString(16).padStart(64, "0")}`);

async function call(precompileInput: Uint8Array, gas = GIVEN) {
  const { vm } = await chain();
  const { common } = vm;
  const data = concatBytes(number(gas), precompileInput);
  const tx = createLegacyTx(
    { to: createAddressFromString(CALLER), data, gasLimit: 2_000_000n, gasPrice: 10n },
    { common },
  ).sign(KEY);
  const header = { gasLimit: 30_000_000n, baseFeePerGas: 10n };
  const block = createBlock({ header }, { common, skipConsensusFormatValidation: true });
  const { execResult } = await runTx(vm, { tx, block });
  assert.equal(execResult.exceptionError, undefined);
  const { returnValue } = execResult;
  return {
    success: bytesToBigInt(returnValue.subarray(0, 32)) === 1n,
    spent: bytesToBigInt(returnValue.subarray(32, 64)) - OVERHEAD,
    output: returnValue.subarray(64),
  };
}

const wellFormed = (id = MODEL_ID, outputBytes = 24n) => concatBytes(id, number(outputBytes), input);

test("a contract receives the engine's output for the directory's price", async () => {
  const { success, spent, output } = await call(wellFormed());
  assert.equal(success, true);
  assert.deepEqual(Uint8Array.from(output), new Session(model, backend).run([input])[0]);
  assert.equal(spent, PRICE);
});

test("exactly the price is enough", async () => {
  assert.equal((await call(wellFormed(), PRICE)).success, true);
});

const failures: readonly [what: string, input: () => Uint8Array, gas?: bigint][] = [
  ["an empty input", () => new Uint8Array()],
  ["an input of 63 bytes", () => wellFormed().slice(0, 63)],
  ["a model that is not in the directory", () => wellFormed(new Uint8Array(32).fill(0x33))],
  ["a byte too few", () => wellFormed().slice(0, -1)],
  ["a byte too many", () => concatBytes(wellFormed(), Uint8Array.of(0))],
  ["another output size", () => wellFormed(MODEL_ID, 25n)],
  ["an output size beyond 64 bits that ends in the right one", () => wellFormed(MODEL_ID, 2n ** 64n + 24n)],
  ["one gas under the price", () => wellFormed(), PRICE - 1n],
];
for (const [what, precompileInput, gas = GIVEN] of failures) {
  test(`${what} fails only the call: it consumes all its gas and returns nothing`, async () => {
    const { success, spent, output } = await call(precompileInput(), gas);
    assert.equal(success, false);
    assert.equal(spent, gas);
    assert.equal(output.length, 0);
  });
}

test("a model of the directory that the node lacks throws MissingModel; the call does not fail", async () => {
  await assert.rejects(call(wellFormed(LOST_ID)), MissingModel);
});

test("a model with more than one output is refused, and the error names it", () => {
  const two = { ...model, program: { ...model.program, outputs: 2 } };
  assert.throws(() => sessionModels(() => two, backend).infer(MODEL_ID, input), /1 inputs and 2 outputs/);
});
