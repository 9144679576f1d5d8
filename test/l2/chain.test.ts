/** `elench genesis` and `elench chain`, as processes: what they print, refuse, and leave behind. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { batchInput } from "@elench/evm/batch/claim";
import { ordinary } from "@elench/evm/batch/record";
import { createWorld, genesisOutput, readGenesisFile } from "@elench/evm/chain/genesis";
import { runReferenceBatch } from "@elench/evm/reference/batch";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { openBackend } from "@elench/tensor/engine/backend";
import { loadModel } from "@elench/tensor/load";
import { bytesToHex } from "@ethereumjs/util";
import { createWalletClient, defineChain, http } from "viem";
import { elench, startElench } from "../../demo/processes.ts";
import { modelEntry } from "../../rollup/genesis/model-entry.ts";
import { tinyModel } from "../e2e/tiny-model.ts";

const CHAIN_ID = 12_345;
const OWNER = richAccount(3);

let folder: string;
const at = (name: string): string => join(folder, name);

before(() => {
  folder = mkdtempSync(join(tmpdir(), "elench-l2-"));
  writeFileSync(at("model.onnx"), tinyModel(2, 4, 3).onnx);
  writeFileSync(at("alloc.json"), JSON.stringify({ [OWNER.address]: { balance: "1000000000000000000" } }));
});
after(() => rmSync(folder, { recursive: true, force: true }));

const writeGenesis = () =>
  elench(
    [
      "genesis",
      "--chain-id",
      String(CHAIN_ID),
      "--model",
      at("model.onnx"),
      "--alloc",
      at("alloc.json"),
      "--out",
      at("genesis.json"),
    ],
    {},
  );

test("elench genesis writes the file, and tells its output and its models", async () => {
  const told = await writeGenesis();
  const genesis = readGenesisFile(at("genesis.json"));
  assert.equal(told.output, bytesToHex(await genesisOutput(genesis)));
  assert.equal(genesis.chainId, BigInt(CHAIN_ID));
  const loaded = loadModel(tinyModel(2, 4, 3).onnx, openBackend());
  assert.deepEqual(genesis.models.get(loaded.id), modelEntry(loaded));
  assert.deepEqual([...genesis.accounts.keys()].includes(OWNER.address.toLowerCase()), true);
});

test("elench chain runs a genesis file, and what it exports leads a node to the same state", async () => {
  await writeGenesis();
  let started: (url: string) => void = () => undefined;
  const url = new Promise<string>((resolve) => {
    started = resolve;
  });
  let world = "";
  const args = ["--genesis", at("genesis.json"), "--model", at("model.onnx"), "--port", "0", "--export", at("export")];
  const chain = startElench(["chain", ...args], {}, (event) => {
    if (event.kind === "started") started(event.url as string);
    if (event.kind === "block") world = event.stateRoot as string;
  });
  try {
    const network = defineChain({
      id: CHAIN_ID,
      name: "L2",
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: [await url] } },
    });
    const wallet = createWalletClient({ chain: network, transport: http(), account: OWNER });
    for (const value of [1n, 2n]) await wallet.sendTransaction({ to: richAccount(4).address, value });
  } finally {
    await chain.stop();
  }
  const files = readdirSync(at("export")).sort();
  assert.deepEqual(files, ["batch-0000.bin", "genesis.json"]);
  const genesis = readGenesisFile(join(at("export"), "genesis.json"));
  const { state, first } = await createWorld(genesis);
  const bytes = new Uint8Array(readFileSync(join(at("export"), "batch-0000.bin")));
  const { next } = await runReferenceBatch(batchInput(ordinary(genesis.chainId), first, bytes), { state });
  assert.equal(next.number, 2n);
  assert.equal(bytesToHex(next.stateRoot), world);
});

for (const [what, args, words] of [
  [
    "a genesis that makes nobody rich",
    () => ["genesis", "--chain-id", "1", "--out", at("none.json")],
    /code 2.*--alloc FILE, or --dev/s,
  ],
  [
    "a chain of a genesis whose model is not there",
    () => ["chain", "--genesis", at("genesis.json"), "--store", at("nothing")],
    /code 3.*of the genesis is missing: give its ONNX file with --model, or add it to/s,
  ],
  ["a genesis file that is none", () => ["chain", "--genesis", at("alloc.json")], /code 2.*alloc\.json is no genesis/s],
] as const) {
  test(`${what} is refused, and what to do is said`, async () => {
    if (what.includes("model")) await writeGenesis();
    await assert.rejects(elench(args(), {}), words);
  });
}
