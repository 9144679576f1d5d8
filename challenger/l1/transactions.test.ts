import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { disputeGameAbi } from "@elench/contracts/abi/dispute-game";
import { type LocalChain, startLocalChain } from "@elench/deploy/local-chain";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { encodeErrorResult, type Hex, parseEther, parseGwei, RpcRequestError, toFunctionSelector } from "viem";
import { ContractRefusal } from "./contract-refusal.ts";
import { verdictOf } from "./transaction-refusal.ts";
import { FeeCeilingError, type Intent, type QueueOptions, type Receipt, TransactionQueue } from "./transactions.ts";

let chain: LocalChain;
let snapshot: `0x${string}`;
const account = richAccount(5);
const other = richAccount(6).address;

before(async () => {
  chain = await startLocalChain();
});
beforeEach(async () => {
  if (snapshot) await chain.client.revert({ id: snapshot });
  snapshot = await chain.client.snapshot();
  await chain.client.setAutomine(true);
});
after(() => chain.stop());

function queueOf(options: Partial<QueueOptions> = {}) {
  const confirmed: [Intent, Receipt][] = [];
  const queue = new TransactionQueue({
    client: chain.client,
    account,
    chainId: 31_337,
    bumpAfter: 1_000,
    maxFeePerGas: parseGwei("500"),
    onConfirmed: (intent, receipt) => confirmed.push([intent, receipt]),
    ...options,
  });
  return { queue, confirmed };
}

const pay = (key: string, value = 1n): Intent => ({ key, to: other, data: "0x", value });

/** A contract that reverts as soon as somebody has sent it `flip()`: what is possible now is impossible later. */
const FLIP = toFunctionSelector("flip()");
async function deployFlip(): Promise<`0x${string}`> {
  // sload(0) ≠ 0 → revert; otherwise sstore(0, 1).
  const runtime = "5f54600a57" + "60015f55" + "00" + "5b5f5ffd";
  const address = "0x00000000000000000000000000000000000f11b0";
  await chain.client.setCode({ address, bytecode: `0x${runtime}` });
  return address;
}

test("a transaction is sent once, confirmed once, and its key is free again afterwards", async () => {
  const { queue, confirmed } = queueOf();
  await chain.client.setAutomine(false);
  assert.equal((await queue.submit(pay("a"))).status, "sent");
  assert.equal((await queue.submit(pay("a"))).status, "pending");
  await chain.client.mine({ blocks: 1 });
  await queue.tick();
  await queue.tick();
  assert.deepEqual(
    confirmed.map(([{ key }, { succeeded }]) => [key, succeeded]),
    [["a", true]],
  );
  assert.equal(queue.isPending("a"), false);
});

test("what would fail is refused, and costs no nonce", async () => {
  const { queue } = queueOf();
  const refused = await queue.submit(pay("too much", parseEther("1000000")));
  assert.equal(refused.status, "refused");
  assert.equal(await chain.client.getTransactionCount({ address: account.address }), 0);
  const next = await queue.submit(pay("next"));
  assert.equal(next.status, "sent");
  // Else it could be mined after the next test has gone back to the beginning.
  if (next.status === "sent") await chain.client.waitForTransactionReceipt({ hash: next.hash });
});

test("a contract's own error is the reason of a refusal, by its name", async () => {
  const error = encodeErrorResult({ abi: disputeGameAbi, errorName: "NoSuchGame", args: [7n] });
  // mstore of the selector, mstore of the number, revert with both.
  const word = error.slice(10);
  const code: Hex = `0x63${error.slice(2, 10)}60e01b5f527f${word}60045260245ffd`;
  const address = "0x00000000000000000000000000000000000f11b1";
  await chain.client.setCode({ address, bytecode: code });
  const refused = await queueOf().queue.submit({ key: "again", to: address, data: "0x", value: 0n });
  assert.ok(refused.status === "refused" && refused.refusal instanceof ContractRefusal);
  assert.deepEqual(refused.refusal.contracts, ["DisputeGame"]);
  assert.equal(refused.refusal.errorName, "NoSuchGame");
  assert.deepEqual(refused.refusal.args, { number: 7n });
  assert.match(refused.refusal.message, /^No game has this proposal.* \(NoSuchGame: number 7\)$/);
});

test("a transaction that nobody mines is sent again with higher fees until it is mined", async () => {
  let clock = 0;
  const { queue, confirmed } = queueOf({ now: () => clock });
  await chain.client.setAutomine(false);
  const sent = await queue.submit(pay("slow"));
  const base = (await chain.client.getBlock()).baseFeePerGas ?? 0n;
  await chain.client.setNextBlockBaseFeePerGas({ baseFeePerGas: base * 4n });
  await chain.client.mine({ blocks: 1 });
  await queue.tick();
  assert.equal(confirmed.length, 0, "the first bid is too low for this block");
  for (let i = 0; i < 12 && confirmed.length === 0; i++) {
    clock += 1_000;
    await queue.tick();
    await chain.client.mine({ blocks: 1 });
    await queue.tick();
  }
  assert.equal(confirmed.length, 1);
  assert.notEqual(confirmed[0]?.[1].hash, sent.status === "sent" && sent.hash);
});

test("a deed that somebody else did meanwhile gives up its nonce, and what is behind it goes through", async () => {
  let clock = 0;
  const { queue, confirmed } = queueOf({ now: () => clock });
  const flip = await deployFlip();
  await chain.client.setAutomine(false);
  assert.equal((await queue.submit({ key: "flip", to: flip, data: FLIP, value: 0n })).status, "sent");
  assert.equal((await queue.submit(pay("behind"))).status, "sent");
  const pool = await chain.client.request({ method: "txpool_content" } as never);
  assert.ok(pool);
  await chain.client.dropTransaction({ hash: (await firstPending()) as `0x${string}` });
  await chain.client.setStorageAt({ address: flip, index: 0, value: `0x${"01".padStart(64, "0")}` });
  for (let i = 0; i < 5 && confirmed.length < 2; i++) {
    clock += 1_000;
    await queue.tick();
    await chain.client.mine({ blocks: 1 });
    await queue.tick();
  }
  assert.deepEqual(confirmed.map(([{ key }]) => key).sort(), ["behind", "flip"]);
  assert.equal(await chain.client.getTransactionCount({ address: account.address }), 2);
});

test("an action for the next block is sent again while that block is not there, and not given up", async () => {
  let clock = 0;
  const { queue, confirmed } = queueOf({ now: () => clock });
  await chain.client.setAutomine(false);
  const early: Hex = "0x00000000000000000000000000000000000f11b2";
  const next = (await chain.client.getBlockNumber({ cacheTime: 0 })) + 1n;
  // Reverts below this block.
  await chain.client.setCode({
    address: early,
    bytecode: `0x4361${next.toString(16).padStart(4, "0")}11600957005b5f5ffd`,
  });
  const intent = { key: "early", to: early, data: "0x", value: 0n } as const;
  assert.equal((await queue.submit(intent)).status, "refused", "it is simulated on the newest block");
  assert.equal((await queue.submit({ ...intent, gas: 60_000n })).status, "sent");
  clock += 1_000;
  assert.deepEqual(await queue.tick(), []);
  await chain.client.mine({ blocks: 1 });
  await queue.tick();
  assert.deepEqual(
    confirmed.map(([{ to }, { succeeded }]) => [to, succeeded]),
    [[early, true]],
  );
});

test("who waits for an action looks after it, and is told when it became impossible", async () => {
  let clock = 0;
  const { queue } = queueOf({ now: () => clock });
  const flip = await deployFlip();
  await chain.client.setAutomine(false);
  const failures: unknown[] = [];
  const wait = (key: string) => queue.confirmed(key, 10, (error) => failures.push(error));
  assert.equal((await queue.submit(pay("paid"))).status, "sent");
  const base = (await chain.client.getBlock()).baseFeePerGas ?? 0n;
  await chain.client.setNextBlockBaseFeePerGas({ baseFeePerGas: base * 2n });
  await chain.client.mine({ blocks: 1 });
  clock += 1_000;
  const paid = wait("paid");
  await chain.client.setIntervalMining({ interval: 1 });
  assert.equal((await paid)?.succeeded, true, "it was replaced with higher fees");
  await chain.client.setIntervalMining({ interval: 0 });

  assert.equal((await queue.submit({ key: "flip", to: flip, data: FLIP, value: 0n })).status, "sent");
  await chain.client.dropTransaction({ hash: (await firstPending()) as `0x${string}` });
  await chain.client.setStorageAt({ address: flip, index: 0, value: `0x${"01".padStart(64, "0")}` });
  clock += 1_000;
  const flipped = wait("flip");
  await chain.client.setIntervalMining({ interval: 1 });
  assert.equal(await flipped, null);
  await chain.client.setIntervalMining({ interval: 0 });
  assert.deepEqual(failures, []);
});

test("after a restart, a transaction left in the pool by the earlier life is outbid, not waited for", async () => {
  await chain.client.setAutomine(false);
  assert.equal((await queueOf().queue.submit(pay("earlier life"))).status, "sent");
  const { queue, confirmed } = queueOf();
  assert.equal((await queue.submit(pay("this life", 2n))).status, "sent");
  await chain.client.mine({ blocks: 1 });
  await queue.tick();
  assert.deepEqual(
    confirmed.map(([{ key }, { succeeded }]) => [key, succeeded]),
    [["this life", true]],
  );
});

test("an endpoint that keeps transactions to itself does not keep them from L1", async () => {
  let clock = 0;
  const swallowing = { ...chain.client, sendRawTransaction: async () => `0x${"00".repeat(32)}` } as never;
  const { queue, confirmed } = queueOf({ client: swallowing, others: [chain.client], now: () => clock });
  await chain.client.setAutomine(false);
  assert.equal((await queue.submit(pay("told to all"))).status, "sent");
  // The first fee may be too low for the block: then it is the next one that all are told.
  for (let i = 0; i < 5 && confirmed.length === 0; i++) {
    clock += 1_000;
    await queue.tick();
    await chain.client.mine({ blocks: 1 });
    await queue.tick();
  }
  assert.deepEqual(
    confirmed.map(([{ key }]) => key),
    ["told to all"],
  );
});

/** Sets what the next blocks ask for gas. */
async function baseFee(gwei: string): Promise<void> {
  await chain.client.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei(gwei) });
  await chain.client.mine({ blocks: 1 });
}

test("above the fee ceiling nothing is sent, what to raise is said, and it goes through when the fee has fallen", async () => {
  const { queue } = queueOf({ maxFeePerGas: parseGwei("5") });
  await baseFee("60");
  const refused = await queue.submit(pay("dear"));
  assert.ok(refused.status === "refused" && refused.refusal instanceof FeeCeilingError);
  assert.equal(refused.refusal.message, "the fee ceiling of 5 gwei is below the base fee of 60 gwei; raise --max-fee");
  assert.equal(queue.size, 0);
  await baseFee("2");
  const sent = await queue.submit(pay("dear"));
  assert.ok(sent.status === "sent");
  await chain.client.waitForTransactionReceipt({ hash: sent.hash });
});

test("one transaction that cannot be looked after does not keep the others from being confirmed and bid for", async () => {
  let clock = 0;
  // An endpoint that fails for one deed.
  const failing = {
    ...chain.client,
    estimateGas: async (call: { value?: bigint }) => {
      if (clock > 0 && call.value === 7n) throw new Error("internal error");
      return chain.client.estimateGas(call as never);
    },
  } as never;
  const bumped: string[] = [];
  const onBumped = ({ key }: Intent) => bumped.push(key);
  const { queue, confirmed } = queueOf({ client: failing, now: () => clock, onBumped });
  await chain.client.setAutomine(false);
  for (const [key, value] of [
    ["first", 1n],
    ["failing", 7n],
    ["third", 3n],
  ] as const)
    assert.equal((await queue.submit(pay(key, value))).status, "sent");
  clock += 1_000;
  const stuck = await queue.tick();
  assert.deepEqual(
    stuck.map(({ key, error }) => [key, String(error)]),
    [["failing", "Error: internal error"]],
  );
  assert.deepEqual(bumped, ["first", "third"]);
  await chain.client.mine({ blocks: 1 });
  await queue.tick();
  assert.deepEqual(
    confirmed.map(([{ key }]) => key),
    ["first", "failing", "third"],
  );
});

test("a transaction that waits below what L1 asks is reported, and goes through when the fee has fallen", async () => {
  let clock = 0;
  const { queue, confirmed } = queueOf({ maxFeePerGas: parseGwei("5"), now: () => clock });
  await chain.client.setAutomine(false);
  assert.equal((await queue.submit(pay("waits"))).status, "sent");
  await baseFee("60");
  clock += 1_000;
  const [stuck] = await queue.tick();
  assert.match(String(stuck?.error), /fee ceiling of 5 gwei is below the base fee of 60 gwei; raise --max-fee/);
  await baseFee("1");
  for (let i = 0; i < 5 && confirmed.length === 0; i++) {
    clock += 1_000;
    assert.deepEqual(await queue.tick(), []);
    await chain.client.mine({ blocks: 1 });
  }
  assert.deepEqual(
    confirmed.map(([{ key }]) => key),
    ["waits"],
  );
});

const rpcError = (code: number, message: string) =>
  new RpcRequestError({ body: {}, url: "http://127.0.0.1", error: { code, message } });

/** Endpoints of which the first lies, and two are honest. */
const lying = (lie: Record<string, unknown>): Partial<QueueOptions> => ({
  client: { ...chain.client, ...lie } as never,
  others: [chain.client, chain.client],
  quorum: 2,
});

for (const [what, lie] of Object.entries({
  "says that everything would fail": {
    estimateGas: () => Promise.reject(rpcError(3, "execution reverted")),
  },
  "estimates too little gas": { estimateGas: async () => 1_000n },
  "tells a nonce that is ahead": { getTransactionCount: async () => 1_000 },
  "tells a base fee above the ceiling": { getBlock: async () => ({ baseFeePerGas: parseGwei("9000") }) },
})) {
  test(`one of three endpoints that ${what} does not keep a transaction from its block`, async () => {
    const { queue, confirmed } = queueOf(lying(lie));
    const sent = await queue.submit(pay("told truly"));
    assert.ok(sent.status === "sent", JSON.stringify(sent));
    await chain.client.waitForTransactionReceipt({ hash: sent.hash });
    await queue.tick();
    assert.deepEqual(
      confirmed.map(([{ key }, { succeeded }]) => [key, succeeded]),
      [["told truly", true]],
    );
  });
}

test("a priority fee is not believed beyond what may be bid, were all endpoints to suggest it", async () => {
  const greedy = { ...chain.client, estimateMaxPriorityFeePerGas: async () => parseGwei("190") } as never;
  const { queue } = queueOf({ client: greedy, maxPriorityFeePerGas: parseGwei("2") });
  const sent = await queue.submit(pay("tipped"));
  assert.ok(sent.status === "sent");
  const { maxPriorityFeePerGas } = await chain.client.getTransaction({ hash: sent.hash });
  assert.equal(maxPriorityFeePerGas, parseGwei("2"));
});

test("an endpoint that never answers does not hold up the others", async () => {
  const hanging = () => new Promise<never>(() => undefined);
  const deaf = {
    estimateGas: hanging,
    getTransactionCount: hanging,
    getBlock: hanging,
    estimateMaxPriorityFeePerGas: hanging,
    sendRawTransaction: hanging,
  };
  const { queue } = queueOf(lying(deaf));
  assert.equal((await queue.submit(pay("heard"))).status, "sent");
});

test("nodes' words for a transaction that would fail are told from those for a node that fails", () => {
  const verdict = (details: string, code = -32_000) => verdictOf({ code, details });
  for (const words of [
    "execution reverted",
    "gas required exceeds allowance (16777216)",
    "insufficient funds for gas * price + value: address 0x12 have 1 want 2",
    "insufficient sender balance",
    "oversized data: transaction size 135353, limit 131072",
    "Upfront cost exceeds account balance",
    "transaction gas limit exceeds block gas limit",
  ])
    assert.equal(verdict(words), "fails", words);
  for (const words of ["already known", "nonce too low: next nonce 5, tx nonce 4", "nonce is too low"])
    assert.equal(verdict(words), "known", words);
  for (const words of ["replacement transaction underpriced", "max fee per gas less than block base fee"])
    assert.equal(verdict(words), "underpriced", words);
  for (const words of ["rate limit exceeded", "The request took too long", "internal error"])
    assert.equal(verdict(words), "other", words);
});

test("the code of a revert counts before its words, which the contract chooses", () => {
  assert.equal(verdictOf({ code: 3, details: "execution reverted: nonce too low" }), "fails");
});

async function firstPending(): Promise<string | undefined> {
  const pool = (await chain.client.request({ method: "txpool_content" } as never)) as {
    pending: Record<string, Record<string, { hash: string }>>;
  };
  const mine = Object.entries(pool.pending).find(([from]) => from.toLowerCase() === account.address.toLowerCase())?.[1];
  return mine && Object.values(mine)[0]?.hash;
}
