import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { type AccountState, createState, putAccounts } from "@elench/evm/reference/state";
import { nativeCommon } from "@elench/evm/reference/vm";
import { createLegacyTx } from "@ethereumjs/tx";
import { bytesToHex, createAddressFromString } from "@ethereumjs/util";
import { conformanceEvm } from "./evm.ts";
import { officialTests } from "./evm-vectors.ts";
import { conformanceEvmVm } from "./evm-vm.ts";
import type { Case, Report } from "./report.ts";

const STATE_TESTS = "GeneralStateTests.tar.xz";
const VM_TESTS = "legacy-VMTests-Constantinople.tar.gz";
const missing = (archive: string): string => `no state tests: set ELENCH_VECTORS to a folder that holds eth/${archive}`;

const stateTests = officialTests(STATE_TESTS);
const skipped = { skip: !stateTests && missing(STATE_TESTS) };
after(() => stateTests && rmSync(stateTests, { recursive: true }));

const failures = ({ cases }: Report): readonly Case[] => cases.filter(({ status }) => status === "failed");

test("every 60th of the official state tests passes", skipped, async () => {
  const report = await conformanceEvm(stateTests!, { verify: false, sample: 60 });
  assert.deepEqual(failures(report), []);
  assert.ok(report.passed > 250);
});

test("every 300th is the same in Solidity, step by step", skipped, async () => {
  const report = await conformanceEvm(stateTests!, { verify: true, executor: "verifier", sample: 300 });
  assert.deepEqual(failures(report), []);
  assert.ok(report.passed > 50);
});

const vmTests = officialTests(VM_TESTS);
test("every 10th of the classic VM tests of flow passes", { skip: !vmTests && missing(VM_TESTS) }, async () => {
  const { passed, failed } = await conformanceEvmVm(vmTests!, { verify: false, filter: "vmIOandFlow", sample: 10 });
  rmSync(vmTests!, { recursive: true });
  assert.deepEqual({ passed, failed }, { passed: 15, failed: 0 });
});

const common = nativeCommon(1n);
const NO_LOGS = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
const RECIPIENT = `0x${"aa".repeat(20)}` as const;
const COINBASE = `0x${"cc".repeat(20)}` as const;
const RICH = 10n ** 18n;

/** A transfer of 5 wei at 3 wei a gas over the base fee of 7. */
const transfer = (nonce: bigint) =>
  createLegacyTx(
    { nonce, to: createAddressFromString(RECIPIENT), value: 5n, gasLimit: 21_000n, gasPrice: 10n },
    { common },
  ).sign(new Uint8Array(32).fill(1));
const sender = transfer(0n).getSenderAddress().toString();

const rootOf = async (balances: Record<string, readonly [balance: bigint, nonce: bigint]>): Promise<string> => {
  const accounts = Object.entries(balances).map(([address, [balance, nonce]]): [string, AccountState] => [
    address,
    { balance, nonce, code: new Uint8Array(), storage: new Map() },
  ]);
  return bytesToHex(await putAccounts(createState(common), new Map(accounts)));
};

const hex = (value: bigint) => `0x${value.toString(16)}`;

function testOf(
  nonce: bigint,
  variant: { hash: string; logs?: string; expectException?: string; txbytes?: string },
  value = "0x05",
) {
  const account = (balance: bigint) => ({ balance: hex(balance), nonce: "0x00", code: "0x", storage: {} });
  const txbytes = bytesToHex(transfer(nonce).serialize());
  return {
    env: {
      currentBaseFee: "0x07",
      currentCoinbase: COINBASE,
      currentExcessBlobGas: "0x00",
      currentGasLimit: "0x0f4240",
      currentNumber: "0x01",
      currentRandom: `0x${"00".repeat(32)}`,
      currentTimestamp: "0x03e8",
    },
    pre: { [sender]: account(RICH), [COINBASE]: account(0n) },
    transaction: { data: ["0x"], gasLimit: ["0x5208"], value: [value], sender },
    post: { Cancun: [{ txbytes, logs: NO_LOGS, indexes: { data: 0, gas: 0, value: 0 }, ...variant }] },
  };
}

const folder = (tests: unknown): string => {
  const path = mkdtempSync(join(tmpdir(), "elench-evm-"));
  mkdirSync(join(path, "deep", "down"), { recursive: true });
  writeFileSync(join(path, "deep", "down", "tests.json"), JSON.stringify(tests));
  return path;
};

test("what an outcome must have to pass", async () => {
  const executed = await rootOf({
    [sender]: [RICH - 5n - 210_000n, 1n],
    [RECIPIENT]: [5n, 0n],
    [COINBASE]: [63_000n, 0n],
  });
  // The coinbase of the pre-state is empty, and an invalid transaction still removes it.
  const rejected = await rootOf({ [sender]: [RICH, 0n] });
  const { cases } = await conformanceEvm(
    folder({
      right: testOf(0n, { hash: executed }),
      wrongRoot: testOf(0n, { hash: rejected }),
      wrongLogs: testOf(0n, { hash: executed, logs: executed }),
      executedThoughInvalid: testOf(0n, { hash: executed, expectException: "because" }),
      invalid: testOf(1n, { hash: rejected, expectException: "NONCE" }),
      refusedThoughValid: testOf(1n, { hash: rejected }),
      invalidWithAnotherRoot: testOf(1n, { hash: executed, expectException: "NONCE" }),
      notTheOneStated: testOf(0n, { hash: executed }, "0x06"),
      blob: testOf(0n, { hash: executed, txbytes: "0x03c0" }),
    }),
    { verify: false, jobs: 1 },
  );
  const found = Object.fromEntries(
    cases.map(({ name, status, why }) => [name.slice("deep/down/tests/".length, name.indexOf("[")), { status, why }]),
  );
  const status = (name: string): string | undefined => found[name]?.status;
  assert.equal(status("right"), "passed", found.right?.why);
  assert.equal(status("invalid"), "passed", found.invalid?.why);
  assert.equal(status("blob"), "unsupported");
  assert.equal(found.blob?.why, "blob transaction");
  assert.match(found.wrongRoot?.why ?? "", /native: state root 0x/);
  assert.match(found.wrongLogs?.why ?? "", /logs' hash/);
  assert.match(found.executedThoughInvalid?.why ?? "", /executed a transaction that is because/);
  assert.match(found.refusedThoughValid?.why ?? "", /refused a valid transaction: the engine drops/);
  assert.match(found.invalidWithAnotherRoot?.why ?? "", /state root/);
  assert.match(found.notTheOneStated?.why ?? "", /not the one that the test states/);
});

test("a transaction's steps are taken in Solidity too, and measured", async () => {
  const executed = await rootOf({
    [sender]: [RICH - 5n - 210_000n, 1n],
    [RECIPIENT]: [5n, 0n],
    [COINBASE]: [63_000n, 0n],
  });
  const dir = folder({ right: testOf(0n, { hash: executed }), wrong: testOf(0n, { hash: NO_LOGS }) });
  const { cases, worst } = await conformanceEvm(dir, { verify: true, executor: "verifier", jobs: 1 });
  assert.deepEqual(
    cases.map(({ status, why }) => [status, why.slice(0, 20)]),
    [
      ["passed", ""],
      ["failed", "verifier: state root"],
    ],
  );
  assert.equal(worst.stepsPerGas?.gas, 21_000);
  for (const kind of ["validate", "recover", "enter", "leave 0 of 0", "flush", "receipt"])
    assert.ok(worst.kinds[kind]!.gas > 21_000 && worst.kinds[kind]!.witnessBytes > 15 * 32, kind);
});

test("cases are filtered, then sampled, then limited", async () => {
  const names = ["a0", "b1", "a2", "a3", "a4", "a5"];
  const path = folder(
    Object.fromEntries(names.map((name) => [name, testOf(1n, { hash: "0x", expectException: "x" })])),
  );
  const { cases } = await conformanceEvm(path, { verify: false, filter: "/a", sample: 2, limit: 2, jobs: 1 });
  assert.deepEqual(
    cases.map(({ name }) => name.slice("deep/down/tests/".length, name.indexOf("["))),
    ["a0", "a3"],
  );
});

test("no vectors is an error, not a pass", async () => {
  const empty = folder({ other: { in: [], root: "0x" } });
  for (const run of [conformanceEvm, conformanceEvmVm]) {
    await assert.rejects(run(empty, { verify: false }), /tests .*under/);
    await assert.rejects(run("/nowhere", { verify: false }), /tests .*under/);
  }
  await assert.rejects(
    conformanceEvm(folder({ one: testOf(0n, { hash: "0x" }) }), { verify: false, filter: "nothing" }),
    /none that is asked for/,
  );
});
