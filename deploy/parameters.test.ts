/** The rules for parameters are those of the contracts' constructors: what is refused here would fail there, and each bound that is accepted deploys. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { type Artifact, hardhatArtifacts } from "@elench/prover/verifier";
import { type Address, encodeDeployData, getAddress, type Hex, zeroAddress } from "viem";
import { type LocalChain, startLocalChain } from "./local-chain.ts";
import { checkParameters } from "./parameters.ts";

const artifact = hardhatArtifacts(fileURLToPath(new URL("../artifacts/contracts", import.meta.url))) as (
  name: string,
) => Artifact & { bytecode: Hex };
const USUAL = JSON.parse(readFileSync(new URL("parameters/localhost.json", import.meta.url), "utf8")) as Values;
const YEAR = 365 * 24 * 3600;
const SOMEBODY = getAddress(`0x${"ab".repeat(20)}`);
/** Stands for the contracts that the outputs are built on. */
const CODE: Address = `0x${"c0".repeat(20)}`;

type Values = Readonly<Record<string, unknown>>;

let chain: LocalChain;
before(async () => {
  chain = await startLocalChain();
  await chain.client.setCode({ address: CODE, bytecode: "0x00" });
});
after(() => chain.stop());

/** Whether the constructors take the parameters: their creation is simulated. */
async function deploys(values: Values): Promise<boolean> {
  const { guardian, deliveryDelay, finalityDelay = deliveryDelay } = values;
  const game = [values];
  const outputs = [
    CODE,
    {
      machine: CODE,
      inbox: CODE,
      chainId: 1n,
      genesisOutput: `0x${"00".repeat(32)}`,
      guardian,
      finalityDelay,
    },
  ];
  const results = await Promise.all(
    [["DisputeGame", game] as const, ["Outputs", outputs] as const].map(([name, args]) => {
      const { abi, bytecode } = artifact(name);
      const call = chain.client.call({ data: encodeDeployData({ abi, bytecode, args } as never) });
      return call.then(
        () => true,
        (error: Error) => {
          assert.match(error.message, /revert/i);
          return false;
        },
      );
    }),
  );
  return results.every(Boolean);
}

const EDGES: readonly Values[] = [
  {},
  { maxClock: 2 ** 24 - 1, longExtension: 2 ** 24 - 1, extension: 2 ** 24 - 1 },
  { maxClock: 1, longExtension: 1, extension: 1 },
  { bond: "3", prepayment: "3" },
  { bond: String(2n ** 128n - 1n), prepayment: "0" },
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
  [{ bond: String(2n ** 128n) }, /bond must be 3 to/],
  [{ prepayment: "60000000000000001" }, /prepayment must be at most the bond, 60000000000000000 wei/],
  [{ withdrawalDelay: YEAR + 1 }, /withdrawalDelay must be .* 0 to 31536000/],
  [{ finalityDelay: YEAR + 1 }, /finalityDelay must be .* 0 to 31536000/],
  [{ guardian: zeroAddress }, /guardian must not be the zero address/],
  [{ deliveryDelay: YEAR + 1 }, /deliveryDelay must be .* 0 to 31536000/],
  [{ sequencer: zeroAddress }, /sequencer must not be the zero address/, true],
  [{ sequencer: "me" }, /sequencer must be an address/, true],
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

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`parameters/${name}.json`, import.meta.url), "utf8")) as Values & {
    readonly [name in "maxClock" | "extension" | "longExtension"]: number;
  } & { readonly [name in "withdrawalDelay" | "deliveryDelay" | "finalityDelay"]: number } & {
    readonly [name in "bond" | "prepayment"]: string;
  };
const OWN = { guardian: SOMEBODY, sequencer: SOMEBODY };

// The arithmetic of docs/deployment.md.
const GWEI = 10n ** 9n;
const SETTLEMENT_GAS = 60_000n;
const DEAREST_ANSWER_GAS = 5_000_000n;
const WORST_BATCH_SECONDS = 60;
const HONEST_BONDS = 100;

for (const { name, ceiling, cores, longestGame } of [
  { name: "mainnet", ceiling: 50n * GWEI, cores: 4, longestGame: 9.5 * 24 * 3600 },
  { name: "sepolia", ceiling: 5n * GWEI, cores: 2, longestGame: 16 * 3600 },
] as const) {
  test(`${name}: whoever deploys names the guardian and the sequencer`, async () => {
    const values = read(name);
    assert.throws(() => checkParameters(values, "file"), /guardian is a placeholder: replace it with your address/);
    assert.throws(
      () => checkParameters({ ...values, ...OWN, sequencer: values.sequencer }, "file"),
      /sequencer is a placeholder/,
    );
    const own = { ...values, ...OWN };
    assert.deepEqual(checkParameters(own, "file"), own);
    assert.equal(await deploys(own), true);
  });

  test(`${name}: the values follow from the arithmetic in the documentation`, () => {
    const { bond, prepayment, ...times } = read(name);
    assert.equal(BigInt(prepayment), SETTLEMENT_GAS * ceiling, "a settlement is paid for");
    const gain = (2n * BigInt(bond)) / 3n - DEAREST_ANSWER_GAS * ceiling;
    assert.ok(BigInt(prepayment) <= gain, "the dearest answer is paid for, and settling one's own lies is not");
    assert.ok(
      times.longExtension >= (WORST_BATCH_SECONDS * HONEST_BONDS) / cores,
      "all bonds' batches can be computed",
    );
    const game = 2 * times.maxClock + 14 * times.extension + 3 * times.longExtension;
    assert.ok(game <= longestGame && game > 0.9 * longestGame, `the longest game: ${game}`);
    assert.ok(
      times.withdrawalDelay >= Math.max(times.deliveryDelay, times.finalityDelay),
      "bonds stay until results are final",
    );
  });
}
