/** `deploy` puts an L2 chain on L1 beside what serves inferences, where a genesis is given. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { inboxAbi } from "@elench/contracts/abi/inbox";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import type { UserError } from "@elench/errors/user-error";
import { configHash, configOf } from "@elench/evm/batch/record";
import { genesisOutput, parseGenesis } from "@elench/evm/chain/genesis";
import { type Artifact, hardhatArtifacts } from "@elench/prover/verifier";
import { privateKeyOf, richAccount } from "@elench/rollup/genesis/dev-accounts";
import { type Abi, type Address, bytesToHex, type Hex, numberToHex, parseAbi } from "viem";
import { elench } from "../demo/processes.ts";
import { creationGas } from "./cost.ts";
import { readDeployment } from "./deployment.ts";
import { createdBy, journalFolder, sentBy } from "./journal.ts";
import { type LocalChain, startLocalChain } from "./local-chain.ts";

const GENESIS = JSON.stringify({
  config: { chainId: 4242 },
  alloc: { [`0x${"aa".repeat(20)}`]: { balance: "1000" } },
  elench: {},
});
const CLI = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
const artifact = hardhatArtifacts(fileURLToPath(new URL("../artifacts", import.meta.url))) as (
  name: string,
) => Artifact & { bytecode: Hex; deployedBytecode: Hex };
/** The tensor machine in three contracts, the registry in two, the game, the oracle. */
const CONTRACTS = 7;
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
  rmSync(journalFolder(await deploymentOn(chain)), { recursive: true, force: true });
  await chain.stop();
  rmSync(folder, { recursive: true, force: true });
});

const deploymentOn = async (on: LocalChain): Promise<string> =>
  `chain-31337-${await beginning(on)}-${new URL(on.url).port}`;

const run = async (name: string, parameters: string, genesis?: string) => {
  const { deploy } = await import("./deploy.ts");
  const out = file(name);
  const options = { network: "localhost", parameters: file(parameters), out, progress: () => undefined };
  return (await deploy({ ...options, ...(genesis && { genesis: file(genesis) }) })).deployment;
};

/** Transactions that the deployer has sent. */
const paidFor = () => chain.client.getTransactionCount({ address: richAccount(0).address });

test("what L1 refused and nobody paid for is begun again with other parameters", async () => {
  const { openNetwork } = await import("./network.ts");
  const { elenchModule } = await import("./modules/Elench.ts");
  const { connection, deploymentId } = await openNetwork("localhost");
  const parameters = { ...JSON.parse(readFileSync(file("own.json"), "utf8")), maxClock: 0 };
  const first = connection.ignition.deploy(elenchModule(false), {
    deploymentId,
    displayUi: false,
    parameters: { Elench: parameters },
  });
  await assert.rejects(first, /maxClock: 1 to/);
  await connection.close();
  const paid = await paidFor();
  assert.ok(paid > 0, "other contracts were created before");

  const { disputeGame } = await run("corrected.json", "own.json");
  assert.ok(await chain.client.getCode({ address: disputeGame }));
  assert.equal(await paidFor(), CONTRACTS, "no contract is paid for twice");
});

test("the rollup follows where only inferences were served, and its contracts know the genesis", async () => {
  const inference = await run("first.json", "own.json");
  assert.equal(inference.rollup, undefined);

  const deployment = await run("second.json", "own.json", "genesis.json");
  const { rollup, ...same } = deployment;
  assert.deepEqual(same, inference, "what was there is used");
  assert.ok(rollup);
  assert.deepEqual(readDeployment(deployment.chainId, file("second.json")), deployment);
  assert.equal(readFileSync(rollup.genesis, "utf8"), GENESIS);
  assert.equal(rollup.genesis, file("second.genesis.json"));

  const read = <
    const Name extends "game" | "inbox" | "chainId" | "genesisOutput" | "guardian" | "upgrader" | "finalityDelay",
  >(
    functionName: Name,
  ) => chain.client.readContract({ address: rollup.outputs, abi: outputsAbi, functionName });
  assert.equal(await read("game"), deployment.disputeGame);
  const outputs = { address: rollup.outputs, abi: outputsAbi } as const;
  const [machine] = await chain.client.readContract({ ...outputs, functionName: "machineOf", args: [0n] });
  assert.equal(machine, rollup.spanVerifier);
  assert.equal(await read("inbox"), rollup.inbox);
  assert.equal(await read("chainId"), 4242n);
  assert.equal(await read("upgrader"), rollup.timelock);
  assert.equal(await read("genesisOutput"), bytesToHex(await genesisOutput(parseGenesis(GENESIS))));
  assert.equal(await read("guardian"), richAccount(1).address);
  assert.equal(await read("finalityDelay"), 77n);
  const sequencer = { address: rollup.inbox, abi: inboxAbi, functionName: "sequencer" } as const;
  assert.equal(await chain.client.readContract(sequencer), SEQUENCER);
  const config = await chain.client.readContract({ address: rollup.inbox, abi: inboxAbi, functionName: "config" });
  assert.equal(config, bytesToHex(configHash(configOf(4242n))));
});

const text = (name: string): string => readFileSync(file(name), "utf8");

test("a repeated deployment changes nothing: the record's block stays the first contract's, and the rollup stays", async () => {
  const [record, paid] = [text("second.json"), await paidFor()];
  await chain.client.mine({ blocks: 50 });
  await run("second.json", "own.json", "genesis.json");
  assert.equal(text("second.json"), record);
  await run("second.json", "own.json");
  assert.equal(text("second.json"), record, "without --genesis too");
  assert.equal(await paidFor(), paid);

  const { block, disputeGame } = readDeployment(31337, file("second.json"));
  const codeAt = (blockNumber: number) =>
    chain.client.getCode({ address: disputeGame, blockNumber: BigInt(blockNumber) });
  assert.equal(await codeAt(block - 1), undefined);
  const receipts = await chain.client.request({
    method: "eth_getBlockReceipts",
    params: [numberToHex(block)],
  } as never);
  const created = (receipts as unknown as { contractAddress: Hex | null }[]).filter(
    ({ contractAddress }) => contractAddress,
  );
  assert.ok(created.length > 0, "a contract was created in that block");
});

test("a record is not replaced by one that says less, nor by another deployment's", async () => {
  const paid = await paidFor();
  await assert.rejects(
    run("third.json", "own.json"),
    /has an L2 chain, but .*third\.json does not record it.*--genesis/,
  );
  const other = JSON.stringify({
    ...JSON.parse(text("second.json")),
    disputeGame: JSON.parse(text("second.json")).inferenceOracle,
  });
  writeFileSync(file("other.json"), other);
  await assert.rejects(
    run("other.json", "own.json", "genesis.json"),
    /other\.json records another deployment.*--out FILE/,
  );
  assert.equal(text("other.json"), other);
  writeFileSync(file("elsewhere.json"), JSON.stringify({ ...JSON.parse(text("second.json")), chainId: 5 }));
  await assert.rejects(run("elsewhere.json", "own.json"), /records chain 5/);
  await assert.rejects(run("none/record.json", "own.json"), /cannot write .*no such file or folder/);
  assert.equal(await paidFor(), paid, "nothing was paid for");
});

test("other parameters than the deployment was begun with are refused, with the way on", async () => {
  await assert.rejects(run("second.json", "plain.json", "genesis.json"), (error: UserError) => {
    assert.match(error.message, /begun with other parameters.*use the first ones.*remove .*deployments\/chain-31337/);
    return error.exitCode === 2;
  });
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

test("a deployment that was killed goes on where it stopped, and pays for no contract twice", {
  timeout: 180_000,
}, async () => {
  const slow = await startLocalChain({ args: ["--block-time", "0.2", "--chain-id", "31338"] });
  const id = `chain-31338-${await beginning(slow)}`;
  const args = ["deploy", "--network", "l1", "--parameters", file("plain.json"), "--out", file("killed.json")];
  const payer = richAccount(5);
  const env = { ELENCH_L1_URL: slow.url, ELENCH_KEY: privateKeyOf(payer) };
  try {
    const killed = spawn(process.execPath, [CLI, ...args], { env: { ...process.env, ...env }, stdio: "ignore" });
    while (sentBy(id, 0).size === 0) await sleep(20);
    killed.kill("SIGKILL");
    const { disputeGame, block } = await elench(args, env);
    assert.ok(await slow.client.getCode({ address: disputeGame as Address }));
    assert.equal(await slow.client.getTransactionCount({ address: payer.address }), CONTRACTS);
    const before = { address: payer.address, blockNumber: BigInt(block as number) - 1n };
    assert.equal(await slow.client.getTransactionCount(before), 0, "the first contract's block");
  } finally {
    rmSync(journalFolder(id), { recursive: true, force: true });
    await slow.stop();
  }
});

/** A block of the chain has one transaction. */
async function gasOfCreation(address: Address): Promise<number> {
  for (let blockNumber = 1n; ; blockNumber++) {
    if (!(await chain.client.getCode({ address, blockNumber }))) continue;
    return Number((await chain.client.getBlock({ blockNumber })).gasUsed);
  }
}

const beginning = async ({ client }: LocalChain): Promise<string> =>
  String((await client.getBlock({ blockNumber: 0n })).hash?.slice(2, 10));

test("what the contracts take is known before they are paid for", async () => {
  for (const [id, { address }] of createdBy(await deploymentOn(chain))) {
    const name = id.slice(id.indexOf("#") + 1);
    const used = await gasOfCreation(address);
    const { bytecode, deployedBytecode } = artifact(name);
    const estimate = Number(creationGas({ bytecode, deployedBytecode }));
    assert.ok(estimate <= used && used < 1.1 * estimate, `${name}: ${estimate} estimated, ${used} used`);
  }
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
    for (const twin of twins) rmSync(journalFolder(await deploymentOn(twin)), { recursive: true, force: true });
    await Promise.all(twins.map((chain) => chain.stop()));
  }
});
