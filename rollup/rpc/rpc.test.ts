/** What wallets and libraries see of a development chain. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { batchInput, outputOf } from "@elench/evm/batch/claim";
import { ordinary } from "@elench/evm/batch/record";
import { createWorld, parseGenesis } from "@elench/evm/chain/genesis";
import { runReferenceBatch } from "@elench/evm/reference/batch";
import { concatBytes, hexToBytes } from "@ethereumjs/util";
import { JsonRpcProvider } from "ethers";
import { createPublicClient, createWalletClient, defineChain, type Hex, http, parseEther, toHex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type Devnet, startDevnet } from "../devnet.ts";
import { devAccounts, privateKeyOf, richAccount } from "../genesis/dev-accounts.ts";
import { makeGenesis } from "../genesis/make.ts";

const CHAIN_ID = 4_321;
const noModels = {
  infer: () => {
    throw new Error("no model is asked for");
  },
};
const genesis = makeGenesis({
  chainId: BigInt(CHAIN_ID),
  accounts: devAccounts(),
  models: [],
  directoryCode: new Uint8Array([0]),
});

let devnet: Devnet;
before(async () => {
  devnet = await startDevnet({ genesis, models: noModels, port: 0 });
});
after(() => devnet.stop());

const chain = () =>
  defineChain({
    id: CHAIN_ID,
    name: "L2",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [devnet.url] } },
  });
const options = () => ({
  chain: chain(),
  transport: http(devnet.url, { retryCount: 0 }),
  pollingInterval: 20,
  cacheTime: 0,
});
const l2 = () => createPublicClient(options());
const wallet = (index = 0) => createWalletClient({ ...options(), account: richAccount(index) });

interface Answer {
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

async function post(body: string): Promise<unknown> {
  const response = await fetch(devnet.url, { method: "POST", body });
  return response.status === 204 ? undefined : response.json();
}

const rpc = async (method: string, ...params: unknown[]): Promise<Answer> =>
  (await post(JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }))) as Answer;

/** Deploys what returns `code`. */
async function deploy(code: string): Promise<Hex> {
  const runtime = hexToBytes(`0x${code}`);
  const initcode = concatBytes(Uint8Array.of(0x60, runtime.length, 0x80, 0x60, 10, 0x3d, 0x39, 0x5f, 0xf3, 0), runtime);
  const hash = await wallet().sendTransaction({ data: `0x${Buffer.from(initcode).toString("hex")}` });
  return (await l2().waitForTransactionReceipt({ hash })).contractAddress as Hex;
}

test("a transfer: balances, nonces, receipt, transaction and block agree", async () => {
  const to = privateKeyToAccount(`0x${"77".repeat(32)}`).address;
  const before = await l2().getBalance({ address: richAccount(0).address });
  const nonce = await l2().getTransactionCount({ address: richAccount(0).address });
  const value = parseEther("1");
  const hash = await wallet().sendTransaction({ to, value });
  const receipt = await l2().waitForTransactionReceipt({ hash });
  const transaction = await l2().getTransaction({ hash });
  const block = await l2().getBlock({ blockHash: receipt.blockHash, includeTransactions: true });
  assert.equal(receipt.status, "success");
  assert.equal(receipt.gasUsed, 21_000n);
  assert.equal(await l2().getBalance({ address: to }), value);
  const fee = receipt.gasUsed * receipt.effectiveGasPrice;
  assert.equal(await l2().getBalance({ address: richAccount(0).address }), before - value - fee);
  assert.equal(await l2().getTransactionCount({ address: richAccount(0).address }), nonce + 1);
  assert.equal(transaction.from.toLowerCase(), richAccount(0).address.toLowerCase());
  assert.equal(transaction.value, value);
  assert.equal(block.transactions[0]?.hash, hash);
  assert.equal(block.number, await l2().getBlockNumber());
  const parent = await l2().getBlock({ blockNumber: block.number - 1n });
  assert.equal(block.parentHash, parent.hash);
  // The past can still be asked for.
  assert.equal(await l2().getBalance({ address: to, blockNumber: parent.number }), 0n);
});

test("transactions of types 0, 1 and 2 are taken, and come back as what they were", async () => {
  const to = richAccount(1).address;
  const gasPrice = 10n ** 9n;
  for (const [type, fields] of [
    ["legacy", { gasPrice }],
    ["eip2930", { gasPrice, accessList: [{ address: to, storageKeys: [`0x${"01".repeat(32)}` as Hex] }] }],
    ["eip1559", { maxFeePerGas: 2n * gasPrice, maxPriorityFeePerGas: 3n }],
  ] as const) {
    const hash = await wallet().sendTransaction({ to, value: 1n, type, ...fields } as never);
    const transaction = await l2().getTransaction({ hash });
    assert.equal(transaction.type, type);
    const { effectiveGasPrice } = await l2().getTransactionReceipt({ hash });
    assert.equal(effectiveGasPrice, type === "eip1559" ? gasPrice + 3n : gasPrice);
    if (type === "eip2930") assert.equal(transaction.accessList?.[0]?.storageKeys.length, 1);
  }
});

test("a blob transaction is refused, and says what to send instead", async () => {
  const { error } = await rpc("eth_sendRawTransaction", "0x03c0");
  assert.equal(error?.code, -32000);
  assert.match(error?.message ?? "", /this chain has no blob transactions \(EIP-4844\); send type 2/);
});

test("the node signs for its own accounts, and for no other", async () => {
  const { result } = await rpc("eth_accounts");
  const [from, to] = result as Hex[];
  const sent = await rpc("eth_sendTransaction", { from, to, value: "0x5" });
  const { status } = await l2().waitForTransactionReceipt({ hash: sent.result as Hex });
  assert.equal(status, "success");
  const { error } = await rpc("eth_sendTransaction", { from: `0x${"99".repeat(20)}`, to });
  assert.match(error?.message ?? "", /unknown account 0x9{40}/);
});

test("a revert carries its data; other failures are named", async () => {
  // calldatasize; iszero; jumpi to the end; revert(calldata)
  const to = await deploy("3615600c575f355f5260205ffd5b00");
  const word = `0x${"ab".repeat(32)}`;
  const call = await rpc("eth_call", { to, data: word }, "latest");
  assert.deepEqual(call.error, { code: 3, message: "execution reverted", data: word });
  const estimate = await rpc("eth_estimateGas", { to, data: word });
  assert.equal(estimate.error?.code, 3);
  const invalid = await deploy("fe");
  assert.match((await rpc("eth_call", { to: invalid })).error?.message ?? "", /invalid opcode/);
  const poor = await rpc("eth_call", { from: `0x${"98".repeat(20)}`, to, value: "0x1" });
  assert.match(poor.error?.message ?? "", /insufficient funds/);
});

test("a transaction that reverts is sealed, and its receipt says so", async () => {
  const to = await deploy("5f5ffd");
  const hash = await wallet().sendTransaction({ to, gas: 100_000n });
  assert.equal((await l2().waitForTransactionReceipt({ hash })).status, "reverted");
});

test("an estimate is enough, and little more", async () => {
  // sstore(0, gas()); clears slot 1: the estimate must be for before the refund.
  const to = await deploy("5a5f555f600155");
  const gas = await l2().estimateGas({ account: richAccount(0), to });
  const { status, gasUsed } = await l2().waitForTransactionReceipt({
    hash: await wallet().sendTransaction({ to, gas }),
  });
  assert.equal(status, "success");
  assert.ok(gas < (gasUsed * 3n) / 2n, `${gas} for ${gasUsed}`);
});

test("code and storage are what the contract says", async () => {
  const to = await deploy("602a5f55");
  await wallet().sendTransaction({ to });
  assert.equal(await l2().getCode({ address: to }), "0x602a5f55");
  assert.equal(await l2().getStorageAt({ address: to, slot: "0x0" }), `0x${"2a".padStart(64, "0")}`);
});

test("logs are found by block, address and topics", async () => {
  // log1(0, calldatasize of nothing, topic = calldata word), twice with topics t and 7
  const to = await deploy("5f355f5fa160075f5fa1");
  const first = await l2().getBlockNumber();
  const topic = `0x${"0c".padStart(64, "0")}`;
  const seven = `0x${"07".padStart(64, "0")}`;
  const hash = await wallet().sendTransaction({ to, data: topic as Hex });
  const { logs, blockHash } = await l2().waitForTransactionReceipt({ hash });
  assert.deepEqual(
    logs.map((log) => log.logIndex),
    [0, 1],
  );
  const found = async (filter: object) =>
    ((await rpc("eth_getLogs", filter)).result as { topics: Hex[] }[]).map((l) => l.topics[0]);
  const fromBlock = `0x${first.toString(16)}`;
  assert.deepEqual(await found({ fromBlock, address: to }), [topic, seven]);
  assert.deepEqual(await found({ fromBlock, address: [to, richAccount(0).address], topics: [seven] }), [seven]);
  assert.deepEqual(await found({ fromBlock, topics: [[topic, seven]] }), [topic, seven]);
  assert.deepEqual(await found({ fromBlock, topics: [null, topic] }), []);
  assert.deepEqual(await found({ blockHash }), [topic, seven]);
  assert.deepEqual(await found({ fromBlock, toBlock: "0xffffff", address: richAccount(1).address }), []);
});

test("ethers can use the chain too: send, wait, and look back", async () => {
  const provider = new JsonRpcProvider(devnet.url, CHAIN_ID, { polling: true, pollingInterval: 20, cacheTimeout: -1 });
  try {
    const signer = await provider.getSigner(1);
    const sent = await signer.sendTransaction({ to: richAccount(2).address, value: 7n });
    const receipt = await sent.wait();
    assert.equal(receipt?.status, 1);
    const block = await provider.getBlock(receipt!.blockNumber, true);
    assert.equal(block?.prefetchedTransactions[0]?.hash, sent.hash);
    const fees = await provider.getFeeData();
    assert.ok(fees.maxFeePerGas! >= block!.baseFeePerGas!);
  } finally {
    provider.destroy();
  }
});

test("fees: one price, told in every way that is asked for", async () => {
  const history = await l2().getFeeHistory({ blockCount: 3, rewardPercentiles: [10, 50] });
  assert.equal(history.baseFeePerGas.length, history.gasUsedRatio.length + 1);
  assert.deepEqual(history.reward?.[0], [0n, 0n]);
  assert.equal(await l2().getGasPrice(), history.baseFeePerGas[0]);
  assert.deepEqual((await rpc("eth_feeHistory", "0xfff", "latest")).error, undefined);
});

test("time passes when told to; snapshots bring back what was", async () => {
  const { timestamp } = await l2().getBlock();
  await rpc("evm_increaseTime", 1_000);
  await rpc("evm_mine");
  const later = await l2().getBlock();
  assert.ok(later.timestamp >= timestamp + 1_000n);
  const { result: snapshot } = await rpc("evm_snapshot");
  const balance = await l2().getBalance({ address: richAccount(5).address });
  await wallet(4).sendTransaction({ to: richAccount(5).address, value: 1n });
  assert.deepEqual(await rpc("evm_revert", snapshot), { jsonrpc: "2.0", id: 1, result: true });
  assert.equal(await l2().getBalance({ address: richAccount(5).address }), balance);
});

test("the genesis and the batches that are told lead to the state that is told", async () => {
  const told = parseGenesis(JSON.stringify((await rpc("elench_genesis")).result));
  const batches = (await rpc("elench_batches")).result as Hex[];
  const { state, first } = await createWorld(told);
  let last = first;
  for (const batch of batches)
    last = (await runReferenceBatch(batchInput(ordinary(told.chainId), last, hexToBytes(batch)), { state })).next;
  const { latest } = devnet.chain;
  assert.equal(last.number, latest.number);
  assert.deepEqual(last.stateRoot, latest.stateRoot);
  assert.deepEqual(outputOf(last), outputOf(devnet.chain.chain.before(Number(latest.number))));

  // And from a block on, as whoever has put the ones before it on L1 wants them.
  const [rest, ...others] = (await rpc("elench_batches", toHex(latest.number))).result as Hex[];
  assert.deepEqual(others, []);
  const before = devnet.chain.chain.before(Number(latest.number) - 1);
  const input = batchInput(ordinary(told.chainId), before, hexToBytes(rest as Hex));
  assert.deepEqual((await runReferenceBatch(input, { state })).output, outputOf(last));
});

test("errors have the codes of JSON-RPC", async () => {
  const code = async (method: string, ...params: unknown[]) => (await rpc(method, ...params)).error?.code;
  assert.equal(await code("eth_nonsense"), -32601);
  assert.equal(await code("toString"), -32601);
  assert.equal(await code("eth_getBalance", "0x12"), -32602);
  assert.equal(await code("eth_getBalance"), -32602);
  assert.equal(await code("eth_getBlockByNumber", "newest"), -32602);
  assert.equal(await code("eth_getBlockByNumber", "latest", "yes"), -32602);
  assert.equal(await code("eth_sendRawTransaction", "0x1"), -32602);
  assert.equal(await code("eth_call", []), -32602);
  assert.equal(await code("eth_getBalance", richAccount(0).address, "0xffffff"), -32000);
  assert.equal(((await post("{")) as Answer).error?.code, -32700);
  assert.equal(((await post("[]")) as Answer).error?.code, -32600);
  assert.equal(((await post("7")) as Answer).error?.code, -32600);
  assert.equal((await rpc("eth_getBlockByNumber", "0xffffff")).result, null);
  assert.equal((await rpc("eth_getTransactionReceipt", `0x${"12".repeat(32)}`)).result, null);
});

test("requests come in batches, from browsers of any origin, and as notifications", async () => {
  const one = (id: number) => ({ jsonrpc: "2.0", id, method: "eth_chainId", params: [] });
  const answers = (await post(JSON.stringify([one(1), { jsonrpc: "2.0", method: "eth_chainId" }, one(2)]))) as {
    id: number;
  }[];
  assert.deepEqual(
    answers.map(({ id }) => id),
    [1, 2],
  );
  assert.equal(await post(JSON.stringify({ jsonrpc: "2.0", method: "eth_chainId" })), undefined);
  const preflight = await fetch(devnet.url, { method: "OPTIONS" });
  assert.equal(preflight.headers.get("access-control-allow-origin"), "*");
  assert.equal((await fetch(devnet.url)).status, 405);
});

test("a block time makes blocks of what waits, and shows it as pending till then", async () => {
  const slow = await startDevnet({ genesis, models: noModels, port: 0, blockTime: 3_600 });
  try {
    const client = createWalletClient({
      chain: chain(),
      transport: http(slow.url),
      account: privateKeyToAccount(privateKeyOf(richAccount(0))),
    });
    const reader = createPublicClient({ chain: chain(), transport: http(slow.url), cacheTime: 0 });
    const hash = await client.sendTransaction({ to: richAccount(1).address, value: 1n, gas: 21_000n });
    assert.equal((await reader.getTransaction({ hash })).blockNumber, null);
    const address = richAccount(0).address;
    assert.equal(await reader.getTransactionCount({ address, blockTag: "pending" }), 1);
    assert.equal(await reader.getTransactionCount({ address }), 0);
    await reader.request({ method: "evm_mine" } as never);
    assert.equal((await reader.getTransactionReceipt({ hash })).blockNumber, 1n);
  } finally {
    await slow.stop();
  }
});
