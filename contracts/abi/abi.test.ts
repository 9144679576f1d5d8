import assert from "node:assert/strict";
import { test } from "node:test";
import { type AbiItem, toFunctionSelector } from "viem";
import { formatAbiItem } from "viem/utils";
import * as dispute from "./dispute-game.ts";
import * as evm from "./evm-verifier.ts";
import * as inbox from "./inbox.ts";
import * as oracle from "./inference-oracle.ts";
import * as registry from "./model-registry.ts";
import * as outputs from "./outputs.ts";
import * as tensor from "./tensor-verifier.ts";

const CONTRACTS: Readonly<Record<string, readonly [abi: readonly AbiItem[], said: Readonly<Record<string, string>>]>> =
  {
    DisputeGame: [dispute.disputeGameAbi, dispute.disputeGameErrors],
    InferenceOracle: [oracle.inferenceOracleAbi, oracle.inferenceOracleErrors],
    ModelRegistry: [registry.modelRegistryAbi, registry.modelRegistryErrors],
    Inbox: [inbox.inboxAbi, inbox.inboxErrors],
    Outputs: [outputs.outputsAbi, outputs.outputsErrors],
    TensorVerifier: [tensor.tensorVerifierAbi, tensor.tensorVerifierErrors],
    EvmVerifier: [evm.evmVerifierAbi, evm.evmVerifierErrors],
  };

for (const [name, [abi, said]] of Object.entries(CONTRACTS)) {
  const errors = abi.filter((item) => item.type === "error");

  test(`each error of ${name} is said in a sentence`, () => {
    assert.deepEqual(errors.map((error) => error.name).sort(), Object.keys(said).sort());
    for (const [error, sentence] of Object.entries(said))
      assert.match(sentence, /^[A-Z].*\.$/, `${error} needs a @notice in Solidity`);
  });

  test(`no two errors of ${name} begin alike`, () => {
    const selectors = errors.map((error) => toFunctionSelector(formatAbiItem(error)));
    assert.equal(new Set(selectors).size, selectors.length);
  });
}

test("errors that come through a contract from its parts are its own", () => {
  assert.ok("WrongNode" in evm.evmVerifierErrors, "of TriePath.sol, by LoadSteps");
  assert.ok("UnknownOperation" in tensor.tensorVerifierErrors, "of Float64Ops");
});
