import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Address, PublicClient } from "viem";
import { type LocalChain, richAccount, startLocalChain } from "../../deploy/local-chain.ts";
import { EndpointsDisagree, Follower } from "./follower.ts";

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

const followerOf = async (clients: readonly PublicClient[] = [chain.client], quorum = clients.length) =>
  new Follower({
    clients,
    addresses: [ECHO],
    fromBlock: (await chain.client.getBlockNumber()) + 1n,
    quorum,
    range: 2n,
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
  const follower = await followerOf([dead(), lying(), chain.client, chain.client], 2);
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
