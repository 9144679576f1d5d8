/** What a dapp developer does: start a chain with a model, deploy a contract that calls it, and send it pictures. Every party is a process. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { readTensorFile } from "@elench/tensor/onnx/tensor-file";
import {
  type Abi,
  type Address,
  type BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  defineChain,
  type Hex,
  http,
  toHex,
} from "viem";
import { type Elench, elench, startElench } from "../../demo/processes.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const MODEL = `${root}models/digits.onnx`;
const IMAGE = { dtype: "f32", shape: [1, 1, 28, 28] } as const;
const UNIT_PRICE = 10n ** 12n;

const artifact = createRequire(import.meta.url)(
  "../../artifacts/contracts/examples/MeterReader.sol/MeterReader.json",
) as { abi: Abi; bytecode: Hex };

const digitFile = (digit: number): string => `${root}models/digits/${digit}.npy`;
const picture = (digit: number): Hex => toHex(readTensorFile(digitFile(digit), readFileSync(digitFile(digit)), IMAGE));

let process: Elench;
let url = "";
let modelId: Hex;

before(async () => {
  const started = new Promise<string>((resolve) => {
    process = startElench(["chain", "--model", MODEL, "--port", "0"], {}, (event) => {
      if (event.kind === "started") resolve(event.url as string);
    });
  });
  modelId = (await elench(["model", "id", MODEL], {})).id as Hex;
  url = await started;
});

after(() => process.stop());

const account = richAccount(0);
const clients = () => {
  const chain = defineChain({
    id: 901,
    name: "L2",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [url] } },
  });
  const options = { chain, transport: http(url), pollingInterval: 20, cacheTime: 0 };
  return { l2: createPublicClient(options), wallet: createWalletClient({ ...options, account }) };
};

async function deployMeter(model = modelId): Promise<Address> {
  const { l2, wallet } = clients();
  const { abi, bytecode } = artifact;
  const hash = await wallet.deployContract({ abi, bytecode, args: [model, UNIT_PRICE] });
  return (await l2.waitForTransactionReceipt({ hash })).contractAddress as Address;
}

/** The digit that the model sees in a picture, by the command line. */
async function inferredDigit(digit: number): Promise<number> {
  const { outputs } = await elench(["infer", MODEL, "--input", digitFile(digit)], {});
  const { data } = (outputs as Record<string, { data: string }>).scores as { data: string };
  const scores = new Float32Array(new Uint8Array(Buffer.from(data, "base64")).buffer);
  return scores.indexOf(Math.max(...scores));
}

const revertOf = async (work: Promise<unknown>): Promise<{ errorName: string; args: readonly unknown[] }> => {
  const error = await work.then(
    () => assert.fail("it did not revert"),
    (caught: unknown) => caught as BaseError,
  );
  const revert = error.walk((e) => e instanceof ContractFunctionRevertedError) as ContractFunctionRevertedError | null;
  assert.ok(revert?.data, error.message);
  return { errorName: revert.data.errorName, args: revert.data.args ?? [] };
};

test("a meter is read from pictures, and paid for, in one transaction", async () => {
  const { l2, wallet } = clients();
  const meter = { address: await deployMeter(), abi: artifact.abi } as const;
  const digits = [3, 0, 7];
  const seen = await Promise.all(digits.map(inferredDigit));
  const expected = BigInt(seen.join(""));
  const pictures = digits.map(picture);

  const quoted = await l2.readContract({ ...meter, functionName: "quote", args: [account.address, pictures] });
  assert.deepEqual(quoted, [expected, expected * UNIT_PRICE]);

  const hash = await wallet.writeContract({
    ...meter,
    functionName: "report",
    args: [pictures],
    value: expected * UNIT_PRICE,
  });
  const receipt = await l2.waitForTransactionReceipt({ hash });
  assert.equal(receipt.status, "success");
  assert.equal(await l2.readContract({ ...meter, functionName: "lastReading", args: [account.address] }), expected);
  assert.equal(await l2.getBalance({ address: meter.address }), expected * UNIT_PRICE);
  const [event] = await l2.getContractEvents({ ...meter, eventName: "Reported", fromBlock: 0n });
  assert.deepEqual(event?.args, { customer: account.address, reading: expected, paid: expected * UNIT_PRICE });

  const backwards = l2.readContract({ ...meter, functionName: "quote", args: [account.address, [picture(1)]] });
  assert.deepEqual(await revertOf(backwards), { errorName: "MeterRanBackwards", args: [1n, expected] });
});

test("a wrong payment is refused after the pictures were read, and names what is due", async () => {
  const { l2 } = clients();
  const meter = { address: await deployMeter(), abi: artifact.abi } as const;
  const wrong = l2.simulateContract({ ...meter, account, functionName: "report", args: [[picture(2)]], value: 1n });
  assert.deepEqual(await revertOf(wrong), { errorName: "WrongPayment", args: [1n, 2n * UNIT_PRICE] });
});

test("a model that the chain does not have fails cleanly: the library's error, and most of the gas left", async () => {
  const { l2, wallet } = clients();
  const unknown: Hex = `0x${"5a".repeat(32)}`;
  const meter = { address: await deployMeter(unknown), abi: artifact.abi } as const;
  const call = { ...meter, functionName: "report", args: [[picture(2)]] } as const;
  assert.deepEqual(await revertOf(l2.simulateContract({ ...call, account })), {
    errorName: "UnknownModel",
    args: [unknown],
  });
  const hash = await wallet.writeContract({ ...call, gas: 5_000_000n });
  const receipt = await l2.waitForTransactionReceipt({ hash });
  assert.equal(receipt.status, "reverted");
  assert.ok(receipt.gasUsed < 200_000n, `used ${receipt.gasUsed}`);
});

test("a picture of the wrong size fails cleanly, and names both sizes", async () => {
  const { l2 } = clients();
  const meter = { address: await deployMeter(), abi: artifact.abi } as const;
  const short: Hex = `0x${"00".repeat(3_135)}`;
  const quote = l2.readContract({ ...meter, functionName: "quote", args: [account.address, [short]] });
  assert.deepEqual(await revertOf(quote), { errorName: "WrongInputSize", args: [modelId, 3_135n, 3_136n] });
});
