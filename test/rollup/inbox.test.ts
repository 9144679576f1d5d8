/** The rules of the inbox, each tried on the contract, and on the contract without the check that stands for it. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM } from "@ethereumjs/evm";
import { bytesToHex, hexToBytes } from "@ethereumjs/util";
import { decodeErrorResult, encodeDeployData, toFunctionSelector, zeroAddress } from "viem";
import { type Chain, startChain } from "../game/chain.ts";
import { compile } from "./contracts.ts";
import { tryRule } from "./rule.ts";
import { fallBehind, inboxRules, RING } from "./rules/inbox.ts";
import { CONFIG, openStage } from "./stage.ts";

let chain: Chain;
before(async () => {
  chain = await startChain();
});
after(() => chain.close());

const fewPlaces = { file: "contracts/rollup/Inbox.sol", from: "RING = 8_192;", to: `RING = ${RING};` };

describe("the inbox", () => {
  for (const rule of inboxRules) tryRule(rule, () => chain, [fewPlaces]);

  // With 20,000 batches it passes too, in two minutes.
  it("serves spans from the final boundary to the head after thousands of batches without a proposal, and many rounds of the ring", async () => {
    await fallBehind(await openStage(chain, { contracts: compile([fewPlaces]) }), 4_200);
  });

  it("refuses what the machine can not take: 2^27 bytes and more", async () => {
    const evm = await createEVM({ common: new Common({ chain: Mainnet, hardfork: Hardfork.Osaka }) });
    const { abi, bytecode } = compile().Inbox;
    // A transaction's most (EIP-7825): calldata, which would not fit, is free here.
    const run = { gasLimit: 1n << 24n, skipBalance: true };
    const creation = hexToBytes(encodeDeployData({ abi, bytecode, args: [zeroAddress, CONFIG] }));
    const { createdAddress } = await evm.runCall({ ...run, data: creation });
    assert.ok(createdAddress);
    const size = 1 << 27;
    const data = new Uint8Array(4 + 64 + size);
    data.set(hexToBytes(toFunctionSelector("append(bytes)")), 0);
    data.set([32], 4 + 31);
    data.set(new Uint8Array(new Uint32Array([size]).buffer).reverse(), 4 + 60);
    const { execResult } = await evm.runCall({ ...run, to: createdAddress, data });
    assert.ok(execResult.exceptionError);
    const { errorName, args } = decodeErrorResult({ abi, data: bytesToHex(execResult.returnValue) });
    assert.deepEqual([errorName, args], ["TooLarge", [BigInt(size), BigInt(size)]]);
  });
});
