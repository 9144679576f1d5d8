/** The truth about batches, where it is not as it should be. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { concat } from "@elench/bytes/concat";
import { toHex } from "@elench/bytes/hex";
import { encodeBatch } from "@elench/evm/batch/encoding";
import { Chain } from "@elench/evm/chain/chain";
import { accountOf } from "@elench/evm/native/state";
import { PagedBytes } from "@elench/merkle/paged-bytes";
import { CHAIN_ID, KEYS, senderOf, testBlock, transaction } from "../../evm/batch/fixtures/batches.ts";
import { batchExecutor } from "./batch-executor.ts";
import { BatchTraceProvider } from "./batch-trace-provider.ts";
import type { Appended } from "./batches.ts";

const EVM = `0x${"e1".repeat(20)}` as const;
const TENSOR = `0x${"e2".repeat(20)}` as const;

/** Two batches of one payment each. */
async function truthOf() {
  const payer = KEYS[0] as Uint8Array;
  const chain = await Chain.create({
    chainId: CHAIN_ID,
    accounts: new Map([[senderOf(payer), accountOf({ balance: 10n ** 20n })]]),
    models: new Map(),
  });
  const batches = [0n, 1n].map((nonce) => {
    const to = `0x${"aa".repeat(20)}` as const;
    return encodeBatch([testBlock([transaction({ type: 2, nonce, to, value: 5n }, { key: payer })])]);
  });
  const appended: Appended[] = batches.map((bytes) => ({ root: toHex(new PagedBytes(bytes).root), bytes }));
  const deployment = { tensorVerifier: TENSOR, rollup: { evmVerifier: EVM } };
  const truth = new BatchTraceProvider({ deployment, chain, appended: () => appended, executor: batchExecutor });
  await truth.follow();
  return { chain, truth, appended };
}

test("a batch that its two executors do not agree about is not argued about; others are", async () => {
  const { chain, truth } = await truthOf();
  const [first, second] = [truth.runOf(0), truth.runOf(1)];
  const { native } = chain.batch(1);
  Object.assign(native, { output: native.output.map((byte, i) => (i === 31 ? byte ^ 1 : byte)) });
  await assert.rejects(truth.stateHashes(second, [0n]), /batch 1 leads to 0x.* natively.* one of them is wrong/);
  await assert.rejects(truth.witness(second, 0n), /one of them is wrong/);
  await assert.rejects(truth.asked(second, 5n), /one of them is wrong/);
  assert.equal((await truth.stateHashes(first, [0n, 1n])).length, 2);
  assert.deepEqual(await truth.output(first), chain.batch(0).native.output);
});

test("a batch is the same only with the same root and size: with a zero more, it is another, executed anew", async () => {
  const { chain, truth, appended } = await truthOf();
  const { bytes } = appended[1] as Appended;
  const { root } = chain.batch(1).input.bytes;
  appended[1] = { root: toHex(root), bytes: concat(bytes, Uint8Array.of(0)) };
  const before = truth.runOf(1).context;
  await truth.follow();
  assert.notEqual(truth.runOf(1).context, before);
  assert.equal(chain.batch(1).input.bytes.size, bytes.length + 1);
  assert.deepEqual(chain.batch(1).input.bytes.root, root);
});
