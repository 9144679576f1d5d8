/** `deploy` puts an L2 chain on L1 beside what serves inferences, where a genesis is given. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Abi, type Address, bytesToHex, type Hex, parseAbi } from "viem";
import { inboxAbi, outputsAbi } from "../challenger/l1/abi.ts";
import { readDeployment } from "../challenger/l1/deployment.ts";
import { elench } from "../demo/processes.ts";
import { genesisOutput, parseGenesis } from "../evm/chain/genesis.ts";
import { type Artifact, hardhatArtifacts } from "../prover/verifier.ts";
import { type LocalChain, richAccount, startLocalChain } from "./local-chain.ts";

const GENESIS = JSON.stringify({
  config: { chainId: 4242 },
  alloc: { [`0x${"aa".repeat(20)}`]: { balance: "1000" } },
  elench: { batchGas: "30000000" },
});
const artifact = hardhatArtifacts(fileURLToPath(new URL("../artifacts/contracts", import.meta.url))) as (
  name: string,
) => Artifact & { deployedBytecode: Hex };
const SEQUENCER = richAccount(3).address;

let chain: LocalChain;
const folder = mkdtempSync(join(tmpdir(), "elench-deploy-"));
const file = (name: string): string => join(folder, name);

before(async () => {
  chain = await startLocalChain();
  process.env.ELENCH_LOCAL_URL = chain.url;
  const parameters = JSON.parse(readFileSync(new URL("parameters/localhost.json", import.meta.url), "utf8"));
  writeFileSync(file("genesis.json"), GENESIS);
  writeFileSync(file("plain.json"), JSON.stringify(parameters));
  writeFileSync(file("own.json"), JSON.stringify({ ...parameters, finalityDelay: 77, sequencer: SEQUENCER }));
});
after(async () => {
  const { hash } = await chain.client.getBlock({ blockNumber: 0n });
  const { port } = new URL(chain.url);
  rmSync(new URL(`deployments/chain-31337-${hash.slice(2, 10)}-${port}`, import.meta.url), {
    recursive: true,
    force: true,
  });
  await chain.stop();
  rmSync(folder, { recursive: true, force: true });
});

const run = async (name: string, parameters: string, genesis?: string) => {
  const { deploy } = await import("./deploy.ts");
  const out = file(name);
  const options = { network: "localhost", parameters: file(parameters), out, progress: () => undefined };
  return (await deploy({ ...options, ...(genesis && { genesis: file(genesis) }) })).deployment;
};

test("the rollup follows where only inferences were served, and its contracts know the genesis", async () => {
  const inference = await run("first.json", "own.json");
  assert.equal(inference.rollup, undefined);

  const deployment = await run("second.json", "own.json", "genesis.json");
  const { rollup, ...same } = deployment;
  assert.deepEqual(same, { ...inference, block: same.block }, "what was there is used");
  assert.ok(rollup);
  assert.deepEqual(readDeployment(deployment.chainId, file("second.json")), deployment);
  assert.equal(readFileSync(rollup.genesis, "utf8"), GENESIS);
  assert.equal(rollup.genesis, file(`${deployment.chainId}.genesis.json`));

  const read = <
    const Name extends
      | "game"
      | "machine"
      | "inbox"
      | "chainId"
      | "batchGas"
      | "genesisOutput"
      | "guardian"
      | "finalityDelay",
  >(
    functionName: Name,
  ) => chain.client.readContract({ address: rollup.outputs, abi: outputsAbi, functionName });
  assert.equal(await read("game"), deployment.disputeGame);
  assert.equal(await read("machine"), rollup.evmVerifier);
  assert.equal(await read("inbox"), rollup.inbox);
  assert.equal(await read("chainId"), 4242n);
  assert.equal(await read("batchGas"), 30_000_000n);
  assert.equal(await read("genesisOutput"), bytesToHex(await genesisOutput(parseGenesis(GENESIS))));
  assert.equal(await read("guardian"), richAccount(1).address);
  assert.equal(await read("finalityDelay"), 77n);
  const sequencer = { address: rollup.inbox, abi: inboxAbi, functionName: "sequencer" } as const;
  assert.equal(await chain.client.readContract(sequencer), SEQUENCER);
});

test("each part of the EVM machine is behind the name that the verifier knows it by", async () => {
  const { rollup } = readDeployment(31337, file("second.json"));
  const [struct] = artifact("EvmVerifier").abi.find((item) => item.type === "constructor")?.inputs ?? [];
  assert.ok(struct && "components" in struct);
  const parts = struct.components.map(({ name }) => name as string);
  assert.equal(parts.length, 15);
  for (const part of parts) {
    const abi = parseAbi([`function ${part}() view returns (address)`]) as Abi;
    const address = (await chain.client.readContract({
      address: rollup?.evmVerifier as Address,
      abi,
      functionName: part,
    })) as Address;
    const code = await chain.client.getCode({ address });
    const { deployedBytecode } = artifact(part.charAt(0).toUpperCase() + part.slice(1));
    // Immutable values are zeros in the artifact.
    assert.equal(code?.length, deployedBytecode.length, part);
    assert.equal(code?.slice(0, 200), deployedBytecode.slice(0, 200), part);
  }
});

test("a record that lacks part of the rollup is refused, and says what is missing", () => {
  const record = JSON.parse(readFileSync(file("second.json"), "utf8"));
  const variants = [
    [{ ...record, rollup: { ...record.rollup, outputs: undefined } }, /gives no address for outputs/],
    [{ ...record, rollup: { ...record.rollup, inbox: "0x12" } }, /gives no address for inbox/],
    [{ ...record, rollup: { ...record.rollup, evmVerifier: "" } }, /gives no address for evmVerifier/],
    [{ ...record, rollup: { ...record.rollup, genesis: undefined } }, /names no genesis file/],
  ] as const;
  for (const [variant, says] of variants) {
    writeFileSync(file("broken.json"), JSON.stringify(variant));
    assert.throws(() => readDeployment(31337, file("broken.json")), says);
  }
});

test("parameters and genesis files that are none are refused before anything is sent", async () => {
  const parameters = JSON.parse(readFileSync(file("plain.json"), "utf8"));
  writeFileSync(file("delay.json"), JSON.stringify({ ...parameters, finalityDelay: "soon" }));
  writeFileSync(file("sequencer.json"), JSON.stringify({ ...parameters, sequencer: "me" }));
  writeFileSync(file("none.json"), "{}");
  const block = await chain.client.getBlockNumber();
  await assert.rejects(run("x.json", "delay.json", "genesis.json"), /finalityDelay must be a whole number/);
  await assert.rejects(run("x.json", "sequencer.json", "genesis.json"), /sequencer must be an address/);
  await assert.rejects(run("x.json", "plain.json", "none.json"), /none\.json is no genesis/);
  assert.equal(await chain.client.getBlockNumber(), block);
});

test("chains that begin alike are deployed to, each for itself", { timeout: 120_000 }, async () => {
  const twins = await Promise.all([0, 1].map(() => startLocalChain({ args: ["--timestamp", "1800000000"] })));
  try {
    for (const [i, { url, client }] of twins.entries()) {
      const out = file(`twin-${i}.json`);
      const { disputeGame } = await elench(["deploy", "--network", "localhost", "--out", out], {
        ELENCH_LOCAL_URL: url,
      });
      assert.ok(await client.getCode({ address: disputeGame as Address }), `chain ${i} has the game`);
    }
    const [a, b] = await Promise.all(twins.map(({ client }) => client.getBlock({ blockNumber: 0n })));
    assert.equal(a?.hash, b?.hash, "they begin with the same block");
  } finally {
    await Promise.all(twins.map((chain) => chain.stop()));
  }
});
