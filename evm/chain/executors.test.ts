/** The native engine, the reference and the stepper use the same gas in every transaction of a batch, and reach the same output. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { hashPair } from "@elench/merkle/tree";
import { Mainnet } from "@ethereumjs/common";
import { bytesToHex } from "@ethereumjs/util";
import { contextOf, firstBlock, outputOf, SLOT_STEPS } from "../batch/claim.ts";
import { encodeBatch } from "../batch/encoding.ts";
import {
  CHAIN_ID,
  KEYS,
  randomBatch,
  TARGETS,
  testBlock,
  testInput,
  testWorld,
  transaction,
} from "../batch/fixtures/batches.ts";
import type { NativeBatch } from "../batch/native-batch.ts";
import { Engine } from "../engine/engine.ts";
import { nativeBackend } from "../engine/native.ts";
import { wasmBackend } from "../engine/wasm.ts";
import { skipIdle } from "../machine/phases/blocks.ts";
import { runBatch } from "../machine/run.ts";
import { firstState } from "../machine/start.ts";
import { step } from "../machine/step.ts";
import { runReferenceBatch } from "../reference/batch.ts";
import { type Block, PHASE, type Tx } from "../structures/layout.ts";
import { seededRandom } from "../trie/fixtures/random.ts";

const wasm = wasmBackend();
const BACKENDS = [nativeBackend() ?? wasm, wasm];

/** With every byte string of one class: the libraries return Buffers. */
const plain = (batch: NativeBatch): unknown =>
  JSON.parse(
    JSON.stringify(batch, (_, value) =>
      typeof value === "bigint" ? String(value) : value instanceof Uint8Array ? bytesToHex(value) : value,
    ),
  );

/** Runs all; compares the result of each transaction and the final output. */
async function agree(bytes: Uint8Array, batchGas?: bigint, what = "", after?: bigint): Promise<NativeBatch> {
  const { state, root, host } = await testWorld();
  const input = testInput(root, bytes, batchGas, after);
  const native = await runReferenceBatch(input, { state });
  for (const backend of BACKENDS) {
    const engine = new Engine({ store: (await testWorld()).state.store, backend });
    // Twice on one engine: the second time on what the first has left in memory.
    for (let times = 0; times < 2; times++)
      assert.deepEqual(plain(await engine.run(input)), plain(native), `${what}: ${backend.name}`);
  }
  const blocks = [firstBlock(input)];
  const halted = runBatch(host, input, (m) => {
    if (m.clock > 0n && m.clock % SLOT_STEPS === 0n) blocks.push((m.tx as Tx).block);
  });
  const expected = native.transactions.map(({ number, receipt }) => ({ number, gasUsed: receipt?.gasUsed ?? 0n }));
  const stepped = blocks.slice(1).map(({ number, gasUsed }, i) => {
    const before = blocks[i] as Block;
    return { number, gasUsed: gasUsed - (before.number === number ? before.gasUsed : 0n) };
  });
  assert.deepEqual(stepped, expected, `${what}: transactions`);
  assert.equal(bytesToHex(halted.hash()), bytesToHex(hashPair(contextOf(input), native.output)), `${what}: output`);
  assert.deepEqual(outputOf(native.next), native.output, `${what}: what the next batch builds on`);
  return native;
}

const valid = (batch: NativeBatch): boolean[] => batch.transactions.map(({ receipt }) => receipt !== null);

test("random batches of valid and invalid transactions, with empty blocks and truncated ends", async () => {
  const random = seededRandom(7);
  const seen = { valid: 0, dropped: 0, failed: 0 };
  for (let i = 0; i < 40; i++) {
    const { transactions } = await agree(randomBatch(random), undefined, `batch ${i}`);
    for (const { receipt } of transactions) seen[receipt === null ? "dropped" : receipt.success ? "valid" : "failed"]++;
  }
  for (const [kind, count] of Object.entries(seen)) assert.ok(count > 5, `${count} transactions were ${kind}`);
});

test("blocks of any number, those among them at which Ethereum's mainnet forked", async () => {
  const paying = encodeBatch([testBlock([transaction({ type: 2, nonce: 0n, to: TARGETS[0] as `0x${string}` }, {})])]);
  const forks = Mainnet.hardforks.flatMap(({ block }) => (block === null ? [] : [BigInt(block)]));
  assert.ok(forks.length > 10);
  for (const fork of new Set([...forks, 1_920_009n, 2n ** 53n, 2n ** 64n]))
    for (const number of [fork - 1n, fork, fork + 1n]) {
      if (number < 1n) continue;
      const { transactions } = await agree(paying, undefined, `block ${number}`, number - 1n);
      assert.ok(transactions[0]?.receipt, `block ${number}`);
    }
});

test("an empty batch, a batch of junk, and one of headers only", async () => {
  await agree(new Uint8Array(0));
  await agree(new Uint8Array(135).fill(255));
  // A header that announces 2^32 − 1 transactions.
  assert.equal((await agree(new Uint8Array(136).fill(255))).transactions.length, 0);
  assert.equal((await agree(encodeBatch([testBlock([]), testBlock([]), testBlock([])]))).transactions.length, 0);
});

test("a batch truncated anywhere equals the batch of its whole transactions", async () => {
  const one = transaction({ type: 2, nonce: 0n, to: TARGETS[3] as `0x${string}` });
  const two = transaction({ type: 0, nonce: 1n, to: TARGETS[3] as `0x${string}` });
  const bytes = encodeBatch([testBlock([one, two]), testBlock([])]);
  const firstEnd = 136 + 4 + one.length;
  const secondEnd = firstEnd + 4 + two.length;
  for (const length of [
    135,
    136,
    139,
    140,
    firstEnd - 1,
    firstEnd,
    firstEnd + 3,
    secondEnd - 1,
    secondEnd,
    secondEnd + 1,
  ]) {
    const expected = length < firstEnd ? 0 : length < secondEnd ? 1 : 2;
    const batch = await agree(bytes.subarray(0, length), undefined, `${length} bytes`);
    assert.equal(batch.transactions.length, expected, `${length} bytes`);
  }
});

test("a transaction that asks for more gas than the batch, or the block, has left is dropped", async () => {
  const call = (nonce: bigint, gasLimit: bigint, sender = 0) =>
    transaction({ type: 2, nonce, gasLimit, to: TARGETS[3] as `0x${string}` }, { key: KEYS[sender] as Uint8Array });
  const bytes = encodeBatch([testBlock([call(0n, 50_000n), call(1n, 50_000n), call(1n, 29_000n)])]);
  assert.deepEqual(valid(await agree(bytes, 70_999n)), [true, false, true]);
  const small = encodeBatch([
    testBlock([call(0n, 50_000n), call(1n, 50_000n), call(1n, 29_000n)], { gasLimit: 50_000n }),
  ]);
  assert.deepEqual(valid(await agree(small)), [true, false, true]);
});

test("signatures without a chain id are accepted, those for another chain are refused", async () => {
  const to = TARGETS[3] as `0x${string}`;
  const legacy = (chainId: bigint) => transaction({ type: 0, nonce: 0n, to }, { chainId });
  for (const [chainId, taken] of [
    [1n, false],
    [CHAIN_ID, true],
    [0n, true],
  ] as const)
    assert.deepEqual(valid(await agree(encodeBatch([testBlock([legacy(chainId)])]))), [taken], `chain ${chainId}`);
});

test("the fields that version 1 of the rules does not read change the context, and nothing else", async () => {
  const { state, root, host } = await testWorld();
  const input = testInput(root, randomBatch(seededRandom(1)));
  const { output } = await runReferenceBatch(input, { state });
  const contexts = new Set([bytesToHex(contextOf(input))]);
  const changes = [
    ...[{ kind: 1n }, { time: 7n }, { source: 1n }],
    ...[{ version: 2n }, { blockGas: 1n }, { minimumFee: 1n }, { target: 1n }, { inertia: 1n }].map(rules),
    ...[{ transactionGas: 1n }, { headGas: 1n }, { vault: 1n }].map(rules),
  ];
  function rules(change: Partial<typeof input.config>) {
    return { config: { ...input.config, ...change } };
  }
  for (const change of changes) {
    const other = { ...input, ...change };
    contexts.add(bytesToHex(contextOf(other)));
    assert.deepEqual((await runReferenceBatch(other, { state })).output, output);
    assert.deepEqual(runBatch(host, other).halted?.output, output);
  }
  assert.equal(contexts.size, 1 + changes.length);
});

test("idle time is skipped to a given clock, by default to the end of the slot", async () => {
  const { root, host } = await testWorld();
  const m = firstState(testInput(root, encodeBatch([testBlock([Uint8Array.of(1)])])), host);
  while (m.phase !== PHASE.idle) step(m);
  skipIdle(m, 1000n);
  assert.equal(m.clock, 1000n);
  step(m);
  assert.deepEqual([m.clock, m.phase], [1001n, PHASE.idle]);
  skipIdle(m);
  assert.equal(m.clock, SLOT_STEPS - 1n);
  step(m);
  assert.deepEqual([m.clock, m.phase], [SLOT_STEPS, PHASE.next]);
});
