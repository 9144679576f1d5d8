/** The library by which contracts call models: right answers, and failures that cost little, whatever is asked and with whatever gas. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { batchInput, contextOf, outputOf } from "@elench/evm/batch/claim";
import { ordinary } from "@elench/evm/batch/record";
import { createWorld } from "@elench/evm/chain/genesis";
import type { DirectoryEntry } from "@elench/evm/inference/directory";
import { sessionModels } from "@elench/evm/inference/models";
import { runReferenceBatch } from "@elench/evm/reference/batch";
import { hashPair } from "@elench/merkle/tree";
import { type Devnet, startDevnet } from "@elench/rollup/devnet";
import { toBatches } from "@elench/rollup/devnet/batches";
import { devAccounts, richAccount } from "@elench/rollup/genesis/dev-accounts";
import { makeGenesis } from "@elench/rollup/genesis/make";
import { openBackend } from "@elench/tensor/engine/backend";
import { Session } from "@elench/tensor/engine/session";
import { loadModel } from "@elench/tensor/load";
import { hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import {
  type Abi,
  type Address,
  createPublicClient,
  createWalletClient,
  decodeErrorResult,
  decodeFunctionResult,
  defineChain,
  encodeFunctionData,
  type Hex,
  http,
  toHex,
} from "viem";
import { directoryCode } from "../../cli/input/directory-code.ts";
import { runBatch } from "../../evm/machine/run.ts";
import { seededRandom } from "../../evm/trie/fixtures/random.ts";
import { hostOf } from "../../prover/host.ts";
import { type Outcome, simulate } from "../../rollup/devnet/simulate.ts";
import { build } from "../contracts/build.ts";
import { tinyInput, tinyModel } from "../e2e/tiny-model.ts";

/** Dear, so that it would show if it were lost. */
const PRICE = 2_000_000n;
const INPUT_BYTES = 32;
const OUTPUT_BYTES = 24;

const backend = openBackend();
const tiny = tinyModel(2, 4, 3);
const loaded = loadModel(tiny.onnx, backend);
const input = tinyInput(tiny, 1);
/** In the directory, and with nobody to run it. */
const LOST: Hex = `0x${"22".repeat(32)}`;
/** In the directory with a level that no game has. */
const UNPROVABLE: Hex = `0x${"33".repeat(32)}`;

let devnet: Devnet;
let harness: { address: Address; abi: Abi };
let directory: Abi;

const chainOf = (url: string) =>
  defineChain({
    id: 77,
    name: "L2",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
const l2 = () =>
  createPublicClient({ chain: chainOf(devnet.url), transport: http(devnet.url, { retryCount: 0 }), cacheTime: 0 });
const wallet = () =>
  createWalletClient({
    chain: chainOf(devnet.url),
    transport: http(devnet.url, { retryCount: 0 }),
    account: richAccount(0),
  });

before(async () => {
  const contracts = build(["contracts/test/AILibHarness.sol", "contracts/l2/ModelDirectory.sol"]);
  const { abi, creation } = contracts.get("AILibHarness")!;
  directory = contracts.get("ModelDirectory")!.abi;
  const plan = { chainId: 77n, accounts: devAccounts(), models: [loaded], directoryCode: directoryCode() };
  const genesis = makeGenesis(plan);
  const entry: DirectoryEntry = { ...genesis.models.get(loaded.id)!, price: PRICE };
  const models = new Map([
    [loaded.id as Hex, entry],
    [LOST, entry],
    [UNPROVABLE, { ...entry, level: 0 }],
  ]);
  devnet = await startDevnet({
    genesis: { ...genesis, models },
    models: sessionModels((id) => (toHex(id) === loaded.id ? loaded.model : undefined), backend),
    port: 0,
  });
  const hash = await wallet().deployContract({ abi, bytecode: toHex(creation) });
  const { contractAddress } = await l2().waitForTransactionReceipt({ hash });
  harness = { address: contractAddress as Address, abi };
});

after(() => devnet.stop());

type Ask = readonly [model: Hex, input: Hex, outputSize: bigint];
const right: Ask = [loaded.id, toHex(input), BigInt(OUTPUT_BYTES)];

const ask = (functionName: "inference" | "tryInference", args: Ask, gas: bigint): Promise<Outcome> => {
  const data = hexToBytes(encodeFunctionData({ abi: harness.abi, functionName, args }) as PrefixedHexString);
  const call = {
    from: BigInt(richAccount(0).address),
    to: BigInt(harness.address),
    gas: null,
    value: 0n,
    data,
    accessList: [],
  };
  return simulate(devnet.chain, devnet.chain.latest, call, gas);
};

const tried = ({ data }: Outcome): { success: boolean; output: Hex } => {
  const [success, output] = decodeFunctionResult({
    abi: harness.abi,
    functionName: "tryInference",
    data: toHex(data),
  }) as [boolean, Hex];
  return { success, output };
};

const errorOf = ({ data }: Outcome) => {
  const { errorName, args } = decodeErrorResult({ abi: harness.abi, data: toHex(data) });
  return [errorName, ...(args ?? [])];
};

const AMPLE = 10_000_000n;

test("a contract has the bytes that the engine gives, for the price and a look into the directory", async () => {
  const [expected] = new Session(loaded.model, backend).run([input]);
  const output = await l2().readContract({ ...harness, functionName: "inference", args: right });
  assert.equal(output, toHex(expected!));
  const args = right;
  const [first, second] = (await l2().readContract({ ...harness, functionName: "costs", args })) as [bigint, bigint];
  assert.ok(first - PRICE < 7_000n, `${first - PRICE} gas besides the price`);
  assert.ok(second - PRICE < 2_500n, `${second - PRICE} gas besides the price, the second time`);
});

const failures: readonly [what: string, ask: Ask, error: readonly unknown[]][] = [
  ["an unknown model", [`0x${"44".repeat(32)}`, right[1], right[2]], ["UnknownModel", `0x${"44".repeat(32)}`]],
  ["a model that no game could be about", [UNPROVABLE, right[1], right[2]], ["UnknownModel", UNPROVABLE]],
  ["a byte too few", [loaded.id, toHex(input.slice(1)), right[2]], ["WrongInputSize", loaded.id, 31n, 32n]],
  ["a byte too many", [loaded.id, `${right[1]}00`, right[2]], ["WrongInputSize", loaded.id, 33n, 32n]],
  ["no input", [loaded.id, "0x", right[2]], ["WrongInputSize", loaded.id, 0n, 32n]],
  ["another output size", [loaded.id, right[1], 25n], ["WrongOutputSize", loaded.id, 25n, 24n]],
  [
    "the largest output size",
    [loaded.id, right[1], 2n ** 256n - 1n],
    ["WrongOutputSize", loaded.id, 2n ** 256n - 1n, 24n],
  ],
];
for (const [what, wrong, error] of failures) {
  test(`${what} is told by name, or by false, and costs a look into the directory`, async () => {
    const reverted = await ask("inference", wrong, AMPLE);
    assert.equal(reverted.failure, "revert");
    assert.deepEqual(errorOf(reverted), error);
    const told = await ask("tryInference", wrong, AMPLE);
    assert.deepEqual(tried(told), { success: false, output: "0x" });
    for (const { gasUsed } of [reverted, told]) assert.ok(gasUsed < 35_000n, `${gasUsed} gas`);
  });
}

test("whatever gas a call is given, the price is paid for an answer only", async () => {
  const random = seededRandom(11);
  const enough = PRICE + 100_000n;
  const seen = { answered: 0, refused: 0, starved: 0 };
  const around = Array.from({ length: 20 }, (_, i) => (PRICE * 64n) / 63n + 20_000n + 1_000n * BigInt(i));
  const anywhere = Array.from({ length: 20 }, () => 25_000n + BigInt(random(Number(enough))));
  for (const gas of [...around, ...anywhere, enough]) {
    const outcome = await ask("tryInference", right, gas);
    if (outcome.failure !== null) {
      // Too little for the library itself.
      assert.ok(gas < 60_000n, `${outcome.failure} with ${gas}`);
      seen.starved++;
      continue;
    }
    const { success } = tried(outcome);
    seen[success ? "answered" : "refused"]++;
    if (!success) assert.ok(outcome.gasUsed < 35_000n, `${outcome.gasUsed} of ${gas} gas, and no answer`);
    const strict = await ask("inference", right, gas);
    if (!success) assert.deepEqual([strict.failure, errorOf(strict)[0]], ["revert", "TooLittleGas"]);
    else assert.equal(strict.failure, null, `with ${gas}`);
  }
  assert.ok(seen.answered > 5 && seen.refused > 5, JSON.stringify(seen));
});

test("what is estimated for a transaction is enough for its inference", async () => {
  const call = { ...harness, functionName: "count", args: right, account: richAccount(0) } as const;
  const gas = await l2().estimateContractGas(call);
  const hash = await wallet().writeContract({ ...call, gas });
  assert.equal((await l2().waitForTransactionReceipt({ hash })).status, "success");
});

test("the directory tells what a model takes, gives and costs", async () => {
  const at = { address: "0x000000000000000000000000000000000000a101", abi: directory } as const;
  const { level, tableDepth, inputBytes, outputBytes } = devnet.chain.chain.genesis.models.get(loaded.id)!;
  assert.deepEqual(await l2().readContract({ ...at, functionName: "modelOf", args: [loaded.id] }), [
    level,
    tableDepth,
    inputBytes,
    outputBytes,
    PRICE,
  ]);
  assert.deepEqual([inputBytes, outputBytes], [INPUT_BYTES, OUTPUT_BYTES]);
  const exists = (model: Hex) => l2().readContract({ ...at, functionName: "exists", args: [model] });
  assert.deepEqual(await Promise.all([exists(loaded.id), exists(UNPROVABLE), exists(`0x${"44".repeat(32)}`)]), [
    true,
    false,
    false,
  ]);
});

test("a model that the node does not have stops the transaction, and not the chain", async () => {
  const { latest } = devnet.chain;
  const lost = { ...harness, functionName: "count", args: [LOST, right[1], right[2]], gas: 3_000_000n } as const;
  await assert.rejects(wallet().writeContract(lost), /which this node does not have/);
  assert.equal(devnet.chain.latest, latest);
  const hash = await wallet().sendTransaction({ to: richAccount(1).address, value: 1n });
  assert.equal((await l2().waitForTransactionReceipt({ hash })).status, "success");
});

test("the chain's blocks, as a batch, come to the same natively and step by step, with their inferences", async () => {
  const { chain, latest, blocks } = devnet.chain;
  const { genesis, models } = chain;
  const [bytes, ...more] = toBatches(blocks, { ...genesis, maxBytes: 2 ** 27 });
  assert.equal(more.length, 0);
  const { state, first } = await createWorld(genesis);
  const batch = batchInput(ordinary(genesis.chainId), first, bytes!);
  const { output, transactions } = await runReferenceBatch(batch, { state, models: models! });
  assert.deepEqual(output, outputOf(chain.before(Number(latest.number))));
  assert.ok(
    transactions.some(({ receipt }) => receipt && receipt.gasUsed > PRICE),
    "a model was run in one of them",
  );

  let asked = 0;
  const infer = (modelId: Uint8Array, data: Uint8Array): Uint8Array => {
    asked++;
    return models!.infer(modelId, data);
  };
  const host = hostOf({ state, models: { infer } });
  assert.deepEqual(runBatch(host, batch).hash(), hashPair(contextOf(batch), output));
  assert.ok(asked > 0);
});

test("the largest of the scores is found, among numbers of every sign and size, infinities and zeros", async () => {
  const random = seededRandom(5);
  const special = [0, -0, 1, -1, 1e-45, -1e-45, 3.4e38, -3.4e38, Infinity, -Infinity];
  for (let i = 0; i < 30; i++) {
    const scores = Float32Array.from({ length: 1 + random(12) }, () =>
      random(3) === 0 ? special[random(special.length)]! : (random(2_000) - 1_000) / 7,
    );
    const [value] = [...scores].sort((a, b) => b - a || +Object.is(a, -0) - +Object.is(b, -0));
    const expected = scores.findIndex((score) => Object.is(score, value));
    const args = [toHex(new Uint8Array(scores.buffer))];
    assert.equal(
      await l2().readContract({ ...harness, functionName: "argmax", args }),
      BigInt(expected),
      String(scores),
    );
  }
});
