/** The inbox holds batches as they came, under the root that the machine reads them by. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Hex, toHex } from "@elench/bytes/hex";
import { batchInput } from "@elench/evm/batch/claim";
import { ordinary } from "@elench/evm/batch/record";
import { Common, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM } from "@ethereumjs/evm";
import { bytesToHex, hexToBytes } from "@ethereumjs/util";
import { decodeErrorResult, encodeAbiParameters, toFunctionSelector, zeroAddress } from "viem";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { type Chain, startChain } from "../game/chain.ts";
import { artifact, CHAIN_ID, openStage, refused, START, type Stage } from "./stage.ts";

let chain: Chain;
let stage: Stage;
before(async () => {
  chain = await startChain();
  stage = await openStage(chain);
});
after(() => chain.close());

const random = seededRandom(5);
const bytesOf = (size: number): Uint8Array => Uint8Array.from({ length: size }, () => random(256));

/** How the machine sees these bytes. */
const view = (bytes: Uint8Array): { root: Hex; size: bigint } => {
  const { root, size } = batchInput(ordinary(CHAIN_ID), START, bytes).bytes;
  return { root: toHex(root), size: BigInt(size) };
};

const SIZES = [0, 1, 31, 32, 33, 127, 128, 129, 255, 256, 257, 384, 385, 511, 512, 513, 640, 1000, 4095, 4096, 4097];

test("root and size are the machine's, for batches of many sizes", async () => {
  const large = Array.from({ length: 12 }, () => 1 + random(20_000));
  for (const size of [...SIZES, ...large, 100_000]) {
    const bytes = bytesOf(size);
    const index = await stage.read<bigint>("Inbox", "count");
    await stage.append(bytes);
    const [root, length] = await stage.read<[Hex, bigint]>("Inbox", "batchOf", [index]);
    assert.deepEqual({ root, size: length }, view(bytes), `${size} bytes`);
  }
});

test("zeros at the end count: they change the size, if not the root", async () => {
  const own = await openStage(chain);
  await own.append(Uint8Array.of(1));
  await own.append(Uint8Array.of(1, 0));
  const [[root, size], [sameRoot, otherSize]] = (await Promise.all(
    [0, 1].map((index) => own.read<[Hex, bigint]>("Inbox", "batchOf", [index])),
  )) as [[Hex, bigint], [Hex, bigint]];
  assert.equal(root, sameRoot);
  assert.deepEqual([size, otherSize], [1n, 2n]);
});

test("whoever follows the events has every batch, in order, with its bytes", async () => {
  const own = await openStage(chain);
  const batches = [3, 200, 0, 3].map(bytesOf);
  for (const batch of batches) await own.append(batch);
  const expected = batches.map((batch, index) => ({
    eventName: "Appended",
    args: { index: BigInt(index), ...view(batch), batch: toHex(batch) },
  }));
  assert.deepEqual(own.events, expected);
});

test("a batch keeps L1's block and time, and what comes later changes nothing of it", async () => {
  const own = await openStage(chain);
  await own.append(Uint8Array.of(1));
  const first = await own.read<unknown[]>("Inbox", "batchOf", [0]);
  assert.deepEqual(first.slice(2), [BigInt(await chain.request<Hex>("eth_blockNumber", [])), BigInt(own.now)]);
  own.now += 10;
  await own.append(Uint8Array.of(2));
  assert.deepEqual(await own.read("Inbox", "batchOf", [0]), first);
  assert.equal(await own.read("Inbox", "count"), 2n);
  await refused("NoSuchBatch", () => own.read("Inbox", "batchOf", [2]));
});

test("the sequencer alone appends, where there is one", async () => {
  const sequencer = chain.accounts[6] as Hex;
  const own = await openStage(chain, { sequencer });
  assert.equal((await own.read<string>("Inbox", "sequencer")).toLowerCase(), sequencer);
  await refused("NotSequencer", () => own.append(Uint8Array.of(1)));
  await own.append(Uint8Array.of(1), sequencer);
  assert.equal(await own.read("Inbox", "count"), 1n);
  assert.equal(await stage.read("Inbox", "sequencer"), zeroAddress, "anyone, as the other tests show");
});

test("what the machine can not take is refused: 2^27 bytes and more", async () => {
  const evm = await createEVM({ common: new Common({ chain: Mainnet, hardfork: Hardfork.Osaka }) });
  const { abi, bytecode } = artifact("Inbox");
  // A transaction's most (EIP-7825): calldata, which would not fit, is free here.
  const run = { gasLimit: 1n << 24n, skipBalance: true };
  const creation = hexToBytes(`${bytecode}${encodeAbiParameters([{ type: "address" }], [zeroAddress]).slice(2)}`);
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
