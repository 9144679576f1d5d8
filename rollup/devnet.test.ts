/** What runs on a development chain runs in a batch: its blocks, as batches, lead to the same states. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { batchInput, outputOf } from "@elench/evm/batch/claim";
import { ordinary } from "@elench/evm/batch/record";
import { createWorld, type Genesis } from "@elench/evm/chain/genesis";
import { MissingModel } from "@elench/evm/inference/models";
import { runReferenceBatch } from "@elench/evm/reference/batch";
import { type AccountState, accountOf } from "@elench/evm/reference/state";
import { bytesToHex } from "@ethereumjs/util";
import { CHAIN_ID, KEYS, randomTransaction, senderOf, TARGETS, transaction } from "../evm/batch/fixtures/batches.ts";
import { seededRandom } from "../evm/trie/fixtures/random.ts";
import { RefusedTransaction } from "./devnet/admission.ts";
import { toBatches } from "./devnet/batches.ts";
import { DevChain, type SealedBlock } from "./devnet/chain.ts";
import { Sequencer } from "./devnet/sequencer.ts";

/** Logs the number of its block, and stores a hash of the past. */
const LOGGING = Uint8Array.from([0x60, 1, 0x43, 3, 0x40, 0x5f, 0x55, 0x43, 0x5f, 0x5f, 0xa1]);

const genesis = (): Genesis => ({
  chainId: CHAIN_ID,
  accounts: new Map([
    ...KEYS.map((key): [string, AccountState] => [senderOf(key), accountOf({ balance: 10n ** 20n })]),
    [TARGETS[0] as string, accountOf({ nonce: 1n, code: LOGGING })],
  ]),
  models: new Map(),
});

/** Time goes on by a second for each look at it. */
function rules(gasLimit = 1_000_000n) {
  let time = 1_000n;
  return { gasLimit, baseFee: 7n, coinbase: 0xfeen, now: () => time++ };
}

async function start(options: { automine?: boolean; gasLimit?: bigint } = {}) {
  const chain = await DevChain.create(genesis(), rules(options.gasLimit));
  return { chain, sequencer: new Sequencer(chain, { automine: options.automine ?? true }) };
}

/** Runs batches from the genesis. @returns the last output. */
async function replay(batches: readonly Uint8Array[], gas?: bigint): Promise<string> {
  const { state, first } = await createWorld(genesis());
  let last = first;
  for (const bytes of batches) {
    const { next, transactions } = await runReferenceBatch(batchInput(ordinary(CHAIN_ID, gas), last, bytes), { state });
    for (const { receipt } of transactions) assert.ok(receipt, "no transaction is dropped");
    last = next;
  }
  return bytesToHex(outputOf(last));
}

const outputAfter = ({ chain, latest }: DevChain): string => bytesToHex(outputOf(chain.before(Number(latest.number))));

/** Sends random transactions. @returns how many. */
async function live({ chain, sequencer }: Awaited<ReturnType<typeof start>>, seed: number, count: number) {
  const random = seededRandom(seed);
  const nonces = KEYS.map(() => 0n);
  for (let i = 0; i < count; i++) {
    const who = random(KEYS.length);
    const bytes = randomTransaction(random, nonces[who] as bigint, KEYS[who] as Uint8Array);
    await sequencer.submit(bytes).then(
      () => nonces[who]!++,
      (error) => assert.ok(error instanceof RefusedTransaction, String(error)),
    );
    if (random(4) === 0) await sequencer.seal();
  }
  return chain.blocks.flatMap((block) => block.transactions).length;
}

for (const automine of [true, false]) {
  const how = automine ? "a block for each transaction" : "blocks of several transactions";
  test(`random transactions, ${how}: one batch of all, many of some, and the chain come to the same`, async () => {
    const node = await start({ automine });
    const count = await live(node, automine ? 1 : 2, 40);
    if (!automine) await node.sequencer.seal();
    assert.ok(count > 20, `${count} transactions`);
    const limits = { chainId: CHAIN_ID };
    const one = toBatches(node.chain.blocks, { ...limits, maxBytes: 2 ** 27 });
    const many = toBatches(node.chain.blocks, { ...limits, maxBytes: 10_000 });
    assert.equal(one.length, 1);
    assert.ok(many.length > 3, `${many.length} batches`);
    const expected = outputAfter(node.chain);
    assert.equal(await replay(one), expected);
    assert.equal(await replay(many), expected);
  });
}

test("where a batch has little gas, no batch drops a transaction that the chain took", async () => {
  const gas = 450_000n;
  const node = await start({ gasLimit: gas });
  await live(node, 3, 25);
  const batches = toBatches(node.chain.blocks, { chainId: CHAIN_ID, gas, maxBytes: 2 ** 27 });
  assert.ok(batches.length > 2, `${batches.length} batches`);
  assert.equal(await replay(batches, gas), outputAfter(node.chain));
});

test("a batch takes 4,095 transactions, and nothing after them", () => {
  const block = (count: number): SealedBlock => {
    const bytes = transaction({ type: 2, nonce: 0n, to: TARGETS[3] as `0x${string}` });
    const receipt = { gasUsed: 0n };
    const one = { bytes, receipt, cumulativeGas: 0n };
    return { ...HEADER, gasUsed: 0n, transactions: new Array(count).fill(one) } as unknown as SealedBlock;
  };
  const HEADER = { timestamp: 1n, gasLimit: 1n, baseFee: 1n, blobBaseFee: 1n, coinbase: 1n, prevRandao: 1n };
  const limits = { chainId: CHAIN_ID, maxBytes: 2 ** 27 };
  const counts = (...blocks: number[]): number => toBatches(blocks.map(block), limits).length;
  assert.equal(counts(4_094, 1), 1);
  assert.equal(counts(4_094, 2), 2);
  assert.equal(counts(4_095, 0), 2);
  assert.equal(counts(4_094, 0), 1);
});

const to = TARGETS[3] as `0x${string}`;
const good = { type: 2, nonce: 0n, to } as const;
for (const [what, bytes, words] of [
  ["of blobs", Uint8Array.of(3, 0xc0), /blob transactions \(EIP-4844\)/],
  ["that sets code", Uint8Array.of(4, 0xc0), /EIP-7702/],
  ["of junk", Uint8Array.of(0xc0), /does not decode/],
  ["of nothing", new Uint8Array(), /does not decode/],
  ["for another chain", transaction(good, { chainId: CHAIN_ID + 1n }), /chain id/],
  ["with too little gas", transaction({ ...good, gasLimit: 20_999n }), /intrinsic gas too low: have 20999, want 21000/],
  ["with more gas than a block has", transaction({ ...good, gasLimit: 1_000_001n }), /exceeds block gas limit/],
  ["under the base fee", transaction({ ...good, maxFeePerGas: 6n, maxPriorityFeePerGas: 0n }), /block base fee/],
  ["that nobody can pay", transaction({ ...good, value: 10n ** 30n }), /insufficient funds/],
] as const) {
  test(`a transaction ${what} is refused in words, and makes no block`, async () => {
    const { chain, sequencer } = await start();
    await assert.rejects(
      sequencer.submit(bytes),
      (error) => error instanceof RefusedTransaction && words.test(error.message),
    );
    assert.equal(chain.latest.number, 0n);
  });
}

test("a transaction that was sealed is refused when it comes again", async () => {
  const { sequencer } = await start();
  await sequencer.submit(transaction(good));
  await assert.rejects(sequencer.submit(transaction(good)), /nonce too low: next nonce 1, tx nonce 0/);
});

test("a transaction that comes before its turn waits for it, and then each has its block", async () => {
  const { chain, sequencer } = await start();
  await sequencer.submit(transaction({ ...good, nonce: 1n }));
  assert.equal(chain.latest.number, 0n);
  const sender = BigInt(senderOf(KEYS[0] as Uint8Array));
  assert.equal(await sequencer.nonce(sender, true), 0n);
  await sequencer.submit(transaction(good));
  assert.deepEqual(
    chain.blocks.map(({ transactions }) => transactions.length),
    [1, 1],
  );
  assert.equal(await sequencer.nonce(sender, false), 2n);
});

test("what cannot be paid any more when its block comes is dropped, and the rest is sealed", async () => {
  const { chain, sequencer } = await start({ automine: false });
  const value = 6n * 10n ** 19n;
  await sequencer.submit(transaction({ ...good, value }));
  await sequencer.submit(transaction({ ...good, nonce: 1n, value }));
  await sequencer.submit(transaction(good, { key: KEYS[1] as Uint8Array }));
  const { transactions } = await sequencer.seal();
  assert.equal(transactions.length, 2);
  assert.equal(sequencer.pool.all.length, 0);
  assert.equal(await replay(toBatches(chain.blocks, { ...genesis(), maxBytes: 2 ** 27 })), outputAfter(chain));
});

test("blocks that were taken back leave no trace: the chain goes on as if they had never been", async () => {
  const { chain, sequencer } = await start();
  await sequencer.submit(transaction(good));
  const before = outputAfter(chain);
  const hash = await sequencer.submit(transaction({ ...good, nonce: 1n }));
  await sequencer.revertTo(1n);
  assert.equal(outputAfter(chain), before);
  assert.equal(chain.transaction(BigInt(bytesToHex(hash))), undefined);
  await sequencer.submit(transaction({ ...good, nonce: 1n, value: 5n }));
  assert.equal(await replay(toBatches(chain.blocks, { ...genesis(), maxBytes: 2 ** 27 })), outputAfter(chain));
});

test("a block whose model is not here is not made: its transactions are forgotten, and the chain goes on", async () => {
  const id = new Uint8Array(32).fill(9);
  const caller = "0x00000000000000000000000000000000000000ca";
  // Passes its calldata on to the precompile.
  const code = Uint8Array.from([0x36, 0x5f, 0x5f, 0x37, 0x5f, 0x5f, 0x36, 0x5f, 0x61, 0xa1, 0, 0x5a, 0xfa, 0]);
  const entry = { level: 1, tableDepth: 0, inputBytes: 0, outputBytes: 4, price: 1n };
  const base = genesis();
  const chain = await DevChain.create(
    {
      ...base,
      accounts: new Map([...base.accounts, [caller, accountOf({ nonce: 1n, code })]]),
      models: new Map([[bytesToHex(id), entry]]),
    },
    rules(),
    {
      infer: (model) => {
        throw new MissingModel(model);
      },
    },
  );
  const sequencer = new Sequencer(chain, { automine: false });
  const data = new Uint8Array(64);
  data.set(id);
  data[63] = 4;
  await sequencer.submit(transaction({ ...good, to: caller, data }));
  await assert.rejects(sequencer.seal(), MissingModel);
  assert.equal(sequencer.pool.all.length, 0);
  await sequencer.submit(transaction(good));
  const { number, transactions } = await sequencer.seal();
  assert.deepEqual([number, transactions.length], [1n, 1]);
});
