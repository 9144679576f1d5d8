import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { type LocalChain, startLocalChain } from "@elench/deploy/local-chain";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { type Address, HttpRequestError, LimitExceededRpcError, type PublicClient, RpcRequestError } from "viem";
import { type ChainLog, Follower, REREAD } from "./follower.ts";
import { EndpointsDisagree } from "./quorum.ts";

/** Emits a log with the calldata as its data: copies calldata to memory, then LOG0. */
const ECHO: Address = "0x000000000000000000000000000000000000ec40";
const ECHO_CODE = "0x365f5f37365fa000";

let chain: LocalChain;
before(async () => {
  chain = await startLocalChain();
});
beforeEach(() => chain.client.setCode({ address: ECHO, bytecode: ECHO_CODE }));
after(() => chain.stop());

async function emit(data: `0x${string}`): Promise<void> {
  const account = richAccount(7);
  const nonce = await chain.client.getTransactionCount({ address: account.address });
  const fees = await chain.client.estimateFeesPerGas();
  const serializedTransaction = await account.signTransaction({
    type: "eip1559",
    chainId: 31_337,
    to: ECHO,
    data,
    nonce,
    gas: 100_000n,
    ...fees,
  });
  const hash = await chain.client.sendRawTransaction({ serializedTransaction });
  await chain.client.waitForTransactionReceipt({ hash });
}

const followerOf = async (
  clients: readonly PublicClient[] = [chain.client],
  quorum = clients.length,
  reread: bigint = REREAD,
) =>
  new Follower({
    clients,
    addresses: [ECHO],
    fromBlock: (await chain.client.getBlockNumber()) + 1n,
    quorum,
    range: 2n,
    reread,
  });

const dataOf = (logs: readonly { data: string }[]): string[] => logs.map(({ data }) => data);

test("every log is told once, in order, over several looks", async () => {
  const follower = await followerOf();
  await emit("0x01");
  assert.deepEqual(dataOf((await follower.poll()).logs), ["0x01"]);
  assert.deepEqual(dataOf((await follower.poll()).logs), ["0x01"]);
  for (const data of ["0x02", "0x03", "0x04", "0x05"] as const) await emit(data);
  assert.deepEqual(dataOf((await follower.poll()).logs), ["0x01", "0x02", "0x03", "0x04", "0x05"]);
});

test("logs of blocks that a reorganisation removed are forgotten, and those of the new ones told", async () => {
  const follower = await followerOf();
  await emit("0x0a");
  await follower.poll();
  const fork = await chain.client.snapshot();
  await emit("0x0b");
  assert.deepEqual(dataOf((await follower.poll()).logs), ["0x0a", "0x0b"]);
  await chain.client.revert({ id: fork });
  await emit("0x0c");
  await emit("0x0d");
  const { logs, reorganised } = await follower.poll();
  assert.equal(reorganised, true);
  assert.deepEqual(dataOf(logs), ["0x0a", "0x0c", "0x0d"]);
});

/** An endpoint that changes what the chain said. */
const lying = (): PublicClient =>
  ({
    ...chain.client,
    getLogs: async (query: never) => (await chain.client.getLogs(query)).map((log) => ({ ...log, data: "0xff" })),
  }) as never;

/** An endpoint of its own that says what the chain says. */
const honest = (): PublicClient => ({ ...chain.client }) as never;

/** An endpoint that is down. */
const dead = (): PublicClient =>
  ({
    ...chain.client,
    getLogs: () => Promise.reject(new Error("down")),
    getBlock: () => Promise.reject(new Error("down")),
  }) as never;

test("endpoints that tell different logs are not believed", async () => {
  const follower = await followerOf([chain.client, lying()]);
  await emit("0x11");
  await assert.rejects(follower.poll(), EndpointsDisagree);
});

test("a quorum of honest endpoints outvotes a liar, and does without a dead one", async () => {
  const follower = await followerOf([dead(), lying(), honest(), honest()], 2);
  await emit("0x12");
  assert.deepEqual(dataOf((await follower.poll()).logs), ["0x12"]);
});

test("what could not be read is read at the next look", async () => {
  let down = true;
  const flaky = {
    ...chain.client,
    getLogs: (q: never) => (down ? Promise.reject(new Error("down")) : chain.client.getLogs(q)),
  } as never;
  const follower = await followerOf([flaky]);
  await emit("0x13");
  await assert.rejects(follower.poll(), /down/);
  down = false;
  assert.deepEqual(dataOf((await follower.poll()).logs), ["0x13"]);
});

/** An endpoint that changes what it says about blocks. */
const blocksFrom = (change: (block: { number: bigint; timestamp: bigint }) => object): PublicClient =>
  ({
    ...chain.client,
    getBlock: async (query: never) => {
      const block = await chain.client.getBlock(query);
      return { ...block, ...change(block) };
    },
  }) as never;

test("an endpoint's word alone does not move the clock, nor the head", async () => {
  const later = blocksFrom(({ timestamp }) => ({ timestamp: timestamp + 100_000n }));
  await assert.rejects((await followerOf([later, chain.client])).poll(), EndpointsDisagree);
  const { timestamp } = await chain.client.getBlock();
  assert.equal((await (await followerOf([later, honest(), honest()], 2)).poll()).head.timestamp, timestamp);

  const ahead = blocksFrom(({ number }) => ({ number: number + 1_000n, hash: `0x${"ab".repeat(32)}` }));
  const follower = await followerOf([ahead, honest(), honest()], 2);
  assert.equal((await follower.poll()).head.number, await chain.client.getBlockNumber());
  await emit("0x14");
  assert.deepEqual(dataOf((await follower.poll()).logs), ["0x14"]);
});

test("what a look that failed had read already is not told twice", async () => {
  let looks = 0;
  const flaky = {
    ...chain.client,
    getLogs: (q: never) => (++looks === 2 ? Promise.reject(new Error("down")) : chain.client.getLogs(q)),
  } as never;
  const follower = await followerOf([flaky]);
  for (const data of ["0x21", "0x22", "0x23", "0x24"] as const) await emit(data);
  await assert.rejects(follower.poll(), /down/);
  assert.deepEqual(dataOf((await follower.poll()).logs), ["0x21", "0x22", "0x23", "0x24"]);
});

test("a reorganisation in the middle of a look leaves nothing of the old fork", async () => {
  let between: (() => Promise<void>) | undefined;
  const slow = {
    ...chain.client,
    getBlock: async (query: { blockTag?: string }) => {
      const interruption = query.blockTag === "latest" ? between : undefined;
      if (interruption) between = undefined;
      await interruption?.();
      return chain.client.getBlock(query as never);
    },
  } as never;
  const follower = await followerOf([slow]);
  await emit("0x31");
  await follower.poll();
  const fork = await chain.client.snapshot();
  await emit("0x32");
  await follower.poll();
  between = async () => {
    await chain.client.revert({ id: fork });
    await emit("0x33");
    await emit("0x34");
  };
  assert.deepEqual(dataOf((await follower.poll()).logs), ["0x31", "0x33", "0x34"]);
});

/** An endpoint that changes what it answers about logs. */
const logsFrom = (change: (logs: ChainLog[], query: Query) => unknown): PublicClient =>
  ({
    ...chain.client,
    getLogs: async (query: Query) => change((await chain.client.getLogs(query as never)) as ChainLog[], query),
  }) as never;

interface Query {
  readonly fromBlock: bigint;
  readonly toBlock: bigint;
}

const logsOf = async (data: `0x${string}`, ...more: `0x${string}`[]): Promise<void> => {
  for (const one of [data, ...more]) await emit(one);
};

test("a log that one answer lacked is added in its place when the last blocks are read again", async () => {
  let isShort = true;
  const follower = await followerOf([logsFrom((logs) => (isShort ? logs.slice(1) : logs))]);
  await emit("0x41");
  assert.deepEqual(dataOf((await follower.poll()).logs), []);
  await emit("0x42");
  isShort = false;
  const { logs, reorganised } = await follower.poll();
  assert.deepEqual([dataOf(logs), reorganised], [["0x41", "0x42"], false]);
  isShort = true;
  await chain.client.mine({ blocks: 1 });
  assert.deepEqual(dataOf((await follower.poll()).logs), ["0x41", "0x42"], "what is missing proves nothing");
});

test("a log that was told wrongly is replaced when it is told otherwise", async () => {
  let isWrong = true;
  const follower = await followerOf([
    logsFrom((logs) => logs.map((log) => (isWrong ? { ...log, data: "0xff" } : log))),
  ]);
  await emit("0x49");
  const { logs: wrong } = await follower.poll();
  assert.deepEqual(dataOf(wrong), ["0xff"]);
  isWrong = false;
  await chain.client.mine({ blocks: 1 });
  const { logs } = await follower.poll();
  assert.deepEqual(dataOf(logs), ["0x49"]);
  assert.notEqual(logs, wrong, "who read the earlier ones must read anew");
});

test("each block is read again until it is old, ever more rarely", async () => {
  const asked: Query[] = [];
  const client = logsFrom((logs, query) => {
    asked.push(query);
    return logs;
  });
  const follower = new Follower({
    clients: [client],
    addresses: [ECHO],
    fromBlock: await chain.client.getBlockNumber(),
    quorum: 1,
    reread: 8n,
  });
  const first = (await follower.poll()).head.number + 1n;
  for (let block = 0; block < 40; block++) {
    await chain.client.mine({ blocks: 1 });
    await follower.poll();
  }
  for (let block = first; block < first + 20n; block++) {
    const ages = asked.filter((q) => q.fromBlock <= block && block <= q.toBlock).map((q) => Number(q.toBlock - block));
    assert.ok(
      ages.includes(0) && ages.includes(1) && Math.max(...ages) >= 8,
      `block ${block} was read at ages ${ages}`,
    );
    assert.ok(Math.max(...ages) <= 16 && ages.length <= 8, `block ${block} was read at ages ${ages}`);
  }
});

test("older blocks are read again when asked for", async () => {
  let isShort = true;
  const client = logsFrom((logs) => (isShort ? [] : logs));
  const follower = await followerOf([client], 1, 1n);
  await logsOf("0x43", "0x44");
  await chain.client.mine({ blocks: 3 });
  isShort = !(await follower.poll());
  await chain.client.mine({ blocks: 1 });
  assert.deepEqual(dataOf((await follower.poll()).logs), []);
  follower.readAgain();
  let told: string[] = [];
  for (let looks = 0; looks < 4; looks++) told = dataOf((await follower.poll()).logs);
  assert.deepEqual(told, ["0x43", "0x44"]);
});

test("logs of a fork that L1 has left are not believed, whoever tells them", async () => {
  const gone = `0x${"ab".repeat(32)}`;
  const follower = await followerOf([
    logsFrom((logs) => logs.map((log) => (log.data === "0x45" ? { ...log, blockHash: gone } : log))),
  ]);
  await logsOf("0x45", "0x46");
  assert.deepEqual(dataOf((await follower.poll()).logs), ["0x46"]);
});

const tooMany = new RpcRequestError({
  body: {},
  url: "http://host/",
  error: { code: LimitExceededRpcError.code, message: "too many" },
});

test("refused ranges are halved down to what is allowed, tried wider later, and what was read is kept", async () => {
  let [limit, isDown] = [3, false];
  const asked: Query[] = [];
  const client = logsFrom((logs, query) => {
    asked.push(query);
    if (isDown && asked.length > 8) throw new HttpRequestError({ url: "http://host/", status: 503 });
    if (query.toBlock - query.fromBlock >= limit) throw new LimitExceededRpcError(tooMany);
    return logs;
  });
  const follower = new Follower({
    clients: [client],
    addresses: [ECHO],
    fromBlock: (await chain.client.getBlockNumber()) + 1n,
    quorum: 1,
    reread: 1n,
  });
  await emit("0x47");
  await chain.client.mine({ blocks: 60 });
  await emit("0x48");
  isDown = true;
  await assert.rejects(follower.poll(), HttpRequestError);
  const read = asked.filter(({ fromBlock, toBlock }) => toBlock - fromBlock < limit).at(-2) as Query;
  isDown = false;
  limit = 10_000;
  asked.length = 0;
  assert.deepEqual(dataOf((await follower.poll()).logs), ["0x47", "0x48"]);
  assert.equal(asked[0]?.fromBlock, read.toBlock + 1n, "it goes on where it was");
  const widths = asked.map(({ fromBlock, toBlock }) => Number(toBlock - fromBlock) + 1);
  assert.ok(Math.max(...widths) > 3, `${widths}`);
});
