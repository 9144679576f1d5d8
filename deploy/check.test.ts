/** `deploy --check` finds whatever differs between a deployment and what was meant to be deployed. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import { type Address, bytesToHex, getAddress, type Hex, hexToBytes } from "viem";
import { type Artifact, readArtifact } from "./artifacts.ts";
import { splitCode } from "./bytecode.ts";
import type { CheckReport } from "./check.ts";
import type { Deployment } from "./deployment.ts";
import type { Finding } from "./finding.ts";
import { createdBy, journalFolder } from "./journal.ts";
import { type LocalChain, startLocalChain } from "./local-chain.ts";

const PARAMETERS = new URL("parameters/localhost.json", import.meta.url);
const GENESIS = { config: { chainId: 4242 }, alloc: {}, elench: {} };
const SOMEBODY = richAccount(7).address;

let chain: LocalChain;
let deploymentId: string;
const folder = mkdtempSync(join(tmpdir(), "elench-check-"));
const file = (name: string): string => join(folder, name);
const write = (name: string, value: unknown): string => {
  writeFileSync(file(name), JSON.stringify(value));
  return file(name);
};

before(async () => {
  chain = await startLocalChain();
  process.env.ELENCH_LOCAL_URL = chain.url;
  const { deploy } = await import("./deploy.ts");
  const genesis = write("genesis.json", GENESIS);
  const options = { network: "localhost", genesis, out: file("record.json"), progress: () => undefined };
  await deploy(options);
  const { openEndpoint } = await import("./network.ts");
  deploymentId = (await openEndpoint("localhost")).deploymentId;
});
after(async () => {
  rmSync(journalFolder(deploymentId), { recursive: true, force: true });
  await chain.stop();
  rmSync(folder, { recursive: true, force: true });
});

const check = async (
  options: { record?: string; parameters?: string; genesis?: string } = {},
): Promise<CheckReport> => {
  const module = await import("./check.ts");
  return module.check({ network: "localhost", record: file("record.json"), ...options });
};

/** What is wrong, as "contract.what: why". */
const wrong = ({ findings }: CheckReport): string[] =>
  findings.filter(({ ok }) => !ok).map(({ contract, what, says }) => `${contract}.${what}: ${says}`);

const address = (contract: string): Address =>
  [...createdBy(deploymentId)].find(([id]) => id.endsWith(`#${contract}`))?.[1].address as Address;

/** Checks while a contract has another code. */
async function withCode(contract: string, change: (code: Uint8Array) => Uint8Array): Promise<CheckReport> {
  const at = { address: address(contract) };
  const code = (await chain.client.getCode(at)) as Hex;
  await chain.client.setCode({ ...at, bytecode: bytesToHex(change(hexToBytes(code))) });
  try {
    return await check();
  } finally {
    await chain.client.setCode({ ...at, bytecode: code });
  }
}

const artifactOf = async (contract: string): Promise<Artifact> => {
  const { configOf } = await import("./network.ts");
  return readArtifact((await configOf("localhost")).hre, contract);
};

const flip = (at: number) => (code: Uint8Array) => code.with(at, (code[at] as number) ^ 1);

test("a deployment as it was meant to be: every contract that was created is looked at, and nothing is wrong", async () => {
  const report = await check();
  assert.deepEqual(wrong(report), []);
  assert.equal(report.ok, true);
  const code = report.findings.filter(({ kind }) => kind === "code");
  assert.deepEqual(
    code.map(({ address }) => address).sort(),
    [...createdBy(deploymentId).values()].map((created) => getAddress(created.address)).sort(),
  );
  for (const { says } of code) assert.match(says, /and the same metadata$/);
  const roles = report.findings
    .filter(({ kind }) => kind === "role")
    .map(({ contract, what }) => `${contract}.${what}`);
  assert.deepEqual(roles.sort(), [
    "DisputeGame.GUARDIAN",
    "Inbox.sequencer",
    "InferenceOracle.guardian",
    "Outputs.guardian",
    "TimelockController.CANCELLER_ROLE",
    "TimelockController.DEFAULT_ADMIN_ROLE",
    "TimelockController.EXECUTOR_ROLE",
    "TimelockController.PROPOSER_ROLE",
  ]);
});

test("other parameters, roles and genesis are each named, with what is there", async () => {
  const parameters = JSON.parse(readFileSync(PARAMETERS, "utf8")) as Record<string, unknown>;
  const other = { ...parameters, maxClock: 3601, guardian: SOMEBODY, sequencer: SOMEBODY, finalityDelay: 5 };
  const guardian = `${parameters.guardian}, but should be ${SOMEBODY}`;
  assert.deepEqual(wrong(await check({ parameters: write("other.json", other) })).sort(), [
    `DisputeGame.GUARDIAN: ${guardian}`,
    "DisputeGame.LONGEST: 17100, but should be 17102",
    "DisputeGame.MAX_CLOCK: 3600, but should be 3601",
    `Inbox.sequencer: 0x0000000000000000000000000000000000000000, but should be ${SOMEBODY}`,
    "InferenceOracle.LONGEST: 17100, but should be 17102",
    `InferenceOracle.guardian: ${guardian}`,
    "Outputs.KEPT: 1226700, but should be 1226702",
    "Outputs.LONGEST: 17100, but should be 17102",
    "Outputs.finalityDelay: 600, but should be 5",
    `Outputs.guardian: ${guardian}`,
    ...["CANCELLER_ROLE", "PROPOSER_ROLE"].flatMap((role) => [
      `TimelockController.${role}: ${SOMEBODY} does not have this role, but should`,
      `TimelockController.${role}: ${parameters.guardian} has this role, but should not`,
    ]),
  ]);
  const genesis = write("other-genesis.json", {
    ...GENESIS,
    config: { chainId: 4243 },
    alloc: { [SOMEBODY]: { balance: "1" } },
  });
  const found = wrong(await check({ genesis })).sort();
  const [config, chainId, output, ofSpans, ...others] = found;
  assert.match(config ?? "", /^Inbox\.config: 0x[\da-f]{64}, but should be 0x/);
  assert.equal(chainId, "Outputs.chainId: 4242, but should be 4243");
  assert.match(output ?? "", /^Outputs\.genesisOutput: 0x[\da-f]{64}, but should be 0x/);
  assert.equal(ofSpans, "SpanVerifier.chainId: 4242, but should be 4243");
  assert.deepEqual(others, []);
});

test("one changed bit of code is found, in a contract of a contract too", async () => {
  for (const contract of ["DisputeGame", "FetchStep", "Hashes"])
    assert.deepEqual(wrong(await withCode(contract, flip(77))), [
      `${contract}.code: differs from this build, first at byte 77`,
    ]);
  const [shorter] = wrong(await withCode("Inbox", (code) => code.subarray(0, 900)));
  assert.match(shorter ?? "", /^Inbox\.code: 900 bytes, but this build has \d+/);
  assert.deepEqual(wrong(await withCode("Float64Ops", () => new Uint8Array())), [
    "Float64Ops.code: no contract at this address",
  ]);
});

test("an immutable variable is read at every place where the code has it", async () => {
  const { immutableReferences = {} } = await artifactOf("Inbox");
  const [places = []] = Object.values(immutableReferences);
  assert.ok(places.length > 1);
  for (const { start } of places)
    assert.deepEqual(wrong(await withCode("Inbox", flip(start + 31))), [
      "Inbox.sequencer: the code holds different values of it at different places",
    ]);
  const everywhere = await withCode("Inbox", (code) => places.reduce((to, { start }) => flip(start + 31)(to), code));
  assert.match(wrong(everywhere).join(), /^Inbox\.sequencer: 0x0{39}1, but should be 0x0{40}$/);
});

test("a verifier that asks a stranger's part is found, though its own code is right", async () => {
  const { immutableReferences = {} } = await artifactOf("EvmVerifier");
  const [place] = Object.values(immutableReferences)[0] ?? [];
  const all = Object.values(immutableReferences)[0] ?? [];
  assert.ok(place);
  const stranger = hexToBytes(SOMEBODY);
  const report = await withCode("EvmVerifier", (code) => {
    const changed = Uint8Array.from(code);
    for (const { start } of all) changed.set(stranger, start + 12);
    return changed;
  });
  const [finding, ...others] = report.findings.filter(({ ok }) => !ok) as [Finding, ...Finding[]];
  assert.deepEqual(
    [finding.what, finding.address, finding.says, others],
    ["code", SOMEBODY, "no contract at this address", []],
  );
});

test("metadata alone change nothing that is executed: said, and not wrong", async () => {
  const at = (await chain.client.getCode({ address: address("Inbox") })) as Hex;
  const says = async (change: (code: Uint8Array) => Uint8Array) => {
    const report = await withCode("Inbox", change);
    assert.equal(report.ok, true);
    return report.findings.find(({ contract, what }) => contract === "Inbox" && what === "code")?.says;
  };
  assert.match((await says(flip(at.length / 2 - 1 - 20))) ?? "", /with other metadata/);
  assert.match((await says((code) => splitCode(code).instructions)) ?? "", /this build, without metadata/);
  const noTail = await withCode("Inbox", (code) => Uint8Array.from([...splitCode(code).instructions, 0]));
  assert.equal(noTail.ok, false, "a byte more is code");
});

test("a record that names other contracts, another block, or another chain", async () => {
  const plain = JSON.parse(readFileSync(file("record.json"), "utf8")) as Deployment & { rollup: object };
  const swapped = { ...plain, disputeGame: plain.inferenceOracle, inferenceOracle: plain.disputeGame };
  const found = wrong(await check({ record: write("swapped.json", swapped) }));
  assert.ok(found.some((line) => /^DisputeGame\.code: \d+ bytes, but this build has/.test(line)));
  assert.ok(found.some((line) => /^Outputs\.game: 0x\w+, but should be/.test(line)));
  const late = await check({ record: write("late.json", { ...plain, block: plain.block + 5 }) });
  assert.match(wrong(late).join(), /^DisputeGame\.block: \d+, but the contract existed at block \d+/);
  const other = write("chain.json", { ...plain, chainId: 1 });
  await assert.rejects(check({ record: other }), /records chain 1, but the endpoint serves chain 31337/);
  await assert.rejects(check({ record: file("none.json") }), { exitCode: 2, message: /there is no .*none\.json/ });
  const lost = write("lost.json", { ...plain, rollup: { ...plain.rollup, genesis: "gone.json" } });
  await assert.rejects(check({ record: lost }), /genesis file .*gone\.json, .*is missing: give it with --genesis/);
  assert.equal((await check({ record: lost, genesis: file("genesis.json") })).ok, true);
});

test("contracts that are not compiled", async () => {
  const hre = { artifacts: { artifactExists: async () => false }, config: { paths: { artifacts: "/artifacts" } } };
  await assert.rejects(readArtifact(hre as never, "Inbox"), {
    exitCode: 3,
    message: /Inbox is missing.*npx hardhat build/,
  });
});

test("metadata are told from code by what they hold", () => {
  const tail = hexToBytes(`0xa264697066735822${"12".repeat(34)}64736f6c63430008250033`);
  const code = Uint8Array.of(0x60, 0x01, 0x00);
  assert.deepEqual(new Uint8Array(splitCode(Uint8Array.of(...code, 0xfe, ...tail)).instructions), code);
  for (const plain of [Uint8Array.of(), Uint8Array.of(0), code, Uint8Array.of(...code, 0, 1)])
    assert.deepEqual(new Uint8Array(splitCode(plain).instructions), plain);
});
