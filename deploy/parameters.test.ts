/** The rules for parameters are those of the contracts' constructors: what is refused here would fail there, and each bound that is accepted deploys. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Artifact, hardhatArtifacts } from "@elench/prover/verifier";
import { type Address, encodeDeployData, getAddress, type Hex, zeroAddress } from "viem";
import { longest } from "./clocks.ts";
import { type LocalChain, startLocalChain } from "./local-chain.ts";
import { checkParameters } from "./parameters.ts";

const artifact = hardhatArtifacts(fileURLToPath(new URL("../artifacts/contracts", import.meta.url))) as (
  name: string,
) => Artifact & { bytecode: Hex };
const USUAL = JSON.parse(readFileSync(new URL("parameters/localhost.json", import.meta.url), "utf8")) as Values;
const YEAR = 365 * 24 * 3600;
const SOMEBODY = getAddress(`0x${"ab".repeat(20)}`);
/** Stands for the other contracts that constructors are given. */
const CODE: Address = `0x${"c0".repeat(20)}`;

type Values = Readonly<Record<string, unknown>>;

let chain: LocalChain;
before(async () => {
  chain = await startLocalChain();
  await chain.client.setCode({ address: CODE, bytecode: "0x00" });
});
after(() => chain.stop());

/** Whether a constructor takes its arguments: the creation is simulated. */
async function creates(name: string, args: readonly unknown[]): Promise<boolean> {
  const { abi, bytecode } = artifact(name);
  const call = chain.client.call({ data: encodeDeployData({ abi, bytecode, args } as never) });
  return call.then(
    () => true,
    (error: Error) => {
      assert.match(error.message, /revert/i);
      return false;
    },
  );
}

async function createGame(values: Values): Promise<Address> {
  const { abi, bytecode } = artifact("DisputeGame");
  const fields = {
    from: SOMEBODY,
    data: encodeDeployData({ abi, bytecode, args: [values] } as never),
    gas: "0x1000000",
  };
  await chain.client.request({ method: "anvil_impersonateAccount", params: [SOMEBODY] } as never);
  await chain.client.setBalance({ address: SOMEBODY, value: 10n ** 20n });
  const hash = (await chain.client.request({ method: "eth_sendTransaction", params: [fields] } as never)) as Hex;
  const { contractAddress } = await chain.client.waitForTransactionReceipt({ hash, pollingInterval: 20 });
  return contractAddress ?? assert.fail("no contract was created");
}

/** Whether all constructors take the parameters. */
async function deploys(values: Values): Promise<boolean> {
  if (!(await creates("DisputeGame", [values]))) return false;
  const game = await createGame(values);
  const { guardian, deliveryDelay, finalityDelay = deliveryDelay } = values;
  const chainOf = {
    machine: CODE,
    inbox: CODE,
    chainId: 1n,
    genesisOutput: `0x${"00".repeat(32)}`,
    guardian,
    upgrader: CODE,
    finalityDelay,
  };
  const created = [
    await creates("Outputs", [game, chainOf]),
    await creates("InferenceOracle", [game, CODE, CODE, values]),
  ];
  return created.every(Boolean);
}

/** Each is within the contracts' bounds; localhost.json is for tests alone, so that no other bounds apply. */
const EDGES: readonly Values[] = [
  {},
  { maxClock: 2 ** 24 - 1, longExtension: 2 ** 24 - 1, extension: 2 ** 24 - 602, reveal: 600 },
  { maxClock: 3, longExtension: 1, extension: 1, reveal: 1 },
  { bond: "3", prepayment: "2" },
  { bond: String(2n ** 80n - 1n), prepayment: "0" },
  { reveal: 3299, speed: "1", minPrice: "1", scale: "1", deposit: "0" },
  { speed: String(2n ** 64n - 1n), minPrice: String(2n ** 40n - 1n), scale: String(2n ** 60n) },
  { upgradeDelay: 0, upgrader: SOMEBODY, appointer: SOMEBODY },
  { withdrawalDelay: 0, deliveryDelay: 0 },
  { withdrawalDelay: YEAR, deliveryDelay: YEAR, finalityDelay: 0 },
  { finalityDelay: YEAR, sequencer: SOMEBODY, guardian: SOMEBODY.toLowerCase() },
];

/** @param ours the contracts would take it, or never see it. */
const BAD: readonly (readonly [change: Values, says: RegExp, ours?: true])[] = [
  [{ maxClock: 0 }, /maxClock must be .* 1 to 16777215; it is 0/],
  [{ maxClock: 2 ** 24 }, /maxClock must be .* 1 to 16777215/],
  [{ extension: 0 }, /extension must be .* 1 to/],
  [{ extension: 601 }, /extension must be at most longExtension, 600; it is 601/],
  [{ longExtension: 3601 }, /longExtension must be at most maxClock, 3600/],
  [{ bond: "2" }, /bond must be 3 to \d+ wei; it is "2"/],
  [{ bond: String(2n ** 80n) }, /bond must be 3 to/],
  [{ prepayment: "40000000000000001" }, /prepayment must be at most two thirds of the bond, 40000000000000000 wei/],
  [{ withdrawalDelay: YEAR + 1 }, /withdrawalDelay must be .* 0 to 31536000/],
  [{ finalityDelay: YEAR + 1 }, /finalityDelay must be .* 0 to 31536000/],
  [{ guardian: zeroAddress }, /guardian must not be the zero address/],
  [{ deliveryDelay: YEAR + 1 }, /deliveryDelay must be .* 0 to 31536000/],
  [{ reveal: 0 }, /reveal must be .* 1 to/],
  [{ reveal: 3300 }, /reveal must be less than maxClock - extension, 3300/],
  [{ speed: "0" }, /speed must be a whole number, 1 to/],
  [{ speed: String(2n ** 64n) }, /speed must be a whole number, 1 to/],
  [{ minPrice: "0" }, /minPrice must be 1 to/],
  [{ minPrice: String(2n ** 40n) }, /minPrice must be 1 to/],
  [{ scale: "0" }, /scale must be a whole number, 1 to/],
  [{ scale: String(2n ** 60n + 1n) }, /scale must be a whole number, 1 to/],
  [{ upgradeDelay: YEAR + 1 }, /upgradeDelay must be .* 0 to 31536000/, true],
  [{ testsOnly: "yes" }, /testsOnly must be true or false/, true],
  [{ sequencer: zeroAddress }, /sequencer must not be the zero address/, true],
  [{ sequencer: "me" }, /sequencer must be an address/, true],
  [{ appointer: zeroAddress }, /appointer must not be the zero address/, true],
  [
    { appointer: SOMEBODY, guardian: SOMEBODY.toLowerCase() },
    /appointer must not be the guardian, who could cancel its own replacement/,
    true,
  ],
  [{ guardian: USUAL.guardian?.toString().replace("C8", "c8") }, /guardian has a wrong checksum/, true],
  [{ guardian: undefined }, /guardian must be an address.*missing/, true],
  [{ bond: 60000000000000000 }, /bond must be .* string of digits/, true],
  [{ bond: "0x10" }, /bond must be .* string of digits/, true],
  [{ bond: "-5" }, /bond must be .* string of digits/, true],
  [{ maxClock: "3600" }, /maxClock must be a whole number/, true],
  [{ extension: 1.5 }, /extension must be a whole number/, true],
  [{ maxClock: undefined }, /maxClock must be .*missing/, true],
  [{ maxclok: 5 }, /no parameter maxclok; did you mean maxClock/, true],
  [{ finalizationDelay: 5 }, /did you mean finalityDelay/, true],
  [{ constructor: 5 }, /no parameter constructor/, true],
];

for (const edge of EDGES)
  test(`accepted, and deploys: ${JSON.stringify(edge)}`, async () => {
    const values = { ...USUAL, ...edge };
    assert.deepEqual(checkParameters(values, "file"), values);
    assert.equal(await deploys(values), true);
  });

for (const [change, says, ours] of BAD)
  test(`refused${ours ? "" : ", and by the contracts too"}: ${JSON.stringify(change)}`, async () => {
    const values = { ...USUAL, ...change };
    assert.throws(() => checkParameters(values, "file.json"), { name: "UserError", exitCode: 2, message: says });
    assert.throws(() => checkParameters(values, "file.json"), /^UserError: file\.json: /);
    if (!ours) assert.equal(await deploys(values), false);
  });

test("what is no object of parameters is refused", () => {
  for (const given of [null, [], "maxClock", 3])
    assert.throws(() => checkParameters(given, "file.json"), /one JSON object/);
});

/** The parameters that are published, with roles. */
const published = (name: string): Values => ({
  ...(JSON.parse(readFileSync(new URL(`parameters/${name}.json`, import.meta.url), "utf8")) as Values),
  guardian: SOMEBODY,
  sequencer: SOMEBODY,
});

for (const name of ["mainnet", "sepolia"]) {
  test(`${name}: whoever deploys names the guardian and the sequencer`, async () => {
    const values = JSON.parse(readFileSync(new URL(`parameters/${name}.json`, import.meta.url), "utf8")) as Values;
    assert.throws(() => checkParameters(values, "file"), /guardian is a placeholder: replace it with your address/);
    assert.throws(() => checkParameters({ ...values, guardian: SOMEBODY }, "file"), /sequencer is a placeholder/);
    const own = published(name);
    assert.deepEqual(checkParameters(own, "file"), own);
    assert.equal(await deploys(own), true);
  });
}

// The bounds of docs/economics.md. The contracts know none of them.

const ETHER = 10n ** 18n;

/** Each breaks one bound by the least that it can be broken by; mainnet.json with the same parameter at the bound is accepted. */
const BROKEN: readonly (readonly [name: string, bad: Values, good: Values, says: RegExp])[] = [
  [
    "a settlement that earns nothing at the ceiling",
    { prepayment: String((ETHER / 10_000n) * 35n - 1n) },
    { prepayment: String((ETHER / 10_000n) * 35n) },
    /prepayment must be at least 3500000000000000 wei: it pays for a settlement of 70000 gas at ceilingGasPrice/,
  ],
  [
    "an answer that earns nothing at the ceiling",
    { bond: "342749999999999999" },
    { bond: "342750000000000000" },
    /bond must be at least 342750000000000000 wei: two thirds of it pay for an answer of 4500000 gas/,
  ],
  [
    "a ceiling that is too high for the bond",
    { ceilingGasPrice: "51000000000", prepayment: "3900000000000000" },
    { ceilingGasPrice: "51000000000", prepayment: "3833333333333333" },
    /bond must be at least/,
  ],
  [
    "a watchtower that cannot pay for one dispute",
    { watchtowerCapital: "6352499999999999999" },
    { watchtowerCapital: "6352500000000000000" },
    /watchtowerCapital must be at least 6352500000000000000 wei: a proposal and the honest half of the longest line/,
  ],
  [
    "an extension that is too short to react",
    { extension: 1_199 },
    { extension: 1_200 },
    /extension must be at least 1200 seconds: a watchtower needs them to react/,
  ],
  [
    "more batches to compute than the long extension leaves time for",
    { watchtowerCapital: String(ETHER * 350n), watchtowerCores: 1, longExtension: 59_999 },
    { watchtowerCapital: String(ETHER * 350n), watchtowerCores: 1, longExtension: 60_000 },
    /longExtension must be at least 60000 seconds: watchtowerCapital is 1000 bonds, .* and there are 1 cores/,
  ],
  [
    "a backlog of requests that outlasts the clocks",
    { speed: "26700000" },
    { speed: "26720000" },
    /scale must be lower, or minPrice or speed higher: 10000000000000000000000 wei buy a backlog of \d+ seconds, and maxClock \/ 2 is 151200/,
  ],
  [
    "a deposit under which no fee pays for an answer",
    { deposit: "21499999999999999" },
    { deposit: "21500000000000000" },
    /deposit must be at least 21500000000000000 wei: no fee of a request is higher/,
  ],
  [
    "an output that is final before the guardian can ask again",
    { finalityDelay: 11_999 },
    { finalityDelay: 12_000 },
    /finalityDelay must be at least 12000 seconds: the guardian asks again at least 1,000 blocks/,
  ],
  [
    "an upgrade that comes before users can leave",
    { upgradeDelay: 1_061_999 },
    { upgradeDelay: 1_062_000 },
    /upgradeDelay must be at least 1062000 seconds/,
  ],
  [
    "bonds that leave before their result is final",
    { withdrawalDelay: 302_399 },
    { withdrawalDelay: 302_400 },
    /withdrawalDelay must be at least 302400 seconds/,
  ],
  [
    "a bond that leaves before its answer is delivered",
    { withdrawalDelay: 400_000, deliveryDelay: 400_001 },
    { withdrawalDelay: 400_001, deliveryDelay: 400_001 },
    /withdrawalDelay must be at least 400001 seconds/,
  ],
  ["no ceiling", { ceilingGasPrice: undefined }, {}, /ceilingGasPrice must be an amount in wei.*missing/],
  ["no capital", { watchtowerCapital: undefined }, {}, /watchtowerCapital must be an amount in wei.*missing/],
  ["no cores", { watchtowerCores: 0 }, {}, /watchtowerCores must be a whole number, at least 1; it is 0/],
];

for (const [name, bad, good, says] of BROKEN)
  test(`refused, unless for tests alone: ${name}`, () => {
    const mainnet = published("mainnet");
    assert.throws(() => checkParameters({ ...mainnet, ...bad }, "file.json"), {
      name: "UserError",
      exitCode: 2,
      message: says,
    });
    checkParameters({ ...mainnet, ...good }, "file.json");
    if (bad.watchtowerCores !== 0) checkParameters({ ...mainnet, ...bad, testsOnly: true }, "file.json");
  });

test("in the published parameters the guardian protects, not the freeze: finality comes before the longest game ends", () => {
  for (const name of ["mainnet", "sepolia"]) {
    const parameters = checkParameters(published(name), name);
    assert.ok((parameters.finalityDelay as number) < longest(parameters), name);
  }
  assert.equal(longest(checkParameters(published("mainnet"), "file")), (7 * 24 + 43) * 3_600);
});
