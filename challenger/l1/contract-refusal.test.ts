import assert from "node:assert/strict";
import { test } from "node:test";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { evmVerifierAbi } from "@elench/contracts/abi/evm-verifier";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { encodeErrorResult, parseAbi, RpcRequestError } from "viem";
import { contractRefusal } from "./contract-refusal.ts";
import { errorText } from "./failure.ts";

const ID = `0x${"11".repeat(32)}` as const;
const NOBODY = `0x${"00".repeat(19)}01` as const;
const reverted = (data: unknown) =>
  new RpcRequestError({
    body: {},
    url: "http://host/",
    error: { code: 3, message: "execution reverted", data } as never,
  });

test("a refusal has the contract's error, its arguments by name, and a sentence with their values", () => {
  const data = encodeErrorResult({ abi: disputeGameAbi, errorName: "TooEarly", args: [5n] });
  const refusal = contractRefusal(reverted(data));
  assert.deepEqual(refusal?.contracts, ["DisputeGame"]);
  assert.equal(refusal?.errorName, "TooEarly");
  assert.deepEqual(refusal?.args, { deadline: 5n });
  assert.equal(refusal?.message, "A claim of the game can still be answered until 5 (TooEarly: deadline 5)");
});

test("an error that several contracts declare names them all", () => {
  const data = encodeErrorResult({ abi: outputsAbi, errorName: "NotGuardian", args: [NOBODY] });
  assert.deepEqual(contractRefusal(reverted(data))?.contracts, ["DisputeGame", "InferenceOracle", "Outputs"]);
});

test("errors come through the game from the verifiers, and from their parts", () => {
  const data = encodeErrorResult({ abi: evmVerifierAbi, errorName: "WrongOpening", args: [ID, ID] });
  assert.deepEqual(contractRefusal(reverted({ data }))?.contracts, ["EvmVerifier"]);
  assert.match(errorText(new Error("wrapped", { cause: reverted(data) })), /^The tape does not open .*WrongOpening/);
});

test("every error that has a selector of ours is decoded, and nothing else is", () => {
  for (const item of disputeGameAbi) {
    if (item.type !== "error") continue;
    const args = item.inputs.map(({ type }) =>
      type === "string" ? "x" : type === "bytes32" ? ID : type === "address" ? NOBODY : 1n,
    );
    const data = encodeErrorResult({ abi: [item], errorName: item.name, args } as never);
    assert.equal(contractRefusal(reverted(data))?.errorName, item.name);
  }
  const foreign = parseAbi(["error Foreign(uint256 x)", "error Error(string)"]);
  for (const data of [
    "0x",
    "0x01020304",
    encodeErrorResult({ abi: foreign, errorName: "Foreign", args: [1n] }),
    encodeErrorResult({ abi: foreign, errorName: "Error", args: ["TooEarly"] }),
  ])
    assert.equal(contractRefusal(reverted(data)), undefined);
  assert.equal(contractRefusal(new Error("TooEarly(0x11, 5)")), undefined);
});
