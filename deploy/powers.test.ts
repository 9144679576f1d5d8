/** `deploy --check` finds whoever holds a power that the parameters do not give, and says so where an endpoint does not let it look. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { outputsAbi } from "@elench/contracts/abi/outputs";
import { richAccount } from "@elench/rollup/genesis/dev-accounts";
import {
  type Address,
  encodeFunctionData,
  getAddress,
  type Hash,
  type Hex,
  hexToBytes,
  numberToHex,
  parseAbi,
  zeroAddress,
  zeroHash,
} from "viem";
import { runNode } from "../cli/fixtures/run.ts";
import { type Fault, type ProxyEndpoint, startProxy } from "../test/e2e/proxy.ts";
import type { CheckReport } from "./check.ts";
import type { Deployment } from "./deployment.ts";
import { isWarning } from "./finding.ts";
import { createdBy, journalFolder } from "./journal.ts";
import { type LocalChain, startLocalChain } from "./local-chain.ts";
import { storageRoot } from "./storage-root.ts";
import { ROLES, storageOf } from "./timelock.ts";

const USUAL = JSON.parse(readFileSync(new URL("parameters/localhost.json", import.meta.url), "utf8"));
const [GUARDIAN, UPGRADER, APPOINTER, SOMEBODY] = [1, 5, 6, 7].map((index) =>
  getAddress(richAccount(index).address),
) as [Address, Address, Address, Address];
const DELAY = 3600;
const abi = [
  ...outputsAbi,
  ...parseAbi([
    "function grantRole(bytes32 role, address account)",
    "function revokeRole(bytes32 role, address account)",
    "function updateDelay(uint256 newDelay)",
    "function schedule(address target, uint256 value, bytes data, bytes32 predecessor, bytes32 salt, uint256 delay)",
    "function scheduleBatch(address[] targets, uint256[] values, bytes[] payloads, bytes32 predecessor, bytes32 salt, uint256 delay)",
    "function execute(address target, uint256 value, bytes payload, bytes32 predecessor, bytes32 salt)",
    "function hashOperation(address target, uint256 value, bytes data, bytes32 predecessor, bytes32 salt) view returns (bytes32)",
    "function cancel(bytes32 id)",
    "function appoint(address holder)",
    "function holder() view returns (address)",
  ]),
];
const call = (functionName: string, args: readonly unknown[]): Hex =>
  encodeFunctionData({ abi, functionName, args } as never);

let chain: LocalChain;
let proxy: ProxyEndpoint;
let record: Deployment & Required<Pick<Deployment, "guardian" | "guardianTimelock" | "rollup">>;
let deploymentId: string;
let clean: Hex;
const folder = mkdtempSync(join(tmpdir(), "elench-powers-"));
const file = (name: string): string => join(folder, name);
const write = (name: string, value: unknown): string => {
  writeFileSync(file(name), JSON.stringify(value));
  return file(name);
};

before(async () => {
  chain = await startLocalChain();
  proxy = await startProxy(chain.url);
  process.env.ELENCH_LOCAL_URL = proxy.url;
  await chain.client.request({ method: "anvil_autoImpersonateAccount", params: [true] } as never);
  const { deploy } = await import("./deploy.ts");
  const genesis = write("genesis.json", { config: { chainId: 4242 }, alloc: {}, elench: {} });
  const parameters = write("parameters.json", { ...USUAL, upgrader: UPGRADER, appointer: APPOINTER });
  const options = { network: "localhost", parameters, genesis, out: file("record.json"), progress: () => undefined };
  record = (await deploy(options)).deployment as typeof record;
  const { openEndpoint } = await import("./network.ts");
  deploymentId = (await openEndpoint("localhost")).deploymentId;
  for (const address of [record.rollup.timelock, record.guardianTimelock])
    await chain.client.setBalance({ address, value: 10n ** 20n });
});
beforeEach(async () => {
  clean = await chain.client.snapshot();
  rootsOfEthereum();
});

/**
 * anvil 1.7.1 keeps slots of zero in a contract's storage trie, where a call has read or cleared them; Ethereum does not. So what it says of
 * a root is replaced by the root of all that it has stored, zeros apart.
 */
function rootsOfEthereum(): void {
  let root: Hex | undefined;
  proxy.overhear = async (method, [address]) => {
    if (method === "eth_getProof") root = await storageRoot(await storedIn(address as Address));
  };
  proxy.treat = (method, result) => (method === "eth_getProof" ? { ...(result as object), storageHash: root } : result);
}

async function storedIn(address: Address): Promise<Map<Hex, bigint>> {
  const dump = (await chain.client.request({ method: "anvil_dumpState" } as never)) as Hex;
  const { accounts } = JSON.parse(gunzipSync(hexToBytes(dump)).toString()) as {
    accounts: Record<Address, { storage: Record<Hex, Hex> }>;
  };
  const { storage = {} } = accounts[address.toLowerCase() as Address] ?? {};
  return new Map(
    Object.entries(storage).map(([slot, value]) => [numberToHex(BigInt(slot), { size: 32 }), BigInt(value)]),
  );
}
afterEach(async () => {
  proxy.fault = undefined;
  await chain.client.revert({ id: clean });
});
after(async () => {
  rmSync(journalFolder(deploymentId), { recursive: true, force: true });
  await proxy.close();
  await chain.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function send(from: Address, to: Address, data: Hex): Promise<void> {
  const fields = { from, to, data, gas: "0x100000" };
  const hash = (await chain.client.request({ method: "eth_sendTransaction", params: [fields] } as never)) as Hash;
  const { status } = await chain.client.waitForTransactionReceipt({ hash, pollingInterval: 20 });
  assert.equal(status, "success");
}

/** What the timelock of the machines' upgrades does, as if its delay had passed. */
const upgraded = (to: Address, data: Hex): Promise<void> => send(record.rollup.timelock, to, data);
const itself = (functionName: string, args: readonly unknown[]): Promise<void> =>
  upgraded(record.rollup.timelock, call(functionName, args));

const announced = (data: Hex, delay: number | bigint = DELAY, target: Address = record.rollup.outputs): Promise<void> =>
  send(UPGRADER, record.rollup.timelock, call("schedule", [target, 0n, data, zeroHash, zeroHash, delay]));

async function check(options: { record?: string; parameters?: string } = {}): Promise<CheckReport> {
  const module = await import("./check.ts");
  return module.check({
    network: "localhost",
    record: file("record.json"),
    parameters: file("parameters.json"),
    ...options,
  });
}

const CLI = fileURLToPath(new URL("../cli/main.ts", import.meta.url));
const CHECK = [
  ...["deploy", "--network", "localhost", "--check", file("record.json")],
  ...["--parameters", file("parameters.json")],
];

/** What is wrong, as "contract.what: why". */
const wrong = ({ ok, findings }: CheckReport): string[] => {
  const found = findings.filter((finding) => !finding.ok);
  assert.equal(ok, found.length === 0);
  return found.map(({ contract, what, says }) => `${contract}.${what}: ${says}`);
};
const warnings = ({ findings }: CheckReport): string[] => findings.filter(isWarning).map(({ says }) => says);

const addMachine = (): Hex => call("addMachine", [9n, record.rollup.evmVerifier]);

test("a deployment as it was meant to be: each role has its holder, and nothing else is stored", async () => {
  const report = await check();
  assert.deepEqual([wrong(report), warnings(report)], [[], []]);
  const rolesOf = (timelock: Address) =>
    report.findings
      .filter(({ kind, address }) => kind === "role" && address === timelock)
      .map(({ what, says }) => `${what} ${says}`);
  const usual = (timelock: Address, proposer: Address) => [
    `DEFAULT_ADMIN_ROLE ${timelock}`,
    `PROPOSER_ROLE ${proposer}`,
    `CANCELLER_ROLE ${proposer}`,
    `EXECUTOR_ROLE ${zeroAddress}, which means anyone`,
  ];
  const { guardianTimelock, rollup } = record;
  assert.deepEqual(rolesOf(rollup.timelock), usual(rollup.timelock, UPGRADER));
  assert.deepEqual(rolesOf(guardianTimelock), usual(guardianTimelock, APPOINTER));
  const said = report.findings
    .filter(({ kind }) => kind === "storage" || kind === "machine")
    .map(({ contract, says }) => `${contract}: ${says}`);
  const alone = "TimelockController: these roles, operations and delay, and nothing else";
  assert.deepEqual(said, [alone, alone, `Outputs: ${rollup.spanVerifier} from batch 0 on`]);
});

test("the guardian of all contracts is the contract whose holder the parameters name", async () => {
  const { guardian, guardianTimelock } = record;
  assert.deepEqual(
    [...createdBy(deploymentId)]
      .filter(([id]) => id.startsWith("Guardian#"))
      .map(([, created]) => created.address)
      .sort(),
    [guardian, guardianTimelock].sort(),
  );
  const read = { address: guardian, abi, functionName: "holder" } as const;
  assert.equal(await chain.client.readContract(read), GUARDIAN);
  await send(guardianTimelock, guardian, call("appoint", [SOMEBODY]));
  assert.deepEqual(wrong(await check()), [`Guardian.holder: ${SOMEBODY}, but should be ${GUARDIAN}`]);
});

for (const [name, role] of Object.entries(ROLES))
  test(`an account that has ${name} beside the expected one is named, until it loses the role`, async () => {
    await itself("grantRole", [role, SOMEBODY]);
    assert.deepEqual(wrong(await check()), [`TimelockController.${name}: ${SOMEBODY} has this role, but should not`]);
    await itself("revokeRole", [role, SOMEBODY]);
    assert.deepEqual(wrong(await check()), []);
  });

test("a holder that lost its role is named", async () => {
  await itself("revokeRole", [ROLES.CANCELLER_ROLE, UPGRADER]);
  assert.deepEqual(wrong(await check()), [
    `TimelockController.CANCELLER_ROLE: ${UPGRADER} does not have this role, but should`,
  ]);
});

test("the guardian's timelock is looked at as the machines' is", async () => {
  const { guardianTimelock } = record;
  await send(guardianTimelock, guardianTimelock, call("grantRole", [ROLES.CANCELLER_ROLE, GUARDIAN]));
  assert.deepEqual(wrong(await check()), [
    `TimelockController.CANCELLER_ROLE: ${GUARDIAN} has this role, but should not`,
  ]);
});

const MORE = /^TimelockController\.storage: holds more than the logs from block \d+ on name/;

test("a role that no log names is found in the storage's root: other creation code had put it there", async () => {
  const holders = [{ role: ROLES.PROPOSER_ROLE, account: SOMEBODY }];
  const slots = storageOf({ minDelay: 0n, holders, operations: [] });
  const [index] = [...slots].find(([, value]) => value === 1n) as [Hex, bigint];
  const value = numberToHex(1, { size: 32 });
  await chain.client.setStorageAt({ address: record.rollup.timelock, index, value });
  await chain.client.mine({ blocks: 1 });
  const [found, ...others] = wrong(await check());
  assert.match(found ?? "", MORE);
  assert.deepEqual(others, []);
});

test("a role whose log the endpoint leaves out is found in the storage's root", async () => {
  await itself("grantRole", [ROLES.PROPOSER_ROLE, SOMEBODY]);
  proxy.fault = ({ method }) => (method === "eth_getLogs" ? { result: [] } : undefined);
  const [found, ...others] = wrong(await check());
  assert.match(found ?? "", MORE);
  assert.deepEqual(others, []);
});

test("a shorter delay", async () => {
  await itself("updateDelay", [60n]);
  assert.deepEqual(wrong(await check()), ["TimelockController.minDelay: 60, but should be 3600"]);
});

test("a machine that was added, and one that replaced the record's", async () => {
  const { outputs, spanVerifier, evmVerifier } = record.rollup;
  await upgraded(outputs, addMachine());
  assert.deepEqual(wrong(await check()), [
    `Outputs.machineOf: ${evmVerifier} from batch 9 on, but should be ${spanVerifier}`,
  ]);
  await upgraded(outputs, call("replaceMachine", [evmVerifier]));
  assert.deepEqual(wrong(await check()), [
    `Outputs.machineOf: ${evmVerifier} from batch 0 on, but should be ${spanVerifier}`,
  ]);
});

test("an announced operation is a warning that says what it will do, until it is cancelled", async () => {
  const { timelock, outputs, evmVerifier } = record.rollup;
  await announced(addMachine());
  const report = await check();
  assert.deepEqual(wrong(report), []);
  const [warning, ...others] = warnings(report);
  const says = new RegExp(`^(0x\\w{64}): addMachine\\(9, ${evmVerifier}\\) of ${outputs}, from \\d{4}-.*Z on$`);
  const [, id] = says.exec(warning ?? "") ?? assert.fail(warning);
  assert.deepEqual(others, []);
  const { code, out } = await runNode([CLI, ...CHECK], { ELENCH_LOCAL_URL: proxy.url });
  assert.equal(code, 0);
  assert.match(out, /^WARNING +TimelockController[\s\S]*findings are ok\noperations that are announced .*: 1\n$/m);
  await send(UPGRADER, timelock, call("cancel", [id]));
  const cancelled = await check();
  assert.deepEqual([wrong(cancelled), warnings(cancelled)], [[], []]);
  await announced(addMachine());
  assert.equal(warnings(await check()).length, 1);
});

test("an operation that was executed is no longer announced: what it did is found", async () => {
  const { timelock, outputs } = record.rollup;
  await announced(addMachine());
  await chain.pass(DELAY);
  await send(SOMEBODY, timelock, call("execute", [outputs, 0n, addMachine(), zeroHash, zeroHash]));
  const report = await check();
  assert.deepEqual(warnings(report), []);
  assert.match(wrong(report).join(), /^Outputs\.machineOf: 0x\w+ from batch 9 on, but should be 0x\w+$/);
});

test("an operation that was announced while the delay was shorter is wrong, though the delay is right again", async () => {
  await itself("updateDelay", [0n]);
  await announced(addMachine(), 0);
  await itself("updateDelay", [BigInt(DELAY)]);
  assert.match(
    wrong(await check()).join(),
    /^TimelockController\.pending: 0x\w{64}: addMachine\(.*; it was announced for 0 s, but should be for 3600 s$/,
  );
});

test("an operation whose time the creation code had put there is wrong, whatever the announcement says", async () => {
  await announced(addMachine());
  const { timelock, outputs } = record.rollup;
  const args = [outputs, 0n, addMachine(), zeroHash, zeroHash] as const;
  const at = { address: timelock, abi } as const;
  const id = await chain.client.readContract({ ...at, functionName: "hashOperation", args });
  const { timestamp } = await chain.client.getBlock();
  const operations = [{ id, calls: [], timestamp: 2n, announcedIn: 0n }];
  const [index] = [...storageOf({ minDelay: 0n, holders: [], operations })].find(([, value]) => value === 2n) as [
    Hex,
    bigint,
  ];
  await chain.client.setStorageAt({ address: timelock, index, value: numberToHex(timestamp + 5n, { size: 32 }) });
  await chain.client.mine({ blocks: 1 });
  assert.match(
    wrong(await check()).join(),
    /^TimelockController\.pending: .*; it was announced for 5 s, but should be/,
  );
});

test("operations of any form are told: without a call, of an unknown function, at a time that no calendar has", async () => {
  const { timelock } = record.rollup;
  const salt = `0x${"5a".repeat(32)}`;
  await send(UPGRADER, timelock, call("scheduleBatch", [[], [], [], zeroHash, salt, DELAY]));
  await announced("0x12345678", 2n ** 200n, SOMEBODY);
  await announced("0x12", DELAY, SOMEBODY);
  await announced(call("grantRole", [ROLES.PROPOSER_ROLE, SOMEBODY]), DELAY, timelock);
  const report = await check();
  assert.deepEqual(wrong(report), []);
  const [nothing, unknown, short, role, ...others] = warnings(report);
  assert.match(nothing ?? "", /^0x\w{64}: nothing, from/);
  assert.match(unknown ?? "", new RegExp(`: the function 0x12345678 of ${SOMEBODY}, from second 160693804425\\d+ on$`));
  assert.match(short ?? "", new RegExp(`: a call of 1 bytes of ${SOMEBODY}, from`));
  assert.match(role ?? "", new RegExp(`: grantRole\\(${ROLES.PROPOSER_ROLE}, ${SOMEBODY}\\) of ${timelock}, from`));
  assert.deepEqual(others, []);
});

test("an endpoint that takes three blocks of logs at a time is asked for three at a time", async () => {
  await itself("grantRole", [ROLES.PROPOSER_ROLE, SOMEBODY]);
  await chain.client.mine({ blocks: 40 });
  proxy.fault = ({ method, params }) => {
    if (method !== "eth_getLogs") return undefined;
    const { fromBlock, toBlock } = params[0] as { fromBlock: Hex; toBlock: Hex };
    return Number(toBlock) - Number(fromBlock) < 3 ? undefined : LIMIT;
  };
  assert.deepEqual(wrong(await check()), [
    `TimelockController.PROPOSER_ROLE: ${SOMEBODY} has this role, but should not`,
  ]);
});

const LIMIT: Fault = { error: { code: -32602, message: "at most\n3 blocks: see https://endpoint.example/secret-key" } };

test("what an endpoint does not give is not checked, and fails the check", async () => {
  const refusing = async (method: string, ofCall: (params: readonly unknown[]) => boolean = () => true) => {
    proxy.fault = (asked) => (asked.method === method && ofCall(asked.params) ? LIMIT : undefined);
    return wrong(await check());
  };
  const why = ": .*at most 3 blocks: see …$";
  const twice = (found: string[], says: string) => {
    assert.equal(found.length, 2, found.join("\n"));
    for (const line of found) assert.match(line, new RegExp(`^TimelockController\\.${says}${why}`));
  };
  twice(
    await refusing("eth_getLogs"),
    String.raw`roles: not checked, because the endpoint did not give its logs from block \d+ on, or its state`,
  );
  twice(
    await refusing("eth_getProof"),
    String.raw`storage: not checked, because the endpoint did not give the root of its storage \(eth_getProof\)`,
  );
  const late = write("late.json", { ...JSON.parse(readFileSync(file("record.json"), "utf8")), block: 2 });
  proxy.fault = ({ method, params }) => (method === "eth_getCode" && params[1] === "0x1" ? LIMIT : undefined);
  assert.match(
    wrong(await check({ record: late })).join(),
    new RegExp(
      `^DisputeGame\\.block: not checked, because the endpoint did not give the state of block 1, which .*${why}`,
    ),
  );
});

test("a timelock with other code is believed in nothing", async () => {
  const { timelock } = record.rollup;
  await chain.client.setCode({ address: timelock, bytecode: "0x00" });
  const report = await check();
  assert.match(wrong(report).join(), /^TimelockController\.code: 1 bytes, but/);
  assert.deepEqual(
    report.findings.filter(({ address }) => address === timelock).map(({ kind }) => kind),
    ["code"],
  );
});

test("a guardian that is an account where the parameters ask for a contract, and the other way round", async () => {
  const { guardian, guardianTimelock, ...without } = JSON.parse(readFileSync(file("record.json"), "utf8"));
  const found = wrong(await check({ record: write("without.json", without) }));
  assert.ok(
    found.includes("DisputeGame.guardian: the parameters name an appointer, but the record has no Guardian contract"),
  );
  const account = wrong(await check({ parameters: write("account.json", { ...USUAL, upgrader: UPGRADER }) })).sort();
  assert.deepEqual(
    account,
    ["DisputeGame.GUARDIAN", "InferenceOracle.guardian", "Outputs.guardian"].map(
      (of) => `${of}: ${guardian}, but should be ${GUARDIAN}`,
    ),
  );
});
