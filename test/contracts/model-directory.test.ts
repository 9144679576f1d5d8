/** The directory's word, as evm/inference/directory.ts packs and reads it, is what the Solidity of the chain makes of it. */
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { type DirectoryEntry, decodeEntry, directorySlot, encodeEntry } from "@elench/evm/inference/directory";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, type EVM } from "@ethereumjs/evm";
import { Account, bytesToHex, createAddressFromString, hexToBytes } from "@ethereumjs/util";
import { decodeFunctionResult, encodeFunctionData } from "viem";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { build } from "./build.ts";

const DIRECTORY = createAddressFromString("0x000000000000000000000000000000000000a101");
const contract = build(["contracts/l2/ModelDirectory.sol"]).get("ModelDirectory") ?? assert.fail("no ModelDirectory");
const random = seededRandom(71);
const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => random(256));

let evm: EVM;
before(async () => {
  evm = await createEVM({ common: new Common({ chain: Mainnet, hardfork: Hardfork.Cancun }) });
  const { execResult } = await evm.runCall({ data: contract.creation, gasLimit: 10_000_000n, skipBalance: true });
  await evm.stateManager.putAccount(DIRECTORY, new Account(1n));
  await evm.stateManager.putCode(DIRECTORY, execResult.returnValue);
});

/** What the contract says of a model whose slot holds the word. */
async function bySolidity(model: Uint8Array, word: bigint): Promise<{ exists: boolean; fields: DirectoryEntry }> {
  await evm.stateManager.putStorage(
    DIRECTORY,
    directorySlot(model),
    hexToBytes(`0x${word.toString(16).padStart(64, "0")}`),
  );
  const call = async (functionName: string): Promise<unknown> => {
    const data = hexToBytes(encodeFunctionData({ abi: contract.abi, functionName, args: [bytesToHex(model)] }));
    const { execResult } = await evm.runCall({ to: DIRECTORY, data });
    assert.equal(execResult.exceptionError, undefined);
    return decodeFunctionResult({ abi: contract.abi, functionName, data: bytesToHex(execResult.returnValue) });
  };
  assert.equal(await call("entryOf"), word);
  const [level, tableDepth, inputBytes, outputBytes, price] = (await call("modelOf")) as [
    number,
    number,
    number | bigint,
    number | bigint,
    bigint,
  ];
  const fields = { level, tableDepth, inputBytes: Number(inputBytes), outputBytes: Number(outputBytes), price };
  return { exists: (await call("exists")) as boolean, fields };
}

/** Any value of so many bits; often one at an edge. */
function field(bits: number): bigint {
  const all = (1n << BigInt(bits)) - 1n;
  return [0n, 1n, all, all - 1n, 1n << BigInt(bits - 1), BigInt(bytesToHex(bytes(32))) & all][random(6)] as bigint;
}

test("every field that is packed is read by Solidity, at the model's slot", async () => {
  for (let i = 0; i < 150; i++) {
    const entry = {
      level: Number(field(8)),
      tableDepth: Number(field(8)),
      inputBytes: Number(field(48)),
      outputBytes: Number(field(48)),
      price: field(144),
    };
    assert.deepEqual((await bySolidity(bytes(32), encodeEntry(entry))).fields, entry);
  }
});

test("any word is read as Solidity reads it, and is a model at most where Solidity says that it exists", async () => {
  const seen = { models: 0, unpaid: 0, none: 0 };
  for (let i = 0; i < 300; i++) {
    const [level, tableDepth] = [BigInt(random(18)), BigInt(random(35))];
    const [inputBytes, outputBytes] = [BigInt(random(10_000)), BigInt(random(10_000))];
    const price = random(2) === 0 ? BigInt(random(8)) : field(144);
    const small = (level << 248n) | (tableDepth << 240n) | (inputBytes << 192n) | (outputBytes << 144n) | price;
    const word = random(4) === 0 ? BigInt(bytesToHex(bytes(32))) : small;
    const { exists, fields } = await bySolidity(bytes(32), word);
    const decoded = decodeEntry(hexToBytes(`0x${word.toString(16).padStart(64, "0")}`));
    const paid = 4096n * fields.price >= BigInt(fields.inputBytes) + 2n * BigInt(fields.outputBytes);
    assert.deepEqual(decoded, exists && paid ? fields : null, word.toString(16));
    seen[decoded ? "models" : exists ? "unpaid" : "none"]++;
  }
  for (const [kind, count] of Object.entries(seen)) assert.ok(count > 20, `${count} ${kind}`);
});
